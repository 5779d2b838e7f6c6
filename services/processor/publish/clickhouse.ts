/**
 * The ClickHouse sink: a batch is one insert a table, over HTTP, under a deduplication token that follows from its
 * range. Written again it changes nothing. While the store takes nothing, batches wait in a bounded spool on disk.
 */
import { join } from 'node:path'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import { pause, settleWithin } from '../../runtime/shutdown.ts'
import type { Delivered, EventBatch, Kept, Sink, Telemetry } from '../contract.ts'
import { createStateWriter } from '../state-writes.ts'
import type { StateWriter } from '../state-writes.ts'
import { Notifier } from './notifier.ts'
import { deliver } from './deliver.ts'
import type { Target } from './insert.ts'
import type { ClickhouseOptions } from './options.ts'
import { packBatch } from './encoded-batch.ts'
import type { EncodedBatch } from './encoded-batch.ts'
import { classify, isFatal, viewOf } from './refusal.ts'
import { Spool } from './spool.ts'
import { tabulateEvents, tabulateRejects } from './tables.ts'
import { tokenOf } from './token.ts'

export interface ClickhouseContext {
  /** Folder of the process's state; the spool is a folder in it. */
  state: string
  telemetry: Telemetry
  log: Logger
  /** Makes the store ready (tables, version) before the first insert; tried again until it succeeds or fails for good. */
  prepare: (client: ClickHouseClient) => Promise<void>
}

export interface ClickhouseSink extends Sink {
  /** Resolves after `close`; rejects when nothing can be written any more until a person mends it (SCHEMA_NEWER, …). */
  readonly done: Promise<void>
  /** Resolves when nothing waits for the store any more, or when it never will. */
  settled (): Promise<void>
}

/** A client for the configured server. It has no default database: the database may not exist yet. */
export function connectClickhouse (options: ClickhouseOptions): ClickHouseClient {
  return createClient({
    url: options.url,
    username: options.username,
    password: options.password,
    request_timeout: options.request_timeout,
    compression: { request: options.compression && { codec: 'gzip', level: 1 }, response: false },
    application: 'gatelens',
    // Failures are told by the sink, in the process log.
    log: { level: ClickHouseLogLevel.OFF },
  })
}

/** Opens the sink and its spool; what an earlier run left there is inserted first. Throws FOLDER_UNUSABLE. */
export async function createClickhouseSink (options: ClickhouseOptions, context: ClickhouseContext): Promise<ClickhouseSink> {
  const spool = await Spool.open(join(context.state, 'spool'), options.spool.max_bytes)
  return new StoreWriter(options, context, spool)
}

class StoreWriter implements ClickhouseSink {
  readonly done: Promise<void>
  readonly #target: Target
  readonly #context: ClickhouseContext
  readonly #spool: Spool
  readonly #write: StateWriter
  readonly #closing = new AbortController()
  /** Batches in the spool by token: who wants to know when one is in the store, and whether some of it may be there. */
  readonly #waiting = new Map<string, { delivered: Delivered, again: boolean }>()
  readonly #changes = new Notifier()
  /** Views that were named in the log. */
  readonly #blamed = new Set<string>()
  /** When the last of the batches so far may come. */
  #turn = Promise.resolve()
  #up = false
  /** Whether the store took a batch in this run. Before that nobody knows that it does, and no input waits for its first answer. */
  #isProven = false
  /** What is wrong with the store, as it was said last; '' when nothing is. */
  #wrong = ''
  #fatal: unknown

