/** One thread that takes batches through the stages, as the main thread sees it. */
import { MessageChannel } from 'node:worker_threads'
import type { Worker } from 'node:worker_threads'
import { GatelensError, messageOf, systemCode } from '../../runtime/errors.ts'
import { startWorker } from '../../runtime/worker.ts'
import type { CompiledCatalog } from '../catalog/compile.ts'
import type { CacheFigures, StageSetup, ThreadBatch, ThreadCatalog, ThreadMessage, ThreadResult, ThreadSetup } from './messages.ts'
import { answerOn } from './questions.ts'
import type { Owner } from './questions.ts'

interface Pending { resolve (result: ThreadResult): void, reject (error: unknown): void }

export class StageThread {
  /** Resolves when the thread takes batches; rejects when it ends before. */
  readonly ready: Promise<void>
  /** Of its caches, after the newest batch. */
  caches: readonly CacheFigures[] = []
  readonly #worker: Worker
  readonly #pending: Pending[] = []
  readonly #failed: (error: unknown) => void
  #begun: { resolve (): void, reject (error: unknown): void } | undefined
  #end: unknown

  /** `failed` is told once when the thread ends unasked; its batches are rejected with the same THREAD_ENDED. */
  constructor (setup: StageSetup, catalog: CompiledCatalog, owner: Owner, failed: (error: unknown) => void) {
    const { port1, port2 } = new MessageChannel()
    const bell = new SharedArrayBuffer(4)
    answerOn(port1, bell, owner)
    const workerData: ThreadSetup = { ...setup, catalog, port: port2, bell }
    this.#worker = startWorker('worker', import.meta.url, { workerData, transferList: [port2] })
    this.#failed = failed
    this.ready = new Promise((resolve, reject) => { this.#begun = { resolve, reject } })
    this.ready.catch(() => {})
    this.#worker.on('message', (message: ThreadMessage) => { this.#take(message) })
    this.#worker.on('error', (error) => { this.#die(reasonOf(error)) })
    this.#worker.on('exit', (code) => {
      port1.close()
      this.#die(`it ended by itself, with code ${code}`)
    })
  }

  /** How many batches it has. */
  get load (): number {
    return this.#pending.length
  }

  /** Gives it a batch. Rejects with THREAD_ENDED. */
  async run (batch: ThreadBatch, transfer: ArrayBuffer[]): Promise<ThreadResult> {
    if (this.#end !== undefined) throw this.#end
    this.#worker.postMessage(batch, transfer)
    return await new Promise((resolve, reject) => { this.#pending.push({ resolve, reject }) })
  }

  /** Gives it another catalog, for all batches that follow. */
  use (catalog: CompiledCatalog): void {
    if (this.#end === undefined) this.#worker.postMessage({ kind: 'catalog', catalog } satisfies ThreadCatalog)
  }

  /** Ends it, whatever it does; its batches are rejected. */
  async stop (): Promise<void> {
    this.#reject(new GatelensError('THREAD_ENDED', 'the processor ends'))
    await this.#worker.terminate()
  }

  #take (message: ThreadMessage): void {
    if (message.kind === 'ready') return this.#begun?.resolve()
    this.caches = message.caches
    this.#pending.shift()?.resolve(message)
  }

  #die (reason: string): void {
    if (this.#end !== undefined) return
    this.#reject(new GatelensError('THREAD_ENDED', `a thread of the stages ended: ${reason}`))
    this.#failed(this.#end)
  }

  #reject (error: GatelensError): void {
    this.#end ??= error
    this.#begun?.reject(error)
    for (const { reject } of this.#pending.splice(0)) reject(error)
  }
}

function reasonOf (error: unknown): string {
  return systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it took more memory than there is for it' : messageOf(error)
}
