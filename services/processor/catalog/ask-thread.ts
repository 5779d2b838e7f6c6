import type { Worker } from 'node:worker_threads'
import { messageOf, systemCode } from '../../runtime/errors.ts'
import type { AskMessage, AskWork } from './ask-worker.ts'
import type { RemoteState } from './remote.ts'
import type { RemoteUnit } from './remote-unit.ts'
import type { Kept } from './shelf.ts'
import type { CatalogConfig, FetchPolicy } from './sources.ts'
import { startThread } from './thread.ts'

/** The limits of a thread that asks, and the folder where it keeps what it reads. */
export interface AskThreadOptions { shelf: string, policy: FetchPolicy, compile: CatalogConfig['compile'] }

/** A source was asked. */
export interface Answer { state: RemoteState, loose: Kept<unknown> | undefined }

/**
 * The thread ended before: why, whether it was parsing this source's answer, and how many sources' answers it was parsing.
 * When it only held up others, nobody is to blame yet.
 */
export interface Death { reason: string, begun: boolean, suspects: number, isHeldUp: boolean }

interface Pending { begun: boolean, resolve (outcome: Answer | Death): void }

/** One thread that asks sources, as long as there are any to ask. */
export class AskThread {
  readonly #worker: Worker
  readonly #compile: CatalogConfig['compile']
  readonly #pending = new Map<string, Pending>()
  readonly #ended: () => void
  #watchdog: NodeJS.Timeout | undefined
  #isDead = false
  #isRunning = false

  /** `ended` is called when the thread takes no more. */
  constructor ({ shelf, policy, compile }: AskThreadOptions, ended: () => void) {
    // What is fetched stands in buffers first, which the limit of the thread does not count.
    const bounded = { ...policy, max_bytes: Math.min(policy.max_bytes, compile.memory) }
    const work: AskWork = { shelf, policy: bounded, limitMs: compile.timeout, beatMs: Math.max(10, Math.min(1000, compile.timeout / 4)) }
    this.#worker = startThread('ask-worker', work, compile.memory)
    this.#compile = compile
    this.#ended = ended
    this.#watch()
    this.#worker.on('message', (message: AskMessage) => { this.#take(message) })
    this.#worker.on('error', (error) => { this.#die(reasonOf(error, compile.memory)) })
    this.#worker.on('exit', () => { this.#die('the thread that reads ended before its work') })
  }

  /** Asks one source; the same one not twice at a time. */
  async ask (unit: RemoteUnit): Promise<Answer | Death> {
    return await new Promise((resolve) => {
      this.#pending.set(unit.key, { begun: false, resolve })
      this.#worker.postMessage(unit)
      if (this.#pending.size === 2) this.#watch()
    })
  }

  /** Ends the thread, whatever it does. */
  stop (): void {
    this.#die('the processor ends')
  }

  #take (message: AskMessage): void {
    this.#isRunning = true
    this.#watch()
    if (message.kind === 'alive') return
    const pending = this.#pending.get(message.key)
    if (pending === undefined) return
    if (message.kind === 'begin') {
      pending.begun = true
      return
    }
    this.#pending.delete(message.key)
    if (this.#pending.size === 0) this.#die('')
    pending.resolve({ state: message.state, loose: message.loose })
  }

  /** A thread that does not say for so long that it lives is caught in one answer; others are not to wait for that. */
  #watch (): void {
    if (this.#isDead) return
    clearTimeout(this.#watchdog)
    const { timeout } = this.#compile
    const isShared = this.#isRunning && this.#pending.size > 1
    const reason = `reading took longer than ${timeout} ms (catalog.compile.timeout)`
    this.#watchdog = setTimeout(() => { this.#die(reason, isShared) }, Math.min(isShared ? timeout * heldUp : timeout, 2 ** 31 - 1))
  }

  #die (reason: string, isHeldUp = false): void {
    if (this.#isDead) return
    this.#isDead = true
    clearTimeout(this.#watchdog)
    this.#ended()
    this.#worker.terminate().catch(() => {})
    const suspects = [...this.#pending.values()].filter(({ begun }) => begun).length
    for (const { begun, resolve } of this.#pending.values()) resolve({ reason, begun, suspects, isHeldUp })
    this.#pending.clear()
  }
}

/** How long one answer may keep others from being read, as a part of the time that one may take. */
const heldUp = 1 / 20

function reasonOf (error: unknown, memory: number): string {
  if (systemCode(error) !== 'ERR_WORKER_OUT_OF_MEMORY') return `reading failed: ${messageOf(error)}`
  return `reading took more than ${Math.round(memory / 1e6)} MB (catalog.compile.memory)`
}
