import { readFile, readdir, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureFolder, syncFolder, writeDurably } from '../../runtime/files.ts'
import { rowsOf, unpackBatch } from './encoded-batch.ts'
import type { EncodedBatch, Part } from './encoded-batch.ts'

interface Waiting { name: string, token: string, bytes: number }

/**
 * Encoded batches that wait on disk for a sink, in the order in which they came. An encoded batch is durable when `add` resolves;
 * one whose token is there already is not added again.
 */
export class Spool<P extends Part = Part> {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #waiting: Waiting[]
  /** Number of the last batch of an earlier run. */
  readonly #earlier: number
  #sequence: number
  #bytes: number
  /** Bytes of encoded batches that are being written. */
  #underWay = 0

  private constructor (folder: string, maxBytes: number, waiting: Waiting[]) {
    this.#folder = folder
    this.#maxBytes = maxBytes
    this.#waiting = waiting
    this.#earlier = Number(waiting.at(-1)?.name.slice(0, digits) ?? 0)
    this.#sequence = this.#earlier
    this.#bytes = waiting.reduce((sum, item) => sum + item.bytes, 0)
  }

  /** Opens the folder with what an earlier run left in it; folders in it are left alone. Throws FOLDER_UNUSABLE. */
  static async open<P extends Part> (folder: string, maxBytes: number): Promise<Spool<P>> {
    await ensureFolder(folder)
    const names = (await readdir(folder)).sort()
    // Half-written files were never promised to anybody.
    for (const name of names.filter((item) => item.endsWith('.tmp'))) await rm(join(folder, name), { force: true })
    const waiting = names.filter((name) => fileName.test(name)).map(async (name) => ({
      name, token: name.slice(digits + 1, -ending.length), bytes: (await stat(join(folder, name))).size,
    }))
    return new Spool(folder, maxBytes, await Promise.all(waiting))
  }

  /** How many encoded batches wait, and how many bytes they take. */
  get length (): number {
    return this.#waiting.length
  }

  /** Whether some of what an earlier run left waits still. */
  get hasEarlier (): boolean {
    return this.#waiting.some(({ name }) => Number(name.slice(0, digits)) <= this.#earlier)
  }

  get bytes (): number {
    return this.#bytes
  }

  has (token: string): boolean {
    return this.#waiting.some((item) => item.token === token)
  }

  /** True when an encoded batch of that size may be added; a single one always may. */
  hasRoom (bytes: number): boolean {
    const taken = this.#bytes + this.#underWay
    return taken === 0 || taken + bytes <= this.#maxBytes
  }

  /** Adds a packed batch. Several may be written at once; its number and its room are taken when it is called. */
  async add (token: string, content: Buffer): Promise<void> {
    if (this.has(token)) return
    const bytes = content.length
    const name = `${String(++this.#sequence).padStart(digits, '0')}-${token}${ending}`
    this.#underWay += bytes
    try {
      await writeDurably(join(this.#folder, name), content)
    } finally {
      this.#underWay -= bytes
    }
    this.#waiting.push({ name, token, bytes })
    this.#bytes += bytes
  }

  /** The token of the batch that has waited longest, the one with the token `but` left out. */
  oldest (but?: string): string | undefined {
    return this.#waiting.find((item) => item.token !== but)?.token
  }

  /** A batch that waits. Throws STATE_INVALID when its file is broken. */
  async read (token: string): Promise<EncodedBatch<P>> {
    const path = this.#pathOf(token)
    return await unpackBatch<P>(await readFile(path), path)
  }

  /** How many rows a batch has that waits. Throws STATE_INVALID when its file is broken. */
  async rowsOf (token: string): Promise<number> {
    const path = this.#pathOf(token)
    return rowsOf(await readFile(path), path)
  }

  /** Removes a batch: it is delivered, or given up. */
  async remove (token: string): Promise<void> {
    const item = this.#waiting.find((waiting) => waiting.token === token)
    if (item === undefined) return
    await unlink(join(this.#folder, item.name))
    await syncFolder(this.#folder)
    this.#waiting.splice(this.#waiting.indexOf(item), 1)
    this.#bytes -= item.bytes
  }

  #pathOf (token: string): string {
    return join(this.#folder, this.#waiting.find((item) => item.token === token)?.name ?? token)
  }
}

const digits = 12
const ending = '.batch'
const fileName = /^\d{12}-[0-9a-f]+\.batch$/
