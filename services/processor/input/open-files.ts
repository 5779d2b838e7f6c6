import { realpath } from 'node:fs/promises'
import { GatelensError } from '../../runtime/errors.ts'
import type { Entry } from './checkpoint.ts'
import { isDeadHandle, isGone, isSystemError } from './complaints.ts'
import type { Complaints } from './complaints.ts'
import { openContent } from './content.ts'
import type { Content } from './content.ts'
import { compare } from './fingerprint.ts'
import type { Flight } from './flight.ts'
import { isMissing, keyOf } from './rotation.ts'
import type { Found } from './rotation.ts'
import { newTail } from './tail.ts'
import type { Tail } from './tail.ts'

/** How long a file that the system refuses to read is left alone, ms: reading a gzip'd one again costs much. */
const restMs = 1000

/** The files that are being read, and which generation is read in each. */
export class OpenFiles {
  readonly tails: Tail[] = []
  readonly #flight: Flight
  readonly #complaints: Complaints

  constructor (flight: Flight, complaints: Complaints) {
    this.#flight = flight
    this.#complaints = complaints
  }

  /**
   * Opens a file that is not among them and gives it to `use`, which keeps it or closes it. Undefined, and nothing open, when
   * the file is gone or cannot be read now. Throws INPUT_UNREADABLE.
   */
  async open<T> (path: string, use: (content: Content) => Promise<T>): Promise<T | undefined> {
    let content: Content | undefined
    try {
      content = await openContent(path)
      return await use(content)
    } catch (error) {
      await content?.close().catch(() => {})
      // Without a code it is a compression that cannot be read.
      if (error instanceof GatelensError || (content !== undefined && !isSystemError(error))) throw error
      if (!isGone(error) || !this.#complaints.follow) this.#complaints.about(path, error)
      return undefined
    }
  }

  /** Reads a generation in this file from now on; `known` says that its entry is part of the checkpoint. */
  async add (content: Content, file: Pick<Found, 'path'>, entry: Entry, known: boolean): Promise<Tail> {
    const stat = await content.stat()
    const real = await realpath(file.path).catch(() => file.path)
    const expected = entry.ino === stat.ino ? undefined : entry.size
    Object.assign(entry, { dev: stat.dev, ino: stat.ino, done: false, size: stat.size, seen: Date.now(), lost: undefined })
    if (real !== entry.path && file.path === entry.path) entry.real = real
    const tail = newTail(file.path, content, entry, stat, this.#flight.reachOf(entry).offset, this.#flight.redoOf(entry))
    tail.known = known
    tail.expected = expected
    this.tails.push(tail)
    return tail
  }

  /** True when this generation is being read. */
  reads (entry: Entry): boolean {
    return this.tails.some((tail) => tail.entry === entry)
  }

  /** True when this file is being read, whatever its name. */
  holds (file: Found): boolean {
    return this.tails.some((tail) => keyOf(tail.stat) === keyOf(file))
  }

  /** Opens a file anew that has changed in a way that its content cannot follow. */
  async reopen (tail: Tail): Promise<void> {
    await this.open(tail.path, (content) => this.#exchange(tail, content))
  }

  /**
   * Notes that the system refuses to read a file: what is unread of it stays its lag, and it is tried again. Throws what is no
   * error of the system, and INPUT_UNREADABLE when nothing is waited for.
   */
  refuse (tail: Tail, error: unknown): void {
    if (!isSystemError(error)) throw error
    tail.failure = { error, at: Date.now() }
    this.#complaints.about(tail.path, error)
  }

  /** True for a file that was refused a moment ago. */
  isResting ({ failure }: Tail): boolean {
    return failure !== undefined && Date.now() - failure.at < restMs
  }

  /**
   * Opens a file anew that could not be read: an open file may stay refused where a new one is not (NFS, FUSE). One that
   * nothing leads to any more is closed, so that its generation is looked for elsewhere.
   */
  async retry (tail: Tail): Promise<void> {
    const found = await this.open(tail.path, async (content) => {
      const stat = await content.stat()
      const same = stat.ino === tail.stat.ino && await compare(content, this.#flight.reachOf(tail.entry)) === 'continues'
      if (same) await this.#exchange(tail, content)
      else await content.close()
      return { same }
    })
    if (found?.same === true || !isDeadHandle(tail.failure?.error)) return
    if (found !== undefined || await isMissing(tail.path)) await this.close(tail)
  }

  /** Ends the reading of a file: everything of it was handed out. */
  async retire (tail: Tail): Promise<void> {
    await this.close(tail)
    tail.entry.done = true
    tail.entry.size = tail.stat.size
  }

  /** Ends the reading of a file that was cut off: what was left of pending ranges was handed out. */
  async endCut (tail: Tail): Promise<void> {
    await this.retire(tail)
    tail.entry.dev = tail.entry.ino = ''
  }

  /** Ends the reading of a file that is not any more what it was: its generation lives elsewhere, or nowhere. */
  async abandon (tail: Tail): Promise<void> {
    await this.close(tail)
    tail.entry.dev = tail.entry.ino = ''
  }

  async close (tail: Tail): Promise<void> {
    const index = this.tails.indexOf(tail)
    if (index >= 0) this.tails.splice(index, 1)
    await tail.content.close().catch(() => {})
  }

  async #exchange (tail: Tail, content: Content): Promise<void> {
    const stat = await content.stat()
    await tail.content.close().catch(() => {})
    Object.assign(tail, { content, stat, openedSize: stat.size })
  }
}
