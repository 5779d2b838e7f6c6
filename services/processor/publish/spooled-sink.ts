/**
 * A sink: a destination behind a spool on disk. A batch goes to the destination at once while that takes batches, and waits in the spool
 * otherwise, within a bound; it is brought from there in the order in which it came, with growing pauses, under the same token.
 */
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import { pause, settleWithin } from '../../runtime/shutdown.ts'
import type { BatchEncoder, Delivered, Kept, ReceivingSink, WriteBatch } from '../contract.ts'
import { createStateWriter } from '../state-writes.ts'
import type { StateWriter } from '../state-writes.ts'
import type { Connection, Destination } from './definition.ts'
import { packBatch, rowsIn } from './encoded-batch.ts'
import type { EncodedBatch, Part } from './encoded-batch.ts'
import { Notifier } from './notifier.ts'
import { SinkHealth } from './sink-health.ts'
import { Spool } from './spool.ts'
import type { SpooledSinkOptions } from './spooled-sink-options.ts'
import { tokenOf } from './token.ts'

/** A batch in the spool: who wants to know when it is delivered, whether some of it may be, and the try that is still under way. */
interface Waiting { delivered: Delivered, again: boolean, attempt?: Promise<number | undefined> }

export class SpooledSink<P extends Part = Part> implements ReceivingSink<P[]> {
  /** Resolves after `close`; rejects when nothing can be delivered any more until a person mends it (SCHEMA_NEWER, …). */
  readonly done: Promise<void>
  readonly #options: SpooledSinkOptions
  readonly #destination: Destination<P>
  readonly #spool: Spool<P>
  readonly #health: SinkHealth
  readonly #write: StateWriter
  readonly #closing = new AbortController()
  readonly #waiting = new Map<string, Waiting>()
  readonly #changes = new Notifier()
  #connection: Connection<P> | undefined
  /** When the last of the batches so far may come. */
  #turn = Promise.resolve()
  /** Whether the destination took a batch in this run. Before that nobody knows that it does, and no input waits for its first answer. */
  #isProven = false
  /** The token of the batch that is on its way out of the spool: it is not dropped. */
  #draining: string | undefined
  #fatal: unknown

  private constructor (options: SpooledSinkOptions, destination: Destination<P>, spool: Spool<P>) {
    this.#options = options
    this.#destination = destination
    this.#spool = spool
    this.#health = new SinkHealth(options, () => { this.#changes.notify() })
    const { readiness, log } = options
    // Whatever keeps the spool from being written may be mended while the input waits.
    this.#write = createStateWriter(`the spool of ${options.name}`, { readiness, log, signal: this.#closing.signal }, () => true)
    this.#signal()
    this.done = this.#run()
    // Whoever waits for `done` gets the error; nobody has to.
    this.done.catch((error: unknown) => { this.#fatal = error; this.#signal() })
  }

  /** Opens the spool; what an earlier run left there is delivered first. Throws FOLDER_UNUSABLE. */
  static async open<P extends Part> (options: SpooledSinkOptions, destination: Destination<P>): Promise<SpooledSink<P>> {
    return new SpooledSink(options, destination, await Spool.open<P>(options.folder, options.maxBytes))
  }

  begin (): BatchEncoder<WriteBatch> {
    const encoder = this.#destination.encoder()
    return { add: (events) => encoder.add(events), end: (rejects) => this.receive(encoder.end(rejects)) }
  }

  receive (parts: P[]): WriteBatch {
    return ({ range, again = false, spool = false }, delivered = () => {}) =>
      this.#send({ token: tokenOf(range), parts }, { delivered, again }, spool)
  }

  /** Tells what changes while nothing happens. */
  tell (): void {
    this.#health.tell()
  }

  async #send (encoded: EncodedBatch<P>, waiting: Waiting, isSpooled: boolean): Promise<Kept> {
    if (rowsIn(encoded) === 0) {
      waiting.delivered(0)
      return 'store'
    }
    await this.#headway()
    waiting.again ||= this.#spool.has(encoded.token)
    if (!isSpooled && this.#health.up && this.#isProven && this.#spool.length === 0) {
      const attempt = this.#attempt(encoded, waiting.again)
      const refused = await this.#whileUp(attempt)
      if (refused !== undefined) {
        waiting.delivered(refused)
        return 'store'
      }
      Object.assign(waiting, { again: true, attempt })
    }
    this.#waiting.set(encoded.token, waiting)
    await this.#keep(encoded)
    return 'spool'
  }

  /** Resolves when nothing waits for the destination any more, or when it never will. */
  async settled (): Promise<void> {
    while (this.#spool.length > 0 && !this.#hasEnded) await this.#changes.next
  }

  /** Resolves when the destination is ready and has what an earlier run left in the spool, or when it never will. */
  async recovered (): Promise<void> {
    while ((this.#connection === undefined || this.#spool.hasEarlier) && !this.#hasEnded) await this.#changes.next
  }

  async close (): Promise<void> {
    // Whoever has this state folder next may come late, or never.
    await settleWithin(this.#drained(0), drainMs)
    this.#closing.abort()
    this.#signal()
    // A delivery under way may still end well; if not, its batch is in the spool or comes again.
    await settleWithin(this.done, 2000)
    await settleWithin(Promise.resolve(this.#connection?.close()), 2000)
    this.#health.end()
  }

  /**
   * Two batches leave the spool for each that comes: an input that is faster than the destination would keep it in use for ever,
   * and one that waited for its end would keep series and quotas from moving.
   */
  async #headway (): Promise<void> {
    const turn = this.#turn.then(() => this.#drained(Math.max(0, this.#spool.length - 2)))
    this.#turn = turn
    await turn
  }

  /** Waits while the destination takes batches and more than so many wait for it. */
  async #drained (rest: number): Promise<void> {
    while (this.#health.up && this.#spool.length > rest && !this.#hasEnded) await this.#changes.next
  }

  /** What a try gives; undefined as well when the destination takes so long that nobody shall wait for it. */
  async #whileUp (attempt: Promise<number | undefined>): Promise<number | undefined> {
    const ended: Array<number | undefined> = []
    attempt.then((refused) => {
      ended.push(refused)
      this.#changes.notify()
    }, () => {})
    while (ended.length === 0 && this.#health.up) await this.#changes.next
    return ended[0]
  }

  async #run (): Promise<void> {
    const { signal } = this.#closing
    await this.#persist(() => this.#connect())
    while (!signal.aborted) {
      const changed = this.#changes.next
      const token = this.#spool.oldest()
      this.#draining = token
      if (token === undefined) await changed
      else await this.#drain(token)
    }
  }

  async #drain (token: string): Promise<void> {
    const encoded = await this.#spool.read(token)
    const waiting = this.#waiting.get(token)
    let again = waiting?.again ?? true
    const refused = await waiting?.attempt ?? await this.#persist(async () => {
      const tried = await this.#attempt(encoded, again)
      again = true
      return tried
    })
    if (refused === undefined) return
    await this.#spool.remove(token)
    this.#waiting.get(token)?.delivered(refused)
    this.#waiting.delete(token)
    this.#signal()
  }

  /** Does it again, with growing pauses, until it gives a value or the sink closes. */
  async #persist<T> (action: () => Promise<T | undefined>): Promise<T | undefined> {
    const { signal } = this.#closing
    for (let delay = 100; !signal.aborted; delay = Math.min(delay * 2, 10_000)) {
      const result = await action()
      if (result !== undefined) return result
      await pause(delay * (0.5 + Math.random() / 2), signal)
    }
    return undefined
  }

  async #connect (): Promise<true | undefined> {
    try {
      this.#connection = await this.#destination.connect()
      this.#health.takes()
      return true
    } catch (error) {
      if (error instanceof GatelensError && !error.retriable) throw error
      this.#health.fails(error)
      return undefined
    }
  }

