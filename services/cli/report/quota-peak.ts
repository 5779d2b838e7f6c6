import { quotaNames, windowStart } from '../../processor/observe/quota.ts'
import type { QuotaName, Quotas } from '../../processor/observe/quota.ts'

/** The fullest calendar window that a partner had. */
export interface Peak { requests: number, start: number }

/** Most windows of one quota that are kept, about a month of minutes; past it the one that was seen first is closed. */
const mostWindows = 50_000

/**
 * The most requests that a partner made in any one calendar window (UTC, event time) of the quotas that it has. Records may
 * come in any order: the logs of two gateways are read one after the other, and their windows add up.
 */
export class QuotaPeak {
  readonly #windows: Map<QuotaName, Map<number, number>>
  readonly #peak = new Map<QuotaName, Peak>()
  #minute = -1
  #fresh = 0

  constructor (quotas: Quotas) {
    this.#windows = new Map(quotaNames.filter((name) => quotas[name] !== undefined).map((name) => [name, new Map<number, number>()]))
  }

  /** Counts one request at `time` (epoch ms). */
  add (time: number): void {
    const minute = windowStart('minute', time)
    if (minute !== this.#minute) {
      this.#settle()
      this.#minute = minute
    }
    this.#fresh++
  }

  read (name: QuotaName): Peak {
    this.#settle()
    return this.#peak.get(name) ?? { requests: 0, start: 0 }
  }

  #settle (): void {
    if (this.#fresh === 0) return
    for (const [name, windows] of this.#windows) this.#count(name, windows, windowStart(name, this.#minute), this.#fresh)
    this.#fresh = 0
  }

  #count (name: QuotaName, windows: Map<number, number>, start: number, requests: number): void {
    const sum = (windows.get(start) ?? 0) + requests
    windows.set(start, sum)
    if (sum > (this.#peak.get(name)?.requests ?? 0)) this.#peak.set(name, { requests: sum, start })
    const [first] = windows.size > mostWindows ? windows.keys() : []
    if (first !== undefined) windows.delete(first)
  }
}
