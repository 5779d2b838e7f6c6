import type { Logger } from '../../runtime/log.ts'
import type { Cutting } from '../framing.ts'
import type { Checkpoint, Entry } from './checkpoint.ts'
import type { Content, Stat } from './content.ts'
import { endOfCut, entryBehind } from './cut.ts'
import type { Flight } from './flight.ts'
import type { OpenFiles } from './open-files.ts'
import { keyOf } from './rotation.ts'
import type { Found } from './rotation.ts'
import type { Tail } from './tail.ts'

export interface CutsOptions {
  /** What to do with a file that was cut off and begins as before. */
  onCut: 'continue' | 'reread'
  cutting: Cutting
}

/** Reads files on that were cut off: behind what is left of the records that were read, in a generation of its own. */
export class Cuts {
  readonly #options: CutsOptions
  readonly #checkpoint: Checkpoint
  readonly #flight: Flight
  readonly #files: OpenFiles
  readonly #log: Logger

  constructor (options: CutsOptions, checkpoint: Checkpoint, flight: Flight, files: OpenFiles, log: Logger) {
    this.#options = options
    this.#checkpoint = checkpoint
    this.#flight = flight
    this.#files = files
    this.#log = log
  }

  /** Goes on in a file that lost its content, or the end of it; false when nothing is left, or it is to be read anew. */
  async readOn (tail: Tail): Promise<boolean> {
    const { content, entry, path } = tail
    const stat = tail.stat = await content.stat()
    const end = await endOfCut(content, entry, stat.size, this.#options.cutting)
    if (end === undefined || !await this.#goOn(path, stat, entry, end)) return false
    await this.#limit(tail, end)
    return true
  }

  /** Goes on in the generation's own file, which was cut off while nobody looked; undefined when it is not that. */
  async resume (content: Content, entry: Entry, file: Found): Promise<Tail | undefined> {
    if (entry.done || keyOf(entry) !== keyOf(file)) return undefined
    const stat = await content.stat()
    const end = await endOfCut(content, entry, stat.size, this.#options.cutting)
    if (end === undefined) return undefined
    const behind = this.#checkpoint.entries.find((other) => other !== entry && !other.done && keyOf(other) === keyOf(file))
    if (!(behind === undefined ? await this.#goOn(file.path, stat, entry, end) : await this.#openBehind(behind, file))) return undefined
    const tail = await this.#files.add(content, file, entry, true)
    await this.#limit(tail, end)
    return tail
  }

  /** Of the generation that was cut, only ranges of an earlier run come again. */
  async #limit (tail: Tail, end: number): Promise<void> {
    tail.limit = end
    if (tail.redo.length === 0) await this.#files.endCut(tail)
  }

  async #goOn (path: string, stat: Stat, entry: Entry, end: number): Promise<boolean> {
    const fields = { path, position: this.#flight.reachOf(entry).offset, size: stat.size }
    if (this.#options.onCut === 'reread') {
      this.#log.warn(fields, 'the file was cut off; it is read from its start, so records are stored twice (on_cut)')
      return false
    }
    const next = await this.#files.open(path, async (content) => {
      const behind = await entryBehind(content, path, stat, end)
      return (await this.#files.add(content, { path }, behind, true)).entry
    })
    if (next === undefined) return false
    this.#checkpoint.entries.push(next)
    this.#log.warn({ ...fields, from: end }, 'the file was cut off; it is read on behind what is left of the records that were read (on_cut)')
    return true
  }

  async #openBehind (entry: Entry, file: Found): Promise<boolean> {
    return await this.#files.open(file.path, (content) => this.#files.add(content, file, entry, true)) !== undefined
  }
}
