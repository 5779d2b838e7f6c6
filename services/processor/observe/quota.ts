/** Calendar windows in UTC that quotas are counted in. */
export const quotaNames = ['minute', 'hourly', 'daily', 'monthly'] as const
export type QuotaName = typeof quotaNames[number]

/** Requests that a partner may make in each calendar window; what is missing is not limited. */
export type Quotas = Partial<Record<QuotaName, number>>

/** Start of the calendar window that holds `time` (epoch ms), UTC. */
export function windowStart (quota: QuotaName, time: number): number {
  if (quota === 'monthly') {
    const date = new Date(time)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  }
  return time - time % lengths[quota]
}

const lengths = { minute: 60_000, hourly: 3_600_000, daily: 86_400_000 } as const

/**
 * Requests of one partner in its current calendar windows, by event time. A request of a window that is over no longer
 * counts: these are live figures; the store has the history.
 */
export class QuotaUse {
  /** Requests in the newest minute that are not in `#used` yet. */
  #fresh = 0
  #minute = -1
  readonly #start: Record<QuotaName, number> = { minute: -1, hourly: -1, daily: -1, monthly: -1 }
  readonly #used: Record<QuotaName, number> = { minute: 0, hourly: 0, daily: 0, monthly: 0 }

  /** Counts one request at `time` (epoch ms). Within one minute that is a comparison and an addition. */
  add (time: number): void {
    const minute = Math.floor(time / 60_000)
    if (minute === this.#minute) {
      this.#fresh++
      return
    }
    this.#settle()
    if (minute > this.#minute) this.#minute = minute
    this.#count(time, 1)
  }

  /** Adds requests that are known from elsewhere (the store, after a restart) to one window. */
  restore (quota: QuotaName, start: number, requests: number): void {
    this.#settle()
    if (start > this.#start[quota]) {
      this.#start[quota] = start
      this.#used[quota] = 0
    }
    if (start === this.#start[quota]) this.#used[quota] += requests
  }

  /** Requests in the window that holds `now`, the newest event time anywhere. */
  read (quota: QuotaName, now: number): number {
    this.#settle()
    return this.#start[quota] === windowStart(quota, now) ? this.#used[quota] : 0
  }

  #settle (): void {
    if (this.#fresh === 0) return
    const requests = this.#fresh
    this.#fresh = 0
    this.#count(this.#minute * 60_000, requests)
  }

  #count (time: number, requests: number): void {
    for (const quota of quotaNames) {
      const start = windowStart(quota, time)
      if (start > this.#start[quota]) {
        this.#start[quota] = start
        this.#used[quota] = 0
      }
      if (start === this.#start[quota]) this.#used[quota] += requests
    }
  }
}
