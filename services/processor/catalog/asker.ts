import { GatelensError } from '../../runtime/errors.ts'
import { AskThread } from './ask-thread.ts'
import type { Answer, AskThreadOptions, Death } from './ask-thread.ts'
import { Lanes } from './lanes.ts'
import { failedState } from './remote.ts'
import type { RemoteUnit } from './remote-unit.ts'
import { openShelf } from './shelf.ts'

/** How sources are asked; `intervalMs` is the pace of those that have none of their own. */
export interface AskerOptions extends AskThreadOptions { intervalMs: number }

/**
 * Asks sources on a thread of their own, all at the same time. An answer that takes more memory or time than there is ends
 * the thread; then it is found out whose it was, and the others are asked once more.
 */
export class Asker {
  readonly #options: AskerOptions
  readonly #running = new Set<AskThread>()
  #shared: AskThread | undefined
  /** Each has its own thread, and its own limit of memory. */
  readonly #alone = new Lanes(1, 10_000)
  #isClosed = false

  constructor (options: AskerOptions) {
    this.#options = options
  }

  /** Asks one source. Never rejects. */
  async ask (unit: RemoteUnit): Promise<Answer> {
    for (;;) {
      const outcome = await this.#thread().ask(unit)
      if ('state' in outcome) return outcome
      if (this.#isClosed || (outcome.begun && outcome.suspects === 1 && !outcome.isHeldUp)) return await this.#blame(unit, outcome)
      if (outcome.begun || outcome.suspects === 0) return await this.#askAlone(unit)
    }
  }

  /** Ends all threads; what is being asked fails. */
  close (): void {
    this.#isClosed = true
    for (const thread of this.#running) thread.stop()
  }

  #thread (): AskThread {
    this.#shared ??= this.#start(() => { this.#shared = undefined })
    return this.#shared
  }

  #start (ended: () => void): AskThread {
    const thread = new AskThread(this.#options, () => {
      this.#running.delete(thread)
      ended()
    })
    this.#running.add(thread)
    return thread
  }

  async #askAlone (unit: RemoteUnit): Promise<Answer> {
    return await this.#alone.run(async () => {
      if (this.#isClosed) return await this.#blame(unit, { reason: 'the processor ends' })
      const outcome = await this.#start(() => {}).ask(unit)
      return 'state' in outcome ? outcome : await this.#blame(unit, outcome)
    })
  }

  async #blame (unit: RemoteUnit, { reason }: Pick<Death, 'reason'>): Promise<Answer> {
    const hint = 'Raise catalog.compile, or cut the document.'
    const error = new GatelensError('CATALOG_DOCUMENT', `the document was left out: ${reason}`, { where: unit.label, hint })
    const digest = await openShelf(this.#options.shelf).digest(unit.key)
    const state = failedState(unit, digest === '' ? undefined : { digest, confirmedAt: 0 }, error)
    // Another try costs as much as this one.
    return { state: { ...state, retryAfterMs: unit.intervalMs ?? this.#options.intervalMs }, loose: undefined }
  }
}
