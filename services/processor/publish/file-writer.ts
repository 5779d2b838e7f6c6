/**
 * A file that grows by whole batches, each durable before it is acknowledged, and is rotated. What is committed stands in a journal
 * beside it; what a crash has left behind that is cut off at the next start, and its batch comes again.
 */
import { constants } from 'node:fs'
import { open, rename, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GatelensError, messageOf, systemCode } from '../../runtime/errors.ts'
import { ensureFolder, syncFolder } from '../../runtime/files.ts'
import { lockFolder } from '../../runtime/lock.ts'
import type { FolderLock } from '../../runtime/lock.ts'
import type { Logger } from '../../runtime/log.ts'
import { Journal } from './file-journal.ts'
import type { Place } from './file-journal.ts'
import { finishedNumbers, finishedPath, tidy } from './rotated-files.ts'
import type { KeepOptions } from './rotated-files.ts'

export interface FileWriterOptions {
  /** Absolute path of the file that is written. */
  path: string
  /** `bytes`: from that size on the file is finished; `after`: the same by the time since its first batch, ms. */
  rotate: KeepOptions & { bytes: number, after?: number | undefined }
  log: Logger
}

export class FileWriter {
  readonly #options: FileWriterOptions
  readonly #lock: FolderLock
  readonly #journal: Journal
  #place: Place
  /** Undefined while it is not known to be as it was committed: it is then opened anew. */
  #file: FileHandle | undefined
  /** One thing at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #tidying = Promise.resolve()

  private constructor (options: FileWriterOptions, lock: FolderLock, journal: Journal) {
    this.#options = options
    this.#lock = lock
    this.#journal = journal
    this.#place = journal.place ?? { number: 1, length: 0, since: 0 }
  }

  /** Opens the file as it was committed. Throws FOLDER_LOCKED when another process writes it, and SINK_UNAVAILABLE for what may pass. */
  static async open (options: FileWriterOptions): Promise<FileWriter> {
    const { path } = options
    const folder = dirname(path)
    const name = `.${basename(path)}`
    const lock = await take(folder, name)
    let journal: Journal | undefined
    try {
      journal = await Journal.open(join(folder, `${name}.journal`))
      const writer = new FileWriter(options, lock, journal)
      await writer.#open()
      writer.#tidy()
      return writer
    } catch (error) {
      await journal?.close()
      lock.release()
      throw unavailable(path, error)
    }
  }

  /** Appends a batch, and resolves once it is durable; one that is there already changes nothing. Throws SINK_UNAVAILABLE. */
  async append (token: string, bytes: Buffer): Promise<void> {
    await this.#inTurn(() => this.#append(token, bytes))
  }

