import { pause } from '../../runtime/shutdown.ts'
import type { RecordBatch } from '../contract.ts'
import type { Slice } from './kafka-range.ts'

/** Where a batch comes from: input id, `<topic>/<partition>` and the era of its offsets. */
export interface Origin { input: string, key: string, era: string, following: number | undefined }

/** One batch between a partition and the pipeline: offered, then taken or withdrawn, settled in the end. */
export class Slot {
  /** `<topic>/<partition>`. */
  readonly key: string
  readonly era: string
  readonly from: number
  readonly to: number
  /** End of the range that is to be pending next; undefined when that is not known yet. */
  readonly following: number | undefined
  readonly batch: RecordBatch
  readonly #settled = new AbortController()

  constructor (origin: Origin, slice: Slice, commit: (slot: Slot) => Promise<void>) {
    this.key = origin.key
    this.era = origin.era
    this.from = slice.from
    this.to = slice.to
    this.following = origin.following
    const range = { input: origin.input, partition: `${origin.key}@${origin.era}`, from: slice.from, to: slice.to }
    this.batch = { range, records: slice.records, again: slice.again, commit: () => commit(this) }
  }

  get settled (): boolean {
    return this.#settled.signal.aborted
  }

  /** Nobody needs to wait for this batch any more: it is committed, or no longer ours to commit. */
  settle (): void {
    this.#settled.abort()
  }

  /** Waits until the batch is settled, at most `ms`. */
  async wait (ms: number): Promise<void> {
    await pause(ms, this.#settled.signal)
  }

  /** Calls back when the batch is settled. */
  onSettled (listener: () => void): void {
    if (this.settled) listener()
    else this.#settled.signal.addEventListener('abort', listener, { once: true })
  }
}

/** Hands batches of many partitions to one consumer, which takes one at a time; what is taken is known until it is settled. */
export class Handoff {
  readonly #offered: Slot[] = []
  readonly #taken = new Map<string, Slot>()
  #wakers: Array<() => void> = []
  #ended = false
  #failure: unknown

  offer (slot: Slot): void {
    this.#offered.push(slot)
    this.#wake()
  }

  /** Takes back a batch if nobody has seen it, and settles it. */
  withdraw (slot: Slot): void {
    const index = this.#offered.indexOf(slot)
    if (index < 0) return
    this.#offered.splice(index, 1)
    slot.settle()
  }

  /** Takes back all batches that nobody has seen, and settles them. */
  withdrawAll (): void {
    for (const slot of this.#offered.splice(0)) slot.settle()
  }

  /** The newest batch of a partition that was taken and is not settled. */
  taken (key: string): Slot | undefined {
    return this.#taken.get(key)
  }

  /** The next batch, oldest first; undefined once the handoff has ended. Throws the failure that ended it. */
  async take (): Promise<Slot | undefined> {
    while (!this.#ended) {
      const slot = this.#offered.shift()
      if (slot !== undefined) return this.#track(slot)
      await new Promise<void>((resolve) => { this.#wakers.push(resolve) })
    }
    if (this.#failure !== undefined) throw this.#failure
    return undefined
  }

  /** Nothing is handed out from now on. */
  end (failure?: unknown): void {
    this.#ended = true
    this.#failure ??= failure
    this.#wake()
  }

  /** Waits until everything that was taken is settled, at most `ms`. */
  async drain (ms: number): Promise<void> {
    const until = Date.now() + ms
    for (const slot of [...this.#taken.values()]) await slot.wait(Math.max(0, until - Date.now()))
  }

  /** Settles what was taken: it is no longer ours to commit. */
  abandon (): void {
    for (const slot of [...this.#taken.values()]) slot.settle()
  }

  #wake (): void {
    for (const wake of this.#wakers.splice(0)) wake()
  }

  #track (slot: Slot): Slot {
    this.#taken.set(slot.key, slot)
    slot.onSettled(() => { if (this.#taken.get(slot.key) === slot) this.#taken.delete(slot.key) })
    return slot
  }
}
