/** The times in a record of Kong's. */
import { numberWithin, objectOf, roundMs } from './field.ts'

/** Longer than this (about 115 days) is no duration but a fault. */
const longest = 1e10

/** A duration in ms; null for what is none. */
export function milliseconds (value: unknown): number | null {
  const ms = numberWithin(value, 0, longest)
  return ms === null ? null : roundMs(ms)
}

/** Times in ms; null: not given. */
export interface Latencies { total: number | null, upstream: number | null, gateway: number | null }

/**
 * Latencies in ms, each null where the record does not give it: `latencies` may be absent, a text such as `-`, or have
 * parts that are absent, negative (Kong writes -1 for none) or no numbers. Kong's own time includes failed tries.
 */
export function readLatencies (value: unknown): Latencies {
  const latencies = objectOf(value)
  const upstream = milliseconds(latencies.proxy)
  const gateway = milliseconds(latencies.kong)
  const receive = milliseconds(latencies.receive) ?? 0
  const total = milliseconds(latencies.request)
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
