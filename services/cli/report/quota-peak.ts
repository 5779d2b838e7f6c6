import { quotaNames, windowStart } from '../../processor/observe/quota.ts'
import type { QuotaName } from '../../processor/observe/quota.ts'

/** The fullest calendar window that a partner had. */
export interface Peak { requests: number, start: number }

/** Open windows that are kept for each quota; older ones are closed and only their count is compared. */
const openWindows = 4

/** The most requests that a partner made in any calendar minute, hour, day and month (UTC, event time). */
export class QuotaPeak {
  readonly #open = new Map<QuotaName, Map<number, number>>(quotaNames.map((name) => [name, new Map()]))
  readonly #peak = new Map<QuotaName, Peak>()
  #minute = -1
  #fresh = 0

  /** Counts one request at `time` (epoch ms). Records that come late count while their window is among the newest few. */
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
    for (const name of quotaNames) this.#count(name, windowStart(name, this.#minute), this.#fresh)
    this.#fresh = 0
  }

  #count (name: QuotaName, start: number, requests: number): void {
    const open = this.#open.get(name) as Map<number, number>
    const sum = (open.get(start) ?? 0) + requests
    open.set(start, sum)
    if (sum > (this.#peak.get(name)?.requests ?? 0)) this.#peak.set(name, { requests: sum, start })
    if (open.size > openWindows) open.delete(Math.min(...open.keys()))
  }
}
