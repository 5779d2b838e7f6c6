import { Pool } from 'undici'
import { script } from './upstreams.ts'
import type { DemoRequest } from './scenario.ts'

/** What the traffic has done so far. */
export interface TrafficCount {
  /** Requests that got an answer, whatever its status: each is one record in the gateway's log. */
  answered: number
  /** Requests without an answer: the gateway was gone. */
  failed: number
}

export interface Traffic {
  readonly count: TrafficCount
  /** Starts no further request and resolves when the running ones have ended. */
  stop (): Promise<void>
}

/** Most requests in flight; past it the generator waits instead of piling up. */
const inFlightLimit = 400
const tickMs = 20

/** Sends `requests` to the gateway at about `rate` a second until it is stopped. */
export function startTraffic (url: string, requests: Iterator<DemoRequest>, rate: number): Traffic {
  const pool = new Pool(url, { connections: 64, pipelining: 1 })
  const count: TrafficCount = { answered: 0, failed: 0 }
  const running = new Set<Promise<void>>()
  const started = performance.now()
  let due = 0
  const timer = setInterval(() => {
    const target = (performance.now() - started) / 1000 * rate
    due = Math.min(target - due > rate ? target - rate : due, target)
    for (; due < target && running.size < inFlightLimit; due++) {
      const sending = send(pool, requests.next().value, count).finally(() => { running.delete(sending) })
      running.add(sending)
    }
  }, tickMs)
  return {
    count,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(running)
      await pool.close()
    },
  }
}

async function send (pool: Pool, request: DemoRequest, count: TrafficCount): Promise<void> {
  try {
    const response = await pool.request({
      method: request.method as 'GET',
      path: request.target,
      headers: {
        host: 'api.example.com',
        'user-agent': request.agent,
        [script.status]: String(request.status),
        [script.delay]: request.delay_ms.toFixed(0),
        ...(request.key === '' ? {} : { apikey: request.key }),
      },
    })
    await response.body.dump()
    count.answered++
  } catch {
    count.failed++
  }
}