  /** One try; undefined when it has to be done again. */
  async #attempt (encoded: EncodedBatch<P>, again: boolean): Promise<number | undefined> {
    const { name, telemetry, log, patience = patienceMs } = this.#options
    const start = performance.now()
    const impatience = setTimeout(() => { this.#health.fails(new Error(`a batch has been under way for ${patience / 1000} s`)) }, patience)
    try {
      const refused = await this.#connection!.deliver(encoded, again)
      telemetry.record('gatelens_sink_write_seconds', { sink: name }, (performance.now() - start) / 1000)
      if (refused > 0) log.warn({ sink: name, refused }, 'the sink refused rows for their content')
      this.#isProven = true
      this.#health.delivered()
      return refused
    } catch (error) {
      this.#health.fails(error)
      return undefined
    } finally {
      clearTimeout(impatience)
    }
  }

  /** Puts an encoded batch into the spool; waits for room there, and while the disk takes nothing, unless batches are then dropped. */
  async #keep (encoded: EncodedBatch<P>): Promise<void> {
    const content = await packBatch(encoded)
    for (;;) {
      if (this.#fatal !== undefined) throw this.#fatal
      if (this.#closing.signal.aborted) throw stopped(this.#options)
      const changed = this.#changes.next
      const isDropping = this.#options.whenFull === 'drop'
      if (!this.#spool.hasRoom(content.length)) {
        if (!isDropping) await changed
        else if (!await this.#dropOldest()) return this.#drop(encoded.token, rowsIn(encoded), 'its spool is full')
      } else if (isDropping ? await this.#tryToAdd(encoded, content) : await this.#write(() => this.#spool.add(encoded.token, content))) {
        return this.#signal()
      }
    }
  }

  /** For a sink that holds nobody up: what the disk does not take is dropped. */
  async #tryToAdd (encoded: EncodedBatch<P>, content: Buffer): Promise<boolean> {
    try {
      await this.#spool.add(encoded.token, content)
    } catch (error) {
      // What is thrown away makes room.
      if (await this.#dropOldest()) return false
      this.#drop(encoded.token, rowsIn(encoded), messageOf(error))
    }
    return true
  }

  /** Throws away the batch that waits longest; false when there is none but the one that is under way, or it cannot be removed. */
  async #dropOldest (): Promise<boolean> {
    const token = this.#spool.oldest(this.#draining)
    if (token === undefined) return false
    try {
      const rows = await this.#spool.rowsOf(token)
      await this.#spool.remove(token)
      this.#drop(token, rows, 'its spool is full')
      return true
    } catch {
      return false
    }
  }

  #drop (token: string, rows: number, reason: string): void {
    this.#waiting.delete(token)
    this.#health.dropped(rows, reason)
    this.#signal()
  }

  get #hasEnded (): boolean {
    return this.#fatal !== undefined || this.#closing.signal.aborted
  }

  /** Tells all who wait that the spool or the state has changed. */
  #signal (): void {
    this.#health.spooled(this.#spool.bytes)
    this.#changes.notify()
  }
}

/** How long, when the sink closes, a destination that takes batches is given those that wait. */
const drainMs = 5000

/** The default of `patience`. */
const patienceMs = 10_000

function stopped ({ name, unavailable }: SpooledSinkOptions): GatelensError {
  return new GatelensError(unavailable, `stopped while the spool of ${name} was full; the batch comes again after the start`)
}
