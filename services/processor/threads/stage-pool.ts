/** The threads that take the batches of all inputs through the stages. */
import type { Cache } from '../caches.ts'
import type { CompiledCatalog } from '../catalog/compile.ts'
import type { Positions, ReceivingSink, RecordBatch } from '../contract.ts'
import type { Columns } from '../observe/columns.ts'
import type { Staged, StageThreads } from '../pipeline.ts'
import type { Part } from '../publish/encoded-batch.ts'
import type { CacheFigures, StageSetup, ThreadBatch, ThreadResult } from './messages.ts'
import { packRecords } from './packed-records.ts'
import type { Owner } from './questions.ts'
import { received } from './sent-parts.ts'
import { StageThread } from './stage-thread.ts'

/** What the threads need of the main one. */
export interface PoolOptions {
  threads: number
  setup: StageSetup
  catalog: CompiledCatalog
  owner: Owner
  sink: Pick<ReceivingSink<Part[][]>, 'receive'>
  /** Counts the requests of a batch. Must not throw. */
  observe: (columns: Columns) => void
  /** Told once when a thread ends unasked. */
  failed: (error: unknown) => void
}

/** So many batches a thread has at once: the second waits, so that the thread never does. */
const mostLoad = 2

export class StagePool {
  readonly #threads: readonly StageThread[]
  readonly #options: PoolOptions
  #catalog: CompiledCatalog
  /** Those who wait for a thread, in their order. */
  readonly #waiting: Array<() => void> = []

  private constructor (options: PoolOptions) {
    const { threads, setup, catalog, owner, failed } = options
    this.#options = options
    this.#catalog = catalog
    this.#threads = Array.from({ length: threads }, () => new StageThread(setup, catalog, owner, failed))
  }

  /** Starts the threads; they take batches when this resolves. Throws THREAD_ENDED when one cannot start. */
  static async start (options: PoolOptions): Promise<StagePool> {
    const pool = new StagePool(options)
    try {
      await Promise.all(pool.#threads.map(({ ready }) => ready))
      return pool
    } catch (error) {
      await pool.close()
      throw error
    }
  }

  /** How many batches of an input may be on their way while another is read: one a thread, and one that is published. */
  get ahead (): number {
    return this.#threads.length + 1
  }

  /** Gives the threads another catalog, for all batches that they are given from now on. */
  use (catalog: CompiledCatalog): void {
    if (catalog === this.#catalog) return
    this.#catalog = catalog
    for (const thread of this.#threads) thread.use(catalog)
  }

  /** The threads as one input sees them: `format` is the place of its own in the setup. Its batches are observed in their order. */
  forInput (format: number, positions: Positions | undefined): StageThreads {
    let last: Promise<unknown> = Promise.resolve()
    return {
      ahead: this.ahead,
      run: async (batch) => {
        const result = this.#run(...packBatch(batch, format, positions))
        const staged = last.then(async () => this.#receive(await result))
        result.catch(() => {})
        last = staged.catch(() => {})
        return await staged
      },
    }
  }

  /** The caches of each thread. */
  caches (): Cache[] {
    return this.#threads.flatMap(({ caches }) => caches.map(toCache))
  }

  /** Ends the threads; batches that they still have are rejected. */
  async close (): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()))
  }

  async #run (batch: ThreadBatch, transfer: ArrayBuffer[]): Promise<ThreadResult> {
    while (this.#freest().load >= mostLoad) await new Promise<void>((resolve) => { this.#waiting.push(resolve) })
    try {
      return await this.#freest().run(batch, transfer)
    } finally {
      this.#waiting.shift()?.()
    }
  }

  #freest (): StageThread {
    return this.#threads.reduce((best, thread) => thread.load < best.load ? thread : best)
  }

  #receive ({ encoded, tally, columns }: ThreadResult): Staged {
    const since = performance.now()
    this.#options.observe(columns)
    tally.seconds.observe += (performance.now() - since) / 1000
    return { write: this.#options.sink.receive(received(encoded)), tally }
  }
}

function toCache ({ name, entries, evictions }: CacheFigures): Cache {
  return { name, entries: () => entries, evictions: () => evictions }
}

function packBatch (
  { range, source, rejects = [], records }: RecordBatch, format: number, positions: Positions | undefined
): [ThreadBatch, ArrayBuffer[]] {
  const { packed, transfer } = packRecords(records)
  return [{ kind: 'batch', range, ...source === undefined ? {} : { source }, rejects, format, positions, records: packed }, transfer]
}
