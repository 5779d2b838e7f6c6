import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage } from 'node:http'

/** The moment after which counters are new to whoever the present collection is for; see {@link Scrapers}. */
export const knownUntil = new AsyncLocalStorage<number>()

/** How old a scraper's last visit, or the process, may be and a new counter still begin at 0 for it, ms. */
const recentMs = 600_000
/** Scrapers that are remembered. */
const mostScrapers = 64

/**
 * Since when a scraper of Prometheus knows the counters: what was created later it must see at 0 once, or `increase()` and
 * `rate()` miss the first events of a new series (Prometheus, "Counters": a series begins at its first sample).
 */
export class Scrapers {
  /** When counting began. */
  readonly #start: number
  /** Last visit, by address and program; the one that came last stands last. */
  readonly #visits = new Map<string, number>()

  /** All times are those of `performance.now()`, ms: by default counting began with the process. */
  constructor (start = 0) {
    this.#start = start
  }

  /**
   * The moment after which counters are new to whoever sends the request; Infinity for who is no scraper, so that a person sees
   * the values at once. A scraper that is new to an old process, or was away for long, gets the values as they are: a 0 would
   * make all of the past an increase of now.
   */
  visit (request: IncomingMessage, now: number): number {
    // Prometheus and its relatives (Agent, Alloy, vmagent, the Collector's receiver) say how long they wait.
    if (request.headers['x-prometheus-scrape-timeout-seconds'] === undefined) return Infinity
    const key = `${request.socket.remoteAddress ?? ''} ${request.headers['user-agent'] ?? ''}`
    const known = this.#visits.get(key) ?? this.#start
    this.#visits.delete(key)
    this.#visits.set(key, now)
    const [oldest] = this.#visits.size > mostScrapers ? this.#visits.keys() : []
    if (oldest !== undefined) this.#visits.delete(oldest)
    return now - known <= recentMs ? known : Infinity
  }
}
