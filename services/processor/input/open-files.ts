import { realpath } from 'node:fs/promises'
import type { Entry } from './checkpoint.ts'
import type { Content } from './content.ts'
import type { Flight } from './flight.ts'
import type { Opener } from './opener.ts'
import { keyOf } from './rotation.ts'
import type { Found } from './rotation.ts'
import { newTail } from './tail.ts'
import type { Tail } from './tail.ts'

/** The files that are being read, and which generation is read in each. */
export class OpenFiles {
  readonly tails: Tail[] = []
  readonly #flight: Flight
  readonly #opener: Opener

  constructor (flight: Flight, opener: Opener) {
    this.#flight = flight
    this.#opener = opener
  }

  /** The content of a file that is not among them yet; undefined when it cannot be read now. Throws INPUT_UNREADABLE. */
  open (path: string): Promise<Content | undefined> {
    return this.#opener.open(path)
  }

  /** Reads a generation in this file from now on; `known` says that its entry is part of the checkpoint. */
  async add (content: Content, file: Pick<Found, 'path'>, entry: Entry, known: boolean): Promise<Tail> {
    const stat = await content.stat()
    const real = await realpath(file.path).catch(() => file.path)
    Object.assign(entry, { dev: stat.dev, ino: stat.ino, done: false, size: stat.size, seen: Date.now(), lost: undefined })
    if (real !== entry.path && file.path === entry.path) entry.real = real
    const tail = newTail(file.path, content, entry, stat, this.#flight.reachOf(entry).offset, this.#flight.redoOf(entry))
    tail.known = known
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
    const content = await this.#opener.open(tail.path)
    if (content === undefined) return
    await tail.content.close()
    tail.content = content
    tail.openedSize = tail.stat.size
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
    this.tails.splice(this.tails.indexOf(tail), 1)
    await tail.content.close()
  }
}
