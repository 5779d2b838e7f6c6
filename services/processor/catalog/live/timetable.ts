import { performance } from 'node:perf_hooks'
import type { RemoteState } from '../fetching/remote-unit.ts'
import type { RemoteUnit } from '../fetching/remote-unit.ts'
import type { CatalogConfig } from '../config.ts'

/** Who is being looked at has no turn. */
const never = Infinity
/** Timers take no longer pauses than some weeks. */
const longestRestMs = 3_600_000

/** When each source has its turn, by a clock that nobody sets. A source that is being looked at has none. */
export class Timetable {
  readonly #refresh: CatalogConfig['refresh']
  readonly #turns = new Map<string, Turn & { intervalMs: number }>()
  #files: Turn

  constructor (refresh: CatalogConfig['refresh']) {
    this.#refresh = refresh
    this.#files = { at: performance.now() + refresh.files, failures: 0 }
  }

  /** How long nothing is due, ms. */
  restMs (): number {
    const next = Math.min(this.#files.at, ...[...this.#turns.values()].map(({ at }) => at))
    return Math.max(10, Math.min(longestRestMs, next - performance.now()))
  }

  /** True when files are due; they have no turn then until {@link filesSeen}. */
  takeFiles (): boolean {
    if (this.#files.at > performance.now()) return false
    this.#files = { ...this.#files, at: never }
    return true
  }

  /** Files have been looked at. */
  filesSeen (failed: boolean): void {
    const { files, remote } = this.#refresh
    const pace = { intervalMs: failed ? Math.max(files, remote) : files, retryMs: files }
    this.#files = nextTurn(this.#files, { failed }, performance.now(), pace, Math.random())
  }

  /** The remote sources that are due. Those that would be soon come along: a thread is started once for all of them. */
  takeSources (): string[] {
    const now = performance.now()
    if (![...this.#turns.values()].some(({ at }) => at <= now)) return []
    const due = [...this.#turns].filter(([, { at, failures, intervalMs }]) => at - (failures === 0 ? intervalMs * early : 0) <= now)
    for (const [key] of due) this.begin(key)
    return due.map(([key]) => key)
  }

  /** A source is being asked. */
  begin (key: string): void {
    const turn = this.#turns.get(key)
    if (turn !== undefined) this.#turns.set(key, { ...turn, at: never })
  }

  /** A source has been asked. One that is forgotten gets no turn. */
  asked ({ unit, outcome, retryAfterMs }: RemoteState): void {
    const turn = this.#turns.get(unit.key)
    if (turn === undefined) return
    const { intervalMs } = turn
    const next = nextTurn(turn, { failed: outcome === 'failed', retryAfterMs }, performance.now(), { intervalMs, retryMs: this.#refresh.retry }, Math.random())
    this.#turns.set(unit.key, { ...next, intervalMs })
  }

  /** Adds a source that is due at once; false when it has its turns already. */
  add ({ key, intervalMs = this.#refresh.remote }: RemoteUnit): boolean {
    if (this.#turns.has(key)) return false
    this.#turns.set(key, { at: performance.now(), failures: 0, intervalMs })
    return true
  }

  /** Forgets a source. */
  remove (key: string): void {
    this.#turns.delete(key)
  }
}

/** By which part of its interval a source may be asked early. */
const early = 0.05

/** How often to ask, and how soon again after a failure, ms. */
export interface Pace { intervalMs: number, retryMs: number }

/** When a source is to be fetched next, by the clock of whoever asks (ms), and how often in a row it has failed. */
export interface Turn { at: number, failures: number }

/**
 * The turn after an answer: one interval later. After the nth failure in a row `retryMs` × 2^(n-1) later, at most one
 * interval, or when the server asked to be left alone for longer. Half of a pause after a failure is left to chance
 * (`random` is in 0..1), a tenth of an interval, so that many processors do not ask at once.
 */
export function nextTurn (previous: Turn | undefined, outcome: Outcome, now: number, pace: Pace, random: number): Turn {
  if (!outcome.failed) return { at: Math.round(now + pace.intervalMs * (0.9 + 0.1 * random)), failures: 0 }
  const failures = (previous?.failures ?? 0) + 1
  const pause = Math.min(pace.intervalMs, pace.retryMs * 2 ** Math.min(failures - 1, 30))
  const asked = Math.min(outcome.retryAfterMs ?? 0, longestRetryMs)
  return { at: Math.round(now + Math.max(pause * (0.5 + 0.5 * random), asked)), failures }
}

/** What became of asking; `retryAfterMs` is what the server wants. */
export interface Outcome { failed: boolean, retryAfterMs?: number | undefined }

/** No server may ask to be left alone for longer. */
const longestRetryMs = 3_600_000
