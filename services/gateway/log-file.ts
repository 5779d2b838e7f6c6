import { closeSync, openSync, statSync } from 'node:fs'
import sonicBoom from 'sonic-boom'
import type { SonicBoom } from 'sonic-boom'
import { GatelensError, messageOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/log.ts'

export interface LogFileOptions {
  /** A path, or `/dev/stdout` or `/dev/stderr` for the process's own streams. */
  path: string
  /** Follow a rotation: when the path no longer leads to the open file, it is opened anew within a second. */
  reopen: boolean
  log: Logger
  /** Bytes that may wait for the disk; lines past it are dropped and counted. */
  bound?: number
}

export interface LogFileStats {
  path: string
  written: number
  dropped: number
  /** Bytes that wait for the disk. */
  waiting: number
}

const standard: Record<string, number> = { '/dev/stdout': 1, '/dev/stderr': 2 }
const flushAfterMs = 20
const chunkBytes = 256 * 1024

/**
 * Appends lines to a file in batches and in order. Writing never waits and never throws: lines are gathered for a few
 * milliseconds, and dropped with a count while the disk is too far behind.
 */
export class LogFile {
  readonly #path: string
  readonly #stream: SonicBoom
  readonly #bound: number
  readonly #log: Logger
  // Filled in turn as long as the disk keeps up: fresh memory costs more than filling it.
  #chunk: Buffer = Buffer.allocUnsafeSlow(chunkBytes)
  #spare: Buffer = Buffer.allocUnsafeSlow(chunkBytes)
  #whole: Buffer = this.#chunk
  #used = 0
  #lines = 0
  #waiting = 0
  #written = 0
  #dropped = 0
  #failing = false
  #timer: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined

  /** Opens the file for appending, creating it. Throws FOLDER_UNUSABLE when that is not possible. */
  constructor ({ path, reopen, log, bound = 64 * 1024 * 1024 }: LogFileOptions) {
    this.#path = path
    this.#log = log
    this.#bound = bound
    const stream = standard[path]
    if (stream === undefined) tryOpening(path)
    this.#stream = new sonicBoom.SonicBoom({ dest: stream ?? path, append: true, mode: 0o640, sync: false, maxWrite: 4 * 1024 * 1024, contentMode: 'buffer' })
    this.#stream.on('write', (bytes: number) => this.#settle(bytes))
    this.#stream.on('error', (error: Error) => this.#failed(error))
    if (reopen && stream === undefined) this.#follow()
  }

  /** Takes one line, without its line end. */
  write (line: string): void {
    if (this.#waiting + this.#used + line.length > this.#bound) {
      this.#dropped++
      return
    }
    // Straight into the bytes that go to the disk: joining strings first would copy every record three times.
    const most = line.length * 3 + 1
    if (this.#used + most > this.#chunk.length) this.#renew(most)
    this.#used += this.#chunk.write(line, this.#used)
    this.#chunk[this.#used++] = 10
    this.#lines++
    this.#timer ??= setTimeout(() => this.#flush(), flushAfterMs)
  }

  /** Figures for the status page. */
  stats (): LogFileStats {
    return { path: this.#path, written: this.#written, dropped: this.#dropped, waiting: this.#waiting + this.#used }
  }

  /** Writes what waits and closes the file; gives up after `graceMs` when the disk does not take it. */
  async close (graceMs = 5000): Promise<void> {
    clearInterval(this.#watch)
    this.#flush()
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs)
      this.#stream.once('close', () => { clearTimeout(timer); resolve() })
      this.#stream.end()
    })
  }

  #renew (most: number): void {
    this.#flush()
    if (most <= this.#chunk.length) return
    this.#whole = this.#chunk = Buffer.allocUnsafeSlow(Math.max(chunkBytes, most))
  }

  #flush (): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#used === 0) return
    const bytes = this.#chunk.subarray(0, this.#used)
    // When all that went out before has landed, nobody reads the spare any more; else the rest of this chunk must do.
    if (this.#waiting === 0) [this.#whole, this.#spare, this.#chunk] = [this.#spare, this.#whole, this.#spare]
    else this.#chunk = this.#chunk.subarray(this.#used)
    this.#written += this.#lines
    this.#waiting += bytes.length
    this.#used = this.#lines = 0
    // In buffer mode the stream takes bytes, which its types do not say.
    this.#stream.write(bytes as unknown as string)
  }

  #settle (bytes: number): void {
    this.#waiting = Math.max(0, this.#waiting - bytes)
    if (this.#failing) this.#log.info({ path: this.#path }, 'access log can be written again')
    this.#failing = false
  }

  /** The bytes stay in the stream's buffer and go out with the next write that succeeds. */
  #failed (error: Error): void {
    if (!this.#failing) this.#log.error({ path: this.#path, reason: messageOf(error) }, 'access log cannot be written; records wait and are then dropped')
    this.#failing = true
  }

  #follow (): void {
    let inode = inodeOf(this.#path)
    this.#watch = setInterval(() => {
      const now = inodeOf(this.#path)
      if (now === inode) return
      this.#stream.once('ready', () => { inode = inodeOf(this.#path) })
      this.#stream.reopen()
    }, 1000)
    this.#watch.unref()
  }
}

function tryOpening (path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o640))
  } catch (error) {
    throw new GatelensError('FOLDER_UNUSABLE', `cannot append to the access log: ${messageOf(error)}`, { where: path, cause: error })
  }
}

function inodeOf (path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0
}