  constructor (options: ClickhouseOptions, context: ClickhouseContext, spool: Spool) {
    this.#target = { client: connectClickhouse(options), database: options.database, cluster: options.cluster }
    this.#context = context
    this.#spool = spool
    // Whatever keeps the spool from being written may be mended while the input waits.
    this.#write = createStateWriter('the spool', { ...context, signal: this.#closing.signal }, () => true)
    this.#setUp(false)
    this.done = this.#run()
    // Whoever waits for `done` gets the error; nobody has to.
    this.done.catch((error: unknown) => { this.#fatal = error; this.#signal() })
  }

  write (batch: EventBatch, delivered: Delivered = () => {}): Promise<Kept> {
    const encoded = { token: tokenOf(batch.range), parts: [...tabulateEvents(batch.events), tabulateRejects(batch.rejects)] }
    // What waits from here on holds the encoded batch only, not the events.
    return this.#send(encoded, batch.again === true, delivered)
  }

  async #send (encoded: EncodedBatch, isAgain: boolean, delivered: Delivered): Promise<Kept> {
    if (encoded.parts.every((part) => part.rows === 0)) {
      delivered(0)
      return 'store'
    }
    await this.#headway()
    let again = isAgain || this.#spool.has(encoded.token)
    if (this.#up && this.#isProven && this.#spool.length === 0) {
      const refused = await this.#attempt(encoded, again)
      if (refused !== undefined) {
        delivered(refused)
        return 'store'
      }
      again = true
    }
    this.#waiting.set(encoded.token, { delivered, again })
    await this.#keep(encoded)
    return 'spool'
  }

  async settled (): Promise<void> {
    while (this.#spool.length > 0 && this.#fatal === undefined && !this.#closing.signal.aborted) await this.#changes.next
  }

  async close (): Promise<void> {
    // Whoever has this state folder next may come late, or never.
    await settleWithin(this.#drained(0), drainMs)
    this.#closing.abort()
    this.#signal()
    // An insert under way may still land; if not, its batch is in the spool or comes again.
    await settleWithin(this.done, 2000)
    await this.#target.client.close()
  }

  /**
   * Two batches leave the spool for each that comes: an input that is faster than the store would keep it in use for ever,
   * and one that waited for its end would keep series and quotas from moving.
   */
  async #headway (): Promise<void> {
    const turn = this.#turn.then(() => this.#drained(Math.max(0, this.#spool.length - 2)))
    this.#turn = turn
    await turn
  }

  /** Waits while the store takes batches and more than so many wait for it. */
  async #drained (rest: number): Promise<void> {
    while (this.#up && this.#spool.length > rest && this.#fatal === undefined && !this.#closing.signal.aborted) await this.#changes.next
  }

  async #run (): Promise<void> {
    const { signal } = this.#closing
    await this.#persist(() => this.#prepare())
    while (!signal.aborted) {
      const changed = this.#changes.next
      const encoded = await this.#spool.first()
      if (encoded === undefined) await changed
      else await this.#drain(encoded)
    }
  }

  async #drain (encoded: EncodedBatch): Promise<void> {
    let again = this.#waiting.get(encoded.token)?.again ?? true
    const refused = await this.#persist(async () => {
      const tried = await this.#attempt(encoded, again)
      again = true
      return tried
    })
    if (refused === undefined) return
    await this.#spool.removeFirst()
    this.#waiting.get(encoded.token)?.delivered(refused)
    this.#waiting.delete(encoded.token)
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

  async #prepare (): Promise<true | undefined> {
    try {
      await this.#context.prepare(this.#target.client)
      this.#setUp(true)
      return true
    } catch (error) {
      if (isFatal(error)) throw error
      this.#complain(error)
      return undefined
    }
  }

  /** One try; undefined when it has to be done again. */
  async #attempt (encoded: EncodedBatch, again: boolean): Promise<number | undefined> {
    const start = performance.now()
    try {
      const refused = await deliver(this.#target, encoded, { again, refused: (error) => this.#blame(error) })
      this.#context.telemetry.record('gatelens_store_insert_seconds', {}, (performance.now() - start) / 1000)
      if (refused > 0) this.#context.log.warn({ refused }, 'the store refused rows for their content; they are in the table rejected')
      this.#isProven = true
      this.#setUp(true)
      return refused
    } catch (error) {
      this.#complain(error)
      // Somebody dropped the tables, or the store came back empty.
      if (classify(error) === 'schema') await this.#context.prepare(this.#target.client).catch((failure: unknown) => this.#complain(failure))
      return undefined
    }
  }

  /** A view that somebody hung on a table is named once. */
  #blame (error: unknown): void {
    const view = viewOf(error)
    if (view === undefined || this.#blamed.has(view)) return
    this.#blamed.add(view)
    this.#context.log.warn({ view }, 'a view fails on what is inserted; rows that it refuses are missing there, the tables of gatelens get them all')
  }

  /** Puts an encoded batch into the spool; waits for room there, and while the disk takes nothing. */
  async #keep (encoded: EncodedBatch): Promise<void> {
    const content = await packBatch(encoded)
    for (;;) {
      if (this.#fatal !== undefined) throw this.#fatal
      if (this.#closing.signal.aborted) throw stopped()
      const changed = this.#changes.next
      if (!this.#spool.hasRoom(content.length)) await changed
      else if (await this.#write(() => this.#spool.add(encoded.token, content))) return this.#signal()
    }
  }

  /** Says what is wrong once, until it is something else. */
  #complain (error: unknown): void {
    if (this.#up) this.#setUp(false)
    const reason = messageOf(error).slice(0, 300)
    if (reason !== this.#wrong) this.#context.log.warn({ code: 'STORE_UNREACHABLE', reason }, 'the store takes nothing; trying again')
    this.#wrong = reason
  }

  #setUp (up: boolean): void {
    this.#up = up
    if (up && this.#wrong !== '') this.#context.log.info('the store takes batches again')
    if (up) this.#wrong = ''
    this.#context.telemetry.set('gatelens_store_up', {}, Number(up))
    this.#signal()
  }

  /** Tells all who wait that the spool or the state has changed. */
  #signal (): void {
    this.#context.telemetry.set('gatelens_spool_bytes', {}, this.#spool.bytes)
    this.#changes.notify()
  }
}

/** How long, when the sink closes, a store that takes batches is given those that wait. */
const drainMs = 5000

function stopped (): GatelensError {
  return new GatelensError('STORE_UNREACHABLE', 'stopped while the spool was full; the batch comes again after the start')
}