  /** Ends what is under way; the file stays as it is. */
  async close (): Promise<void> {
    await this.#turn.catch(() => {})
    clearTimeout(this.#timer)
    await this.#drop()
    await this.#journal.close()
    await this.#tidying
    this.#lock.release()
  }

  async #inTurn (action: () => Promise<void>): Promise<void> {
    const turn = this.#turn.catch(() => {}).then(action)
    this.#turn = turn
    await turn.catch((error: unknown) => { throw unavailable(this.#options.path, error) })
  }

  async #append (token: string, bytes: Buffer): Promise<void> {
    if (this.#journal.has(token)) return
    if (this.#isDue()) await this.#finish()
    if (this.#file === undefined || !await this.#isOurs(this.#file)) await this.#open()
    const { number, length, since } = this.#place
    const place = { number, length: length + bytes.length, since: length === 0 ? Date.now() : since }
    try {
      await writeWhole(this.#file!, bytes, length)
      await this.#file!.datasync()
      await this.#journal.commit(place, token)
    } catch (error) {
      await this.#drop()
      throw error
    }
    this.#place = place
    // The batch is there, whatever becomes of this; what fails is done with the next one.
    if (this.#isDue()) await this.#finish().catch(() => {})
    else this.#watch()
  }

  /** Brings the file to what is committed; what was written behind that is cut off. */
  async #open (): Promise<void> {
    const { path } = this.#options
    await this.#drop()
    await this.#journal.restore()
    const numbers = await finishedNumbers(path)
    const { place } = this.#journal
    // A crash may have come after a file was finished and before the journal said so.
    const isKnown = place !== undefined && !numbers.includes(place.number)
    this.#place = isKnown ? place : { number: Math.max(0, ...numbers) + 1, length: 0, since: 0 }
    this.#file = await openRegular(path)
    try {
      const { size } = await this.#file.stat()
      if (!await this.#fits(this.#file, size, isKnown)) return await this.#putAside(size)
      if (size > this.#place.length) await this.#cut(this.#file, size)
      await syncFolder(dirname(path))
      if (!isKnown) await this.#journal.commit(this.#place)
    } catch (error) {
      await this.#drop()
      throw error
    }
    this.#watch()
  }

  /** True when the file begins with what is committed; a crash may have left more behind that. */
  async #fits (file: FileHandle, size: number, isKnown: boolean): Promise<boolean> {
    const { length } = this.#place
    if (length === 0) return isKnown || size === 0
    if (size < length) return false
    const last = Buffer.alloc(1)
    await file.read(last, 0, 1, length - 1)
    return last[0] === newline
  }

  async #cut (file: FileHandle, size: number): Promise<void> {
    await file.truncate(this.#place.length)
    await file.datasync()
    this.#options.log.info({ path: this.#options.path, bytes: size - this.#place.length }, 'what was written of a batch that was not finished is cut off; the batch comes again')
  }

  /** Somebody else put the file there, or shortened it: it is kept under the next number, and another one is begun. */
  async #putAside (size: number): Promise<void> {
    const { path, log } = this.#options
    await this.#drop()
    const { number } = this.#place
    const isEmpty = size === 0
    if (!isEmpty) await rename(path, finishedPath(path, number))
    log.warn({ path, ...isEmpty ? {} : { kept: finishedPath(path, number) } }, 'the file is not the one that was written last; another one is begun')
    await this.#begin(isEmpty ? number : number + 1)
    await this.#open()
  }

  async #begin (number: number): Promise<void> {
    this.#place = { number, length: 0, since: 0 }
    await this.#journal.commit(this.#place)
  }

  async #isOurs (file: FileHandle): Promise<boolean> {
    const [named, held] = await Promise.all([stat(this.#options.path).catch(absent), file.stat()])
    return named?.ino === held.ino && named.dev === held.dev && held.size >= this.#place.length
  }

  #isDue (): boolean {
    const { rotate: { bytes, after = Infinity } } = this.#options
    const { length, since } = this.#place
    return length > 0 && (length >= bytes || Date.now() - since >= after)
  }

  /** All of the file is committed. After a crash in here the file has its new name or not; both are seen when it is opened. */
  async #finish (): Promise<void> {
    const { path } = this.#options
    if (this.#file === undefined || !await this.#isOurs(this.#file)) return await this.#open()
    await this.#drop()
    await rename(path, finishedPath(path, this.#place.number))
    await syncFolder(dirname(path))
    await this.#begin(this.#place.number + 1)
    this.#tidy()
  }

  /** Has the file finished in time when no batch comes. */
  #watch (): void {
    clearTimeout(this.#timer)
    const { after } = this.#options.rotate
    if (after === undefined || this.#place.length === 0) return
    const left = this.#place.since + after - Date.now()
    const rotate = (): void => { this.#inTurn(() => this.#rotateInTime()).catch(() => { this.#watch() }) }
    this.#timer = setTimeout(rotate, Math.min(Math.max(left, 1000), longestTimer))
    this.#timer.unref()
  }

  async #rotateInTime (): Promise<void> {
    if (this.#isDue()) await this.#finish()
    else this.#watch()
  }

  #tidy (): void {
    const { path, rotate, log } = this.#options
    this.#tidying = this.#tidying.then(() => tidy(path, rotate)).catch((error: unknown) => {
      log.warn({ path, reason: messageOf(error) }, 'finished files cannot be compressed or removed; tried again with the next one')
    })
  }

  async #drop (): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close().catch(() => {})
  }
}

const newline = 10

/** Longer ones fire at once. */
const longestTimer = 2 ** 31 - 1

async function take (folder: string, name: string): Promise<FolderLock> {
  try {
    await ensureFolder(folder)
    return lockFolder(folder, name)
  } catch (error) {
    if (error instanceof GatelensError && error.code === 'FOLDER_LOCKED') throw error
    throw unavailable(folder, error)
  }
}

/** A pipe that nobody reads would never open: it is refused, as everything else that is no file. */
async function openRegular (path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, 0o640)
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new Error('it is not a file')
}

async function writeWhole (file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

function absent (error: unknown): undefined {
  if (systemCode(error) !== 'ENOENT') throw error
}

function unavailable (path: string, error: unknown): GatelensError {
  if (error instanceof GatelensError && ['SINK_UNAVAILABLE', 'FOLDER_LOCKED'].includes(error.code)) return error
  return new GatelensError('SINK_UNAVAILABLE', `cannot write ${path}: ${messageOf(error)}`, { where: path, cause: error })
}
