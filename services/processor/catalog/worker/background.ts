/** Fetching and compiling beside the traffic. */
import { GatelensError } from '../../../runtime/errors.ts'
import { failedState } from '../fetching/remote.ts'
import type { RemoteUnit } from '../fetching/remote-unit.ts'
import { Slots } from '../fetching/slots.ts'
import { openCache } from '../reading/cache.ts'
import type { Fetched, Job } from './job.ts'
import type { RefreshRequest, RefreshResult } from './refresh.ts'
import { WorkThread } from './thread.ts'
import type { Death, ThreadOptions } from './thread.ts'

/** How work is done; `intervalMs` is the pace of units that have none of their own, `restMs` how long a thread waits for more work. */
export interface BackgroundOptions extends ThreadOptions { intervalMs: number, restMs?: number }

type Outcome = Fetched | RefreshResult | Death

/** A compile follows soon on a fetch that brought something new, and a start costs more than a wait. */
const usualRestMs = 2000

/**
 * Fetches all units on one thread at a time, and compiles on another or, when all is fetched, on the same. A document that takes more
 * memory or time than there is ends its thread. The thread says which document it reads, so that this one alone is left out, and the rest
 * is done again.
 */
export class Background {
  readonly #options: BackgroundOptions
  readonly #running = new Set<WorkThread>()
  #shared: WorkThread | undefined
  #resting: WorkThread | undefined
  #rest: NodeJS.Timeout | undefined
  /** Each of these threads has its own limit of memory. */
  readonly #alone = new Slots(1, 10_000)
  #isClosed = false

  constructor (options: BackgroundOptions) {
    this.#options = options
  }

  /** Fetches one unit. A document that ends the shared thread gets a thread of its own, with the limits of one document. Never rejects. */
  async fetch (unit: RemoteUnit): Promise<Fetched> {
    const job: Job = { kind: 'fetch', unit }
    for (let isCause = false; ;) {
      const outcome: Outcome = await (isCause ? this.#runAlone(job) : this.#sharedThread().run(job))
      if ('state' in outcome) return outcome
      if (!('reason' in outcome)) throw new GatelensError('INTERNAL', 'a fetch gave a catalog')
      if (this.#isClosed || outcome.isAlone) return await this.#leaveOut(unit, outcome)
      isCause = outcome.isCause
    }
  }

  /**
   * Compiles. Throws as {@link refreshCatalog} does, and CATALOG_COMPILE when it is not one document that is too much, but all of them
   * together.
   */
  async compile (request: RefreshRequest): Promise<RefreshResult> {
    const oversized = new Map(request.oversized)
    for (;;) {
      if (this.#isClosed) throw new GatelensError('CATALOG_COMPILE', 'the processor ends')
      const outcome = await this.#freeThread().run({ kind: 'compile', request: { ...request, oversized } })
      if ('inputs' in outcome) return outcome
      if (!('reason' in outcome)) throw new GatelensError('INTERNAL', 'a compile gave a reading')
      const { document, reason } = outcome
      if (document === '' || oversized.has(document)) throw new GatelensError('CATALOG_COMPILE', reason)
      oversized.set(document, `the document was left out: ${reason}`)
    }
  }

  /** Ends all threads; what is being done fails. */
  close (): void {
    this.#isClosed = true
    clearTimeout(this.#rest)
    for (const thread of this.#running) thread.stop()
  }

  async #runAlone (job: Job): Promise<Outcome> {
    return await this.#alone.run(async () => await this.#start().run(job))
  }

  #sharedThread (): WorkThread {
    this.#shared ??= this.#freeThread()
    return this.#shared
  }

  /** One that has done its work, or a new one. */
  #freeThread (): WorkThread {
    const thread = this.#resting ?? this.#start()
    this.#resting = undefined
    return thread
  }

  #start (): WorkThread {
    const thread = new WorkThread(this.#options, {
      rested: () => { this.#keep(thread) },
      ended: () => { this.#forget(thread) },
    })
    this.#running.add(thread)
    return thread
  }

  /** Keeps one thread for a while; memory is better used than by more of them. */
  #keep (thread: WorkThread): void {
    if (this.#shared === thread) this.#shared = undefined
    if (this.#resting !== undefined) return thread.stop()
    this.#resting = thread
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => { this.#resting?.stop() }, this.#options.restMs ?? usualRestMs).unref()
  }

  #forget (thread: WorkThread): void {
    this.#running.delete(thread)
    if (this.#shared === thread) this.#shared = undefined
    if (this.#resting === thread) this.#resting = undefined
  }

  async #leaveOut (unit: RemoteUnit, { reason }: Death): Promise<Fetched> {
    const hint = 'Raise catalog.compile, or cut the document.'
    const error = new GatelensError('CATALOG_DOCUMENT', `the document was left out: ${reason}`, { where: unit.label, hint })
    const digest = await openCache(this.#options.cache).digest(unit.key)
    const state = failedState(unit, digest === '' ? undefined : { digest, confirmedAt: 0 }, error)
    // Another try costs as much as this one.
    return { state: { ...state, retryAfterMs: unit.intervalMs ?? this.#options.intervalMs }, unsaved: undefined }
  }
}
