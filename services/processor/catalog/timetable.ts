import type { RemoteState } from './remote.ts'
import { nextTurn } from './schedule.ts'
import type { Turn } from './schedule.ts'
import type { CatalogConfig } from './sources.ts'

/** What a look is to cover: the files, and the remote sources by key. */
export interface Due { files: boolean, keys: Set<string> }

/** When each source has its turn. */
export class Timetable {
  readonly #refresh: CatalogConfig['refresh']
  readonly #turns = new Map<string, Turn>()
  #files: Turn

  constructor (refresh: CatalogConfig['refresh']) {
    this.#refresh = refresh
    this.#files = { at: Date.now() + refresh.files, failures: 0 }
  }

  /** How long nothing is due, ms. */
  restMs (now: number): number {
    return Math.max(10, Math.min(this.#files.at, ...[...this.#turns.values()].map(({ at }) => at)) - now)
  }

  /** What is due now. */
  due (now: number): Due {
    const keys = new Set([...this.#turns].filter(([, { at }]) => at <= now).map(([key]) => key))
    return { files: this.#files.at <= now, keys }
  }

  /** Files have been looked at. */
  filesSeen (failed: boolean): void {
    const { files, remote } = this.#refresh
    this.#files = nextTurn(this.#files, { failed }, Date.now(), { intervalMs: failed ? remote : files, retryMs: files }, Math.random())
  }

  /** Remote sources after a run; those that are no source any more lose their turn. */
  asked (states: Iterable<RemoteState>): void {
    const known = [...states]
    for (const key of this.#turns.keys()) if (!known.some(({ unit }) => unit.key === key)) this.#turns.delete(key)
    for (const { unit, outcome, retryAfterMs } of known) {
      const turn = this.#turns.get(unit.key)
      if (outcome === 'kept' && turn !== undefined) continue
      const pace = { intervalMs: unit.intervalMs ?? this.#refresh.remote, retryMs: this.#refresh.retry }
      this.#turns.set(unit.key, nextTurn(turn, { failed: outcome === 'failed', retryAfterMs }, Date.now(), pace, Math.random()))
    }
  }

  /** A run as a whole has failed: everything that was due is due later. */
  failed (): void {
    const now = Date.now()
    const pace = { intervalMs: this.#refresh.remote, retryMs: this.#refresh.retry }
    this.filesSeen(true)
    for (const [key, turn] of this.#turns) {
      if (turn.at <= now) this.#turns.set(key, nextTurn(turn, { failed: true }, now, pace, Math.random()))
    }
  }
}
