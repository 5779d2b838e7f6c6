import { isTooLong } from './kafka-range.ts'
import type { Mark, Place } from './kafka-range.ts'
import type { Slot } from './kafka-slot.ts'
import { keyOf } from './kafka-generation.ts'
import type { Partition, Generation } from './kafka-generation.ts'

/**
 * A partition while it is ours: where it is read, which ranges of it are out (in the pipeline or in a spool), and what
 * is committed. Ranges are committed in their order; one is committed once it and all before it are delivered.
 */
export class Share {
  readonly partition: Partition
  readonly key: string
  /** Newest known end of the log. */
  high: number
  /** Where reading goes on. */
  place: Place
  /** Where the next fetch should begin: behind the last message that was fetched, a gap in the log included. */
  fetched: number
  /** The committed offset, and the ends that are committed beside it. */
  #position: number
  #ends: number[]
  /** Epoch of the record before the committed offset. */
  #epoch: number | undefined
  readonly #out: Slot[] = []
  #moving: Promise<void> = Promise.resolve()

  constructor (partition: Partition, place: Place, high: number) {
    this.partition = partition
    this.key = keyOf(partition)
    this.place = place
    this.fetched = place.next
    this.high = high
    this.#position = place.position
    this.#ends = place.intents
    this.#epoch = place.epoch
  }

  /** How many offsets are not committed. */
  get lag (): number {
    return Math.max(0, this.high - this.#position)
  }

  /** What is committed. */
  get committed (): { offset: number, mark: Mark } {
    return { offset: this.#position, mark: { ...this.#origin(this.#epoch), ends: this.#ends } }
  }

  /** The range that has been out for longest. */
  get oldest (): Slot | undefined {
    return this.#out[0]
  }

  /** Takes over the ranges that an earlier generation handed out, as far as they are those that come next; settles the others. */
  adopt (slots: Slot[]): void {
    for (const slot of slots) {
      const { era, position, intents: [end] } = this.place
      if (slot.era === era && slot.from === position && slot.to === end) this.handOut(slot)
      else slot.settle()
    }
  }

  /** Notes a range that is handed out now; reading goes on behind it. */
  handOut (slot: Slot): void {
    const { place } = this
    this.#out.push(slot)
    const intents = place.intents.filter((end) => end > slot.to)
    this.place = { ...place, position: slot.to, intents, epoch: slot.epoch, next: Math.max(place.next, slot.to), held: [] }
  }

  holds (slot: Slot): boolean {
    return this.#out.includes(slot)
  }

  /** True when a range with that end comes again after a crash: its end is durable. */
  isMarked (end: number): boolean {
    return this.#ends.includes(end)
  }

  /** True when one more range may be out, as far as what can be committed beside an offset has room for it. */
  hasRoom (end: number): boolean {
    return !isTooLong(this.#mark(this.#position, end, this.#epoch))
  }

  /**
   * Commits what is delivered, and the ends of the ranges that are out, `following` among them. One commit at a time.
   * Throws kafkajs's errors; nothing has changed then.
   */
  async move (generation: Generation, following?: number): Promise<void> {
    const turn = this.#moving.then(() => this.#move(generation, following))
    this.#moving = turn.catch(() => {})
    await turn
  }

  async #move (generation: Generation, following?: number): Promise<void> {
    const behind = this.#out.findIndex((slot) => !slot.delivered)
    const count = behind < 0 ? this.#out.length : behind
    const last = this.#out[count - 1]
    const position = last?.to ?? this.#position
    const epoch = last === undefined ? this.#epoch : last.epoch
    const mark = this.#mark(position, following, epoch)
    if (position === this.#position && mark.ends.join() === this.#ends.join()) return
    await generation.commit(this.partition, position, mark)
    this.#position = position
    this.#ends = mark.ends
    this.#epoch = epoch
    for (const slot of this.#out.splice(0, count)) slot.settle()
  }

  #origin (epoch: number | undefined): Omit<Mark, 'ends'> {
    const { era, topic } = this.place
    return { era, ...topic === undefined ? {} : { topic }, ...epoch === undefined ? {} : { epoch } }
  }

  #mark (position: number, following: number | undefined, epoch: number | undefined): Mark {
    const ends = [...this.#out.map(({ to }) => to), ...this.place.intents, following ?? position]
    return { ...this.#origin(epoch), ends: [...new Set(ends)].filter((end) => end > position).sort((a, b) => a - b) }
  }
}
