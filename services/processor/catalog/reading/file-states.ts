/** The files that a catalog was made from: how they stood when they were read. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { digestOf } from './cache.ts'

/** How a file stood: `signature` is cheap to compare, `digest` is that of its content; both '' when it was not there. */
export interface FileState { signature: string, digest: string }

/** A file whose time stamp is younger than this may have changed without showing it, ms. */
const granularity = 2000

/** Every file that one run reads. */
export class FileInputs {
  readonly #states = new Map<string, FileState>()

  /** Notes how a file stands. Call it before the file is read. */
  async note (path: string): Promise<void> {
    if (this.#states.has(path)) return
    this.#states.set(path, { signature: await signatureOf(path, false), digest: await contentOf(path) })
  }

  /** Notes files that have been read already; one that was changed just now is taken for changed once more. */
  async noteRead (paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      if (this.#states.has(path)) continue
      this.#states.set(path, { signature: await signatureOf(path, true), digest: await contentOf(path) })
    }
  }

  /** Files whose content is not what is in use of them. */
  readonly distrusted = new Set<string>()

  /** Says that what a file holds is not in use. */
  distrust (path: string): void {
    this.distrusted.add(path)
  }

  /** One digest for files that were noted. */
  digest (paths: readonly string[]): string {
    return digestOf(paths.map((path) => `${path} ${this.#states.get(path)?.digest ?? ''}\n`).sort().join(''))
  }

  all (): Map<string, FileState> {
    return this.#states
  }
}

/**
 * Inode, size and times of the last change (a copy may keep one, nobody can set the other); '' for what is no readable
 * file. `isRead` says that the content was read before: then a file that was changed just now gets a signature that it
 * will never have again.
 */
export async function signatureOf (path: string, isRead: boolean): Promise<string> {
  const entry = await stat(path).catch(() => undefined)
  if (entry?.isFile() !== true) return ''
  // A time that lies ahead is of another clock, or of one that was set back, and tells nothing.
  const isFresh = isRead && [entry.mtimeMs, entry.ctimeMs].some((time) => Math.abs(Date.now() - time) < granularity)
  return `${entry.ino} ${entry.size} ${entry.mtimeMs} ${entry.ctimeMs}${isFresh ? ' fresh' : ''}`
}

/** Digest of a file's content; '' when it cannot be read, or is no regular file. In pieces: some files are large. */
export async function contentOf (path: string): Promise<string> {
  // Of a device or a FIFO there is no end.
  if ((await stat(path).catch(() => undefined))?.isFile() !== true) return ''
  const hash = createHash('sha256')
  try {
    for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
  } catch {
    return ''
  }
  return hash.digest('hex').slice(0, 32)
}
