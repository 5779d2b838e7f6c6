/** The times in a record of Kong's. */
import { durationMs, roundMs } from './field.ts'

/** Times in ms; null: not given. */
export interface Latencies { total: number | null, upstream: number | null, gateway: number | null }

/**
 * Latencies in ms, each null where the record does not give it: `latencies` may be absent, a text such as `-`, or have
 * parts that are absent, negative (Kong writes -1 for none) or no numbers. Kong's own time includes failed tries.
 */
export function readLatencies (latencies: { proxy: unknown, kong: unknown, receive: unknown, request: unknown }): Latencies {
  const upstream = durationMs(latencies.proxy)
  const gateway = durationMs(latencies.kong)
  const receive = durationMs(latencies.receive) ?? 0
  const total = durationMs(latencies.request)
  // Parts add up to a total, and a total less its parts is what is left, only where no part is missing.
  const proxied = upstream ?? (isNone(latencies.proxy) ? 0 : null)
  if (proxied === null) return { total, upstream, gateway }
  return {
    total: total ?? (gateway === null ? null : roundMs(gateway + proxied + receive)),
    upstream,
    gateway: gateway ?? (total === null ? null : Math.max(0, roundMs(total - proxied - receive))),
  }
}

/** Kong's mark of a time that there was not, because nothing was proxied. */
export function isNone (value: unknown): boolean {
  return value === -1 || value === '-1'
}
