import type { Logger } from '../../runtime/log.ts'
import type { Telemetry } from '../contract.ts'
import type { Checkpoint, Entry } from './checkpoint.ts'
import type { Flight } from './flight.ts'
import type { Found } from './rotation.ts'
import type { Tail } from './tail.ts'

export interface OrphansOptions {
  /** Id of the input. */
  name: string
  /** How long the rest of a file is looked for before it is given up, ms. */
  grace: number
  /** How long a generation whose file is gone is remembered, ms. */
  forget: number
}

/** Who is told of what is lost. */
export interface OrphansContext { log: Logger, telemetry: Pick<Telemetry, 'add'> }

/** A file is looked for so often at least: rotation may move it again while it is opened, and an input that is busy looks seldom. */
const leastLooks = 3

/** The generations that live in no file that we know of: found, given up and forgotten. */
export class Orphans {
  readonly #options: OrphansOptions
  readonly #checkpoint: Checkpoint
  readonly #flight: Flight
  readonly #context: OrphansContext
  readonly #startedAt = Date.now()
  /** How often each orphan that is read to no end was looked for. */
  readonly #looks = new WeakMap<Entry, number>()
  #present = new Set<Entry>()

  constructor (options: OrphansOptions, checkpoint: Checkpoint, flight: Flight, context: OrphansContext) {
    this.#options = options
    this.#checkpoint = checkpoint
    this.#flight = flight
    this.#context = context
  }

  /** The orphans of this moment, and whether one became an orphan since the last time. */
  find (tails: Tail[], found: Found[]): { orphans: Entry[], isNew: boolean } {
    const isPresent = (entry: Entry): boolean =>
      tails.some((tail) => tail.entry === entry) || found.some((file) => this.isDoneIn(entry, file))
    const present = new Set(this.#checkpoint.entries.filter(isPresent))
    const isNew = [...this.#present].some((entry) => !present.has(entry))
    this.#present = present
    for (const entry of present) {
      entry.seen = Date.now()
      this.#looks.delete(entry)
    }
    return { orphans: this.#checkpoint.entries.filter((entry) => !present.has(entry)), isNew }
  }

  /** True for a file of which everything was read. */
  isDoneIn (entry: Entry, file: Found): boolean {
    return entry.done && entry.ino === file.ino && entry.size === file.size && this.#flight.redoOf(entry).length === 0
  }

  isUnread (entry: Entry): boolean {
    return !entry.done || this.#flight.redoOf(entry).length > 0
  }

  /** Says what of them was not found, once it was looked for long enough, and counts it; `isHidden` says where nobody could look. */
  giveUp (orphans: Entry[], tails: Tail[], isHidden: (path: string) => boolean): void {
    for (const entry of orphans) {
      if (isHidden(entry.path)) entry.seen = Date.now()
      const sought = Date.now() - Math.max(entry.seen, this.#startedAt)
      const looks = (this.#looks.get(entry) ?? 0) + 1
      this.#looks.set(entry, looks)
      if (!this.isUnread(entry) || entry.lost !== undefined || sought < this.#options.grace || looks < leastLooks) continue
      if (tails.some((tail) => tail.entry === entry)) continue
      this.#mourn(entry)
    }
  }

  /** Forgets those whose file has been gone for long. */
  forget (tails: Tail[]): void {
    const { entries } = this.#checkpoint
    for (const entry of [...entries]) {
      if (this.#present.has(entry) || tails.some((tail) => tail.entry === entry)) continue
      if (Date.now() - entry.seen >= this.#options.forget) entries.splice(entries.indexOf(entry), 1)
    }
  }

  /** Counts what is missing at the end of a copy, which was written to the file while that was copied and truncated. */
  endCopy ({ entry, position, expected = 0, path }: Tail): void {
    const bytes = expected - position
    if (bytes <= 0) return
    this.#context.telemetry.add('gatelens_input_lost_bytes_total', { input: this.#options.name }, bytes)
    this.#context.log.warn({ path: entry.path, copy: path, position, bytes }, 'a copy of a file ends before what was seen of the file')
  }

  /** A file that was read to its end and vanished before our eyes has lost nothing; one that vanished unseen may have grown before. */
  #mourn (entry: Entry): void {
    const { offset } = this.#flight.reachOf(entry)
    entry.lost = Math.max(0, entry.size - offset)
    this.#context.telemetry.add('gatelens_input_lost_bytes_total', { input: this.#options.name }, entry.lost)
    if (entry.lost === 0 && entry.seen >= this.#startedAt) return
    const fields = { path: entry.path, position: offset, bytes: entry.lost }
    this.#context.log.warn(fields, 'the rest of a file is not found; bytes says how much there was when it was seen last')
  }
}
