/** What senders push at an input that they get no answer from: it waits here, within a bound, until it is handed out. */
import { randomBytes } from 'node:crypto'
import { sourceOf } from '../contract.ts'
import type { RawRecord, RecordBatch } from '../contract.ts'
import type { InputContext } from './definition.ts'
import type { LongLine } from './lines.ts'
import { lingerFor } from './linger.ts'
import { rejectLong } from './long-lines.ts'
import { Sleeper } from './sleeper.ts'

/** Options of the batches, and how much may wait. */
export interface ReceivedOptions {
  name: string
  batch: { records: number, bytes: number, linger: number }
  max_record_bytes: number
  max_waiting_bytes: number
}

/** What inputs with sockets use of their processor. */
export type SocketContext = Pick<InputContext, 'base' | 'signal' | 'telemetry' | 'readiness' | 'lag' | 'log'>

/** What makes a batch, of the positions `[from, to)`. */
interface Taken { from: number, to: number, records: RawRecord[], tooLong: LongLine[] }

/** Records in the order in which they came. Their places count the bytes of all that this run has received. */
export class Received {
  readonly #maxBytes: number
  #records: RawRecord[] = []
  #tooLong: LongLine[] = []
  #from = 0
  #to = 0
  /** When the first of them came, epoch ms. */
  #since = 0
  readonly #sleeper = new Sleeper()
  #drained: Array<() => void> = []

  constructor (maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Adds records, whatever they said of their places: those of several senders lie one behind the other. */
  add (records: readonly RawRecord[], tooLong: readonly LongLine[] = []): void {
    if (records.length + tooLong.length === 0) return
    if (this.bytes === 0) this.#since = Date.now()
    for (const { bytes } of records) {
      this.#records.push({ bytes, offset: this.#to })
      this.#to += bytes.length + 1
    }
    for (const { length } of tooLong) {
      this.#tooLong.push({ offset: this.#to, length })
      this.#to++
    }
    this.#sleeper.wake()
  }

  get bytes (): number {
    return this.#to - this.#from
  }

  get records (): number {
    return this.#records.length + this.#tooLong.length
  }

  get since (): number {
    return this.#since
  }

  get isFull (): boolean {
    return this.bytes >= this.#maxBytes
  }

  /** Calls once there is room again. */
  whenDrained (call: () => void): void {
    this.#drained.push(call)
  }

  /** Takes what makes a batch. */
  take (most: { records: number, bytes: number }): Taken {
    const from = this.#from
    let count = 0
    let bytes = 0
    while (count < this.#records.length && count < most.records && bytes < most.bytes) bytes += this.#records[count++]!.bytes.length
    const isAll = count === this.#records.length
    const to = isAll ? this.#to : this.#records[count]!.offset
    const records = isAll ? this.#records : this.#records.splice(0, count)
    if (isAll) this.#records = []
    const tooLong = this.#tooLong.filter(({ offset }) => offset < to)
    this.#tooLong = this.#tooLong.filter(({ offset }) => offset >= to)
    this.#from = to
    this.#since = Date.now()
    if (!this.isFull) for (const call of this.#drained.splice(0)) call()
    return { from, to, records, tooLong }
  }

  /** Waits for so many ms, or until something comes, or the signal aborts. */
  async change (ms: number, signal: AbortSignal): Promise<void> {
    await this.#sleeper.sleep(ms, signal)
  }
}

/**
 * Hands out what is received, until the signal aborts and all of it is handed out. Nobody could give it again, so that a batch is in the
 * spool before the store is asked. `close` is called first when the signal aborts: nothing more is received then.
 */
export async function * handOutReceived (
  { name: input, batch: { records, bytes, linger }, max_record_bytes: maxBytes }: ReceivedOptions,
  { signal, readiness, lag }: Pick<SocketContext, 'signal' | 'readiness' | 'lag'>, received: Received, close: () => void
): AsyncGenerator<RecordBatch, void> {
  const partition = `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`
  const tell = (): void => {
    readiness.input(input, { lag_bytes: received.bytes })
    lag.waits(input, received.bytes > 0)
  }
  signal.addEventListener('abort', close, { once: true })
  try {
    while (!signal.aborted || received.bytes > 0) {
      tell()
      const isFull = signal.aborted || received.records >= records || received.bytes >= bytes || received.isFull
      const wait = received.bytes === 0 ? Infinity : received.since + lingerFor(received.bytes, linger) - Date.now()
      if (!isFull && wait > 0) {
        await received.change(wait, signal)
        continue
      }
      const { from, to, records: taken, tooLong } = received.take({ records, bytes })
      const range = { input, partition, from, to }
      tell()
      yield { range, records: taken, rejects: rejectLong(tooLong, sourceOf(range), maxBytes), spool: true, commit: async () => {} }
    }
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}
