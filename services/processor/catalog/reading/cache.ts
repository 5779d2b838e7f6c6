/** What was last read well of each source, kept for times when the source is away or broken. */
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { writeDurably } from '../../../runtime/files.ts'
import { version } from '../../../runtime/package.ts'

/** One reading: plain data, and a digest of the text that it came from. */
export interface Reading<T> { digest: string, value: T }

/** A reading that is kept, and when it was last confirmed (epoch ms). */
export interface Cached<T> extends Reading<T> { confirmedAt: number }

/** The last good reading of each source, by the source's key. */
export interface ReadingCache {
  get<T> (key: string): Promise<Cached<T> | undefined>
  /** The digest of the reading that is kept; '' when none is. Cheaper than the whole. */
  digest (key: string): Promise<string>
  /** Keeps a reading in place of the one that is there; false when it cannot be written. */
  put<T> (key: string, reading: Reading<T>): Promise<boolean>
  /** Says that the source still has what is kept of it; false when nothing is. */
  confirm (key: string): Promise<boolean>
  /** Forgets every source that was neither asked for nor put since the cache was opened. */
  sweep (): Promise<void>
}

/** A cache that forgets: for work that is done once. */
export const noCache: ReadingCache = { get: async () => undefined, digest: async () => '', put: async () => true, confirm: async () => true, sweep: async () => {} }

/**
 * A cache in a folder, one file a source, readable only by its owner. Readings of another program version are not used:
 * their shape may have changed. A reading that cannot be written is only missing later.
 */
export function openCache (folder: string): ReadingCache {
  const used = new Set<string>()
  const fileOf = (key: string): string => {
    const name = `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.bin`
    used.add(name)
    return join(folder, name)
  }
  return {
    get: async <T> (key: string) => await readKept<T>(fileOf(key), key),
    digest: async (key) => await readDigest(fileOf(key), key),
    put: async (key, { digest, value }) => {
      await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined)
      const head: Head = { version, key: digestOf(key), digest }
      const content = contentOf(head, value)
      if (content === undefined) return false
      if (await isThere(fileOf(key), content)) return await touch(fileOf(key))
      return await writeDurably(fileOf(key), content).then(() => true, () => false)
    },
    confirm: async (key) => await touch(fileOf(key)),
    sweep: async () => {
      const names = await readdir(folder).catch(() => [])
      // Another thread may be writing.
      for (const name of names) if (!used.has(name.replace(/\.tmp$/, ''))) await rm(join(folder, name), { force: true }).catch(() => undefined)
    },
  }
}

/** Undefined for a value that cannot be written, as it nests too deeply. */
function contentOf (head: Head, value: unknown): Buffer | undefined {
  try {
    return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), serialize(value)])
  } catch {
    return undefined
  }
}

async function isThere (path: string, content: Buffer): Promise<boolean> {
  const size = await stat(path).then((entry) => entry.size, () => -1)
  return size === content.length && await readFile(path).then((bytes) => bytes.equals(content), () => false)
}

async function touch (path: string): Promise<boolean> {
  const now = new Date()
  return await utimes(path, now, now).then(() => true, () => false)
}

/** The first line of a kept file. Behind it stands the reading, in V8's format: it knows objects that are one and the same. */
interface Head {
  version: string
  /** A digest: a URL may hold a password. */
  key: string
  digest: string
}

async function readKept<T> (path: string, key: string): Promise<Cached<T> | undefined> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  const end = bytes.indexOf(10)
  const digest = digestIn(bytes.toString('utf8', 0, Math.max(0, end)), key)
  try {
    if (digest === '') return undefined
    return { digest, value: deserialize(bytes.subarray(end + 1)) as T, confirmedAt: (await stat(path)).mtimeMs }
  } catch {
    return undefined
  }
}

async function readDigest (path: string, key: string): Promise<string> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return ''
  const { buffer, bytesRead } = await file.read(Buffer.alloc(longestHead), 0, longestHead, 0).finally(async () => { await file.close() })
  return digestIn(buffer.toString('utf8', 0, bytesRead).split('\n')[0] ?? '', key)
}

const longestHead = 16_384

function digestIn (line: string, key: string): string {
  try {
    const head = JSON.parse(line) as Head
    return head.version === version && head.key === digestOf(key) ? head.digest : ''
  } catch {
    return ''
  }
}

/** The digest of a text: 32 hex digits of SHA-256. */
export function digestOf (text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
