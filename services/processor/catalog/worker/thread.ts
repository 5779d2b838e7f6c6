/** One thread beside the traffic, within limits of memory and time. */
import type { Worker } from 'node:worker_threads'
import { GatelensError, messageOf, systemCode } from '../../../runtime/errors.ts'
import { startWorker } from '../../../runtime/worker.ts'
import type { FetchPolicy, ThreadLimits } from '../policy.ts'
import type { Fetched, Job, NumberedJob, ThreadMessage, ThreadSetup } from './job.ts'
import type { RefreshResult } from './refresh.ts'

/** The folder of the cache, and the limits. */
export interface ThreadOptions { cache: string, policy: FetchPolicy, limits: ThreadLimits }

/**
 * The thread ended before the job did. `document` is what it was reading just then ('' for nothing). `isCause` says that this job was
 * reading it, or that nothing tells whose fault it was; `isAlone` that the thread had no other job.
 */
export interface Death { reason: string, document: string, isCause: boolean, isAlone: boolean }

interface Pending { resolve (outcome: Fetched | RefreshResult | Death): void, reject (error: unknown): void }

/** A quarter of what the engine takes: a catalog compiles as fast with it, at a tenth less memory. */
const maxYoungGenerationSizeMb = 12
/** How long one document may keep other jobs waiting, as a part of the time that it may take alone. */
const heldUp = 1 / 20
/** Timers take no longer pauses than some weeks. */
const longestMs = 2 ** 31 - 1

/** Who is told that a thread has done its jobs, and that it takes no more. */
export interface ThreadListener { rested (): void, ended (): void }

/** A thread that runs jobs until it is stopped, or a job is too much. One without jobs does not keep the process alive. */
export class WorkThread {
  readonly #worker: Worker
  readonly #limits: ThreadLimits
  readonly #pending = new Map<number, Pending>()
  readonly #listener: ThreadListener
  #count = 0
  #reading = { id: -1, document: '' }
  #watchdog: NodeJS.Timeout | undefined
  #isDead = false
  #isRunning = false

  constructor ({ cache, policy, limits }: ThreadOptions, listener: ThreadListener) {
    // What is fetched stands in buffers first, which the limit of the thread does not count.
    const bounded = { ...policy, max_bytes: Math.min(policy.max_bytes, limits.memory) }
    const { timeout, memory } = limits
    const workerData: ThreadSetup = { cache, policy: bounded, limitMs: timeout, beatMs: Math.max(10, Math.min(1000, timeout / 4)) }
    const resourceLimits = { maxOldGenerationSizeMb: Math.ceil(memory / 1024 ** 2), maxYoungGenerationSizeMb }
    this.#worker = startWorker('worker', import.meta.url, { workerData, resourceLimits })
    this.#limits = limits
    this.#listener = listener
    this.#worker.on('message', (message: ThreadMessage) => { this.#take(message) })
    this.#worker.on('error', (error) => { this.#die(reasonOf(error, memory)) })
    this.#worker.on('exit', () => { this.#die('the thread ended before its work') })
  }

  /** Runs a job. Throws what the job throws. */
  async run (job: Job): Promise<Fetched | RefreshResult | Death> {
    const id = this.#count++
    return await new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage({ id, job } satisfies NumberedJob)
      if (this.#pending.size <= 2) this.#watch()
    })
  }

  /** Ends the thread, whatever it does. */
  stop (): void {
    this.#die('the processor ends')
  }

  #take (message: ThreadMessage): void {
    this.#isRunning = true
    this.#watch()
    if (message.kind === 'reading') this.#reading = message
    if (message.kind === 'alive' || message.kind === 'reading') return
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (this.#reading.id === message.id) this.#reading = { id: -1, document: '' }
    if (this.#pending.size === 0) this.#rest()
    if (message.kind === 'done') pending?.resolve(message.result)
    else pending?.reject(new GatelensError(message.code, message.message, message))
  }

  /** A thread that does not say for so long that it lives is caught in one document; other jobs are not to wait for that. */
  #watch (): void {
    clearTimeout(this.#watchdog)
    if (this.#isDead || this.#pending.size === 0) return
    const { timeout } = this.#limits
    const isShared = this.#isRunning && this.#pending.size > 1
    const reason = `reading took longer than ${timeout} ms (catalog.compile.timeout)`
    this.#watchdog = setTimeout(() => { this.#die(reason) }, Math.min(isShared ? timeout * heldUp : timeout, longestMs))
  }

  #rest (): void {
    clearTimeout(this.#watchdog)
    this.#worker.unref()
    this.#listener.rested()
  }

  #die (reason: string): void {
    if (this.#isDead) return
    this.#isDead = true
    clearTimeout(this.#watchdog)
    this.#listener.ended()
    this.#worker.terminate().catch(() => {})
    const { id: reading, document } = this.#reading
    const isAlone = this.#pending.size === 1
    for (const [id, { resolve }] of this.#pending) resolve({ reason, document, isCause: reading === id || reading < 0, isAlone })
    this.#pending.clear()
  }
}

function reasonOf (error: unknown, memory: number): string {
  if (systemCode(error) !== 'ERR_WORKER_OUT_OF_MEMORY') return `reading failed: ${messageOf(error)}`
  return `reading took more than ${Math.round(memory / 1e6)} MB (catalog.compile.memory)`
}
