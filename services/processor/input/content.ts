import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { messageOf, systemCode } from '../../runtime/errors.ts'

/** What the system says of an open file; `modified` is epoch ms. */
export interface Stat { dev: string, ino: string, size: number, modified: number }

/** The bytes of one open file; those of a gzip'd file are the decompressed ones. */
export interface Content {
  readonly gzip: boolean
  /**
   * Fills `buffer` from `position` on; fewer bytes than asked for means that the end was reached. Throws the system's error,
   * as a {@link PartialRead} when some bytes came before it.
   */
  read (buffer: Buffer, position: number): Promise<number>
  /** Of a gzip'd file: whether its end was reached, and whether it was a proper one. */
  readonly ending: 'unknown' | 'complete' | 'broken'
  /** Size and time are those on disk, also of a gzip'd file. */
  stat (): Promise<Stat>
  close (): Promise<void>
}

/** The system refused to read on; `filled` bytes came before that. */
export class PartialRead extends Error {
  readonly filled: number
  readonly code: string

  constructor (filled: number, cause: unknown) {
    super(messageOf(cause), { cause })
    this.filled = filled
    this.code = systemCode(cause)
  }
}

const compressedMagic: ReadonlyArray<readonly [string, readonly number[]]> = [
  ['gzip', [0x1f, 0x8b]], ['zstd', [0x28, 0xb5, 0x2f, 0xfd]], ['bzip2', [0x42, 0x5a, 0x68]], ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
]

/**
 * Opens a file for reading; gzip is recognised by its first bytes, whatever the name. Throws the system's error, or an
 * Error that names a compression which cannot be read.
 */
export async function openContent (path: string): Promise<Content> {
  const file = await open(path, 'r')
  try {
    const compression = await compressionOf(file)
    if (compression === '') return new PlainContent(file)
    if (compression === 'gzip') return new GzipContent(file)
    throw new Error(`the file is compressed with ${compression}; only gzip can be read`)
  } catch (error) {
    await file.close()
    throw error
  }
}

async function compressionOf (file: FileHandle): Promise<string> {
  const start = Buffer.alloc(6)
  const { bytesRead } = await file.read(start, 0, start.length, 0)
  return compressedMagic.find(([, magic]) => bytesRead >= magic.length && magic.every((byte, index) => start[index] === byte))?.[0] ?? ''
}

async function statOf (file: FileHandle): Promise<Stat> {
  const stat = await file.stat({ bigint: true })
  return { dev: String(stat.dev), ino: String(stat.ino), size: Number(stat.size), modified: Number(stat.mtimeNs / 1000n) / 1000 }
}

class PlainContent implements Content {
  readonly gzip = false
  readonly ending = 'unknown'
  readonly #file: FileHandle

  constructor (file: FileHandle) {
    this.#file = file
  }

  async read (buffer: Buffer, position: number): Promise<number> {
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await this.#file.read(buffer, filled, buffer.length - filled, position + filled).catch((error: unknown) => {
        throw filled === 0 ? error : new PartialRead(filled, error)
      })
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled
  }

  stat (): Promise<Stat> {
    return statOf(this.#file)
  }

  close (): Promise<void> {
    return this.#file.close()
  }
}

/** Reads forward; what lies after the newest position asked for is kept, going back decompresses anew. */
class GzipContent implements Content {
  readonly gzip = true
  readonly #file: FileHandle
  #ending: Content['ending'] = 'unknown'
  #stream: Readable | undefined
  #chunks: AsyncIterator<Buffer> | undefined
  #held: Buffer[] = []
  #start = 0
  #end = 0

  constructor (file: FileHandle) {
    this.#file = file
  }

  get ending (): Content['ending'] {
    return this.#ending
  }

  async read (buffer: Buffer, position: number): Promise<number> {
    if (position < this.#start || this.#chunks === undefined) this.#rewind()
    while (this.#end < position + buffer.length && await this.#pull()) this.#forget(position)
    this.#forget(position)
    let at = this.#start
    for (const chunk of this.#held) {
      if (at - position >= buffer.length) break
      chunk.copy(buffer, Math.max(0, at - position), Math.max(0, position - at))
      at += chunk.length
    }
    return Math.max(0, Math.min(buffer.length, this.#end - position))
  }

  stat (): Promise<Stat> {
    return statOf(this.#file)
  }

  async close (): Promise<void> {
    this.#stream?.destroy()
    await this.#file.close()
  }

  #rewind (): void {
    this.#stream?.destroy()
    // A read stream of the handle would close it when it is destroyed, and the next one would find it closed.
    const source = Readable.from(chunksOf(this.#file), { objectMode: false })
    // A broken end is told by the iterator; the callback only keeps the error from being thrown twice.
    this.#stream = pipeline(source, createGunzip({ chunkSize }), () => {})
    this.#chunks = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    this.#held = []
    this.#start = this.#end = 0
    this.#ending = 'unknown'
  }

  async #pull (): Promise<boolean> {
    if (this.#ending !== 'unknown') return false
    const next = await this.#chunks?.next().catch((error: unknown) => {
      // What the disk refuses is no property of the content: it may be read later.
      if (isBrokenStream(error)) return undefined
      this.#chunks = undefined
      throw error
    })
    if (next === undefined || next.done === true) {
      this.#ending = next === undefined ? 'broken' : 'complete'
      return false
    }
    this.#held.push(next.value)
    this.#end += next.value.length
    return true
  }

  #forget (position: number): void {
    let first = this.#held[0]
    while (first !== undefined && this.#start + first.length <= position) {
      this.#held.shift()
      this.#start += first.length
      first = this.#held[0]
    }
  }
}

/** Bytes that are read of a gzip'd file, and decompressed, at once. */
const chunkSize = 256 * 1024

async function * chunksOf (file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkSize), 0, chunkSize, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** True for what zlib makes of a stream that is cut or damaged. */
function isBrokenStream (error: unknown): boolean {
  return systemCode(error).startsWith('Z_')
}

/** How many bytes a content has, found by reading it to its end. */
export async function lengthOf (content: Content): Promise<number> {
  const buffer = Buffer.allocUnsafe(1024 * 1024)
  let at = 0
  for (let read = buffer.length; read === buffer.length; at += read) read = await content.read(buffer, at)
  return at
}
