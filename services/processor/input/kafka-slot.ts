import { pause } from '../../runtime/shutdown.ts'
import type { RecordBatch } from '../contract.ts'
import type { Slice } from './kafka-range.ts'

/** Where a batch comes from: input id, `<topic>/<partition>` and the era of its offsets. */
export interface Origin { input: string, key: string, era: string, following: number | undefined }

/**
 * One range between a partition and the pipeline: offered, then taken or withdrawn, perhaps spooled, delivered, and
 * settled in the end. Its records are let go of when it is taken: many slots may wait for the store at a time.
 */
export class Slot {
  /** `<topic>/<partition>`. */
  readonly key: string
  readonly era: string
  readonly from: number
  readonly to: number
  /** Epoch of the record before `to`. */
  readonly epoch: number | undefined
  /** End of the range that is to be pending next; undefined when that is not known yet. */
  readonly following: number | undefined
  /** True once everything of the range is in the store. */
  delivered = false
  #batch: RecordBatch | undefined
  readonly #released = new AbortController()
  readonly #settled = new AbortController()

  constructor (origin: Origin, slice: Slice, commit: (slot: Slot) => Promise<void>) {
    this.key = origin.key
    this.era = origin.era
    this.from = slice.from
    this.to = slice.to
    this.epoch = slice.epoch
    this.following = origin.following
    const range = { input: origin.input, partition: `${origin.key}@${origin.era}`, from: slice.from, to: slice.to }
    this.#batch = {
      range,
      records: slice.records,
      again: slice.again,
      spooled: () => this.#released.abort(),
      commit: async () => {
        this.delivered = true
        await commit(this)
      },
    }
  }

  /** Gives the batch away; only once. */
  take (): RecordBatch {
    const batch = this.#batch
    if (batch === undefined) throw new Error('a batch was taken twice')
    this.#batch = undefined
    return batch
  }

  get settled (): boolean {
    return this.#settled.signal.aborted
  }

  /** True when the next batch of the partition may follow: this one is settled, or safe in a spool. */
  get released (): boolean {
    return this.settled || this.#released.signal.aborted
  }

  /** Nobody needs to wait for this batch any more: it is committed, or no longer ours to commit. */
  settle (): void {
    this.#released.abort()
    this.#settled.abort()
  }

  /** Waits until the batch is released, at most `ms`. */
  async wait (ms: number): Promise<void> {
    await pause(ms, this.#released.signal)
  }

  /** Waits until the batch is settled, at most `ms`. */
  async end (ms: number): Promise<void> {
    await pause(ms, this.#settled.signal)
  }

  /** Calls back when the batch is settled. */
  onSettled (listener: () => void): void {
    if (this.settled) listener()
    else this.#settled.signal.addEventListener('abort', listener, { once: true })
  }
}
