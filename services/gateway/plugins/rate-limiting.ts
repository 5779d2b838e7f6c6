/**
 * `rate-limiting`, policy `local`: so many requests in fixed windows of UTC time, counted in this process
 * (https://developer.konghq.com/plugins/rate-limiting/).
 */
import { z } from 'zod'
import { headerValues, setResponseHeader } from '../exchange.ts'
import type { Exchange } from '../exchange.ts'
import { binary, normalizePath } from '../path.ts'
import { definePlugin } from '../plugin.ts'

const periods = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const
type Period = typeof periods[number]

/** Nominal lengths, in seconds: what Kong's `RateLimit-Reset` counts down from, in every month and year. */
const lengths: Record<Period, number> = { second: 1, minute: 60, hour: 3600, day: 86_400, month: 2_592_000, year: 31_536_000 }

const limit = z.number().positive().nullish()
/** Dumps hold them whatever the policy is; Kong reads them with policy redis only. */
const redis = z.unknown().optional().describe('accepted: without effect with policy local')

const schema = z.strictObject({
  second: limit,
  minute: limit,
  hour: limit,
  day: limit,
  month: limit,
  year: limit,
  limit_by: z.enum(['consumer', 'credential', 'ip', 'service', 'header', 'path']).nullish().transform((value) => value ?? 'consumer' as const),
  header_name: z.string().nullish(),
  // As the upstream sees paths: another spelling of the same path would never be limited.
  path: z.string().nullish().transform((text) => typeof text === 'string' ? normalizePath(binary(text)) : undefined),
  policy: z.literal('local', 'this gateway counts in its own process only; write local').nullish(),
  fault_tolerant: z.boolean().nullish().describe('accepted: local counting cannot fail'),
  hide_client_headers: z.boolean().nullish().transform((value) => value ?? false),
  error_code: z.number().int().min(400).max(599).nullish().transform((value) => value ?? 429),
  error_message: z.string().nullish().transform((value) => value ?? 'API rate limit exceeded'),
  sync_rate: z.literal(-1, 'only with policy redis; write -1').nullish(),
  redis,
  redis_host: redis,
  redis_port: redis,
  redis_username: redis,
  redis_password: redis,
  redis_ssl: redis,
  redis_ssl_verify: redis,
  redis_server_name: redis,
  redis_timeout: redis,
  redis_database: redis,
}).superRefine((config, context) => {
  const fail = (path: string, message: string): void => { context.addIssue({ code: 'custom', path: [path], message }) }
  const given = periods.filter((period) => typeof config[period] === 'number')
  if (given.length === 0) context.addIssue({ code: 'custom', message: `needs at least one of ${periods.join(', ')}` })
  given.forEach((upper, index) => {
    const lower = given[index - 1]
    if (lower !== undefined && Number(config[upper]) < Number(config[lower])) fail(upper, `the limit for ${upper} cannot be lower than the limit for ${lower}`)
  })
  if (config.limit_by === 'header' && !config.header_name) fail('header_name', 'limit_by header needs it')
  if (config.limit_by === 'path' && !config.path) fail('path', 'limit_by path needs it')
})

type Config = z.output<typeof schema>

export const rateLimiting = definePlugin({
  priority: 910,
  schema,
  start: (config) => {
    const counters = periods.flatMap((period) => typeof config[period] === 'number' ? [new Counter(period, config[period])] : [])
    return {
      access: (exchange) => {
        const now = Math.floor(exchange.startedAt / 1000) * 1000
        const usages = counters.map((counter) => counter.read(identify(exchange, config), now))
        // As in Kong, the longest window that is used up is the one that refuses.
        const stop = usages.findLast((usage) => usage.remaining <= 0)
        if (!config.hide_client_headers) announce(exchange, usages, stop)
        if (stop !== undefined) return { status: config.error_code, message: config.error_message }
        for (const usage of usages) usage.take()
        return undefined
      },
    }
  },
})

function identify (exchange: Exchange, config: Config): string {
  return identifier(exchange, config) ?? exchange.arrival.clientIp
}

function identifier (exchange: Exchange, config: Config): string | undefined {
  switch (config.limit_by) {
    case 'consumer': return exchange.consumer?.id ?? exchange.credential?.id
    case 'credential': return exchange.credential?.id
    case 'service': return exchange.service?.id
    case 'header': return headerValues(exchange, (config.header_name ?? '').toLowerCase())[0]
    case 'path': return exchange.path === config.path ? config.path : undefined
    default: return undefined
  }
}

interface Usage {
  period: Period
  limit: number
  /** Before this request; not more than 0 when it must be refused. */
  remaining: number
  /** Seconds until the window ends, 1 at least. */
  reset: number
  /** Counts this request. */
  take: () => void
}

function announce (exchange: Exchange, usages: Usage[], stop: Usage | undefined): void {
  let tightest: { limit: number, left: number, usage: Usage } | undefined
  for (const usage of usages) {
    const left = Math.max(0, usage.remaining - (stop === undefined || stop === usage ? 1 : 0))
    const name = `${usage.period.slice(0, 1).toUpperCase()}${usage.period.slice(1)}`
    setResponseHeader(exchange, `X-RateLimit-Limit-${name}`, String(usage.limit))
    setResponseHeader(exchange, `X-RateLimit-Remaining-${name}`, String(left))
    if (tightest === undefined || left <= tightest.left) tightest = { limit: usage.limit, left, usage }
  }
  if (tightest === undefined) return
  setResponseHeader(exchange, 'RateLimit-Limit', String(tightest.limit))
  setResponseHeader(exchange, 'RateLimit-Remaining', String(tightest.left))
  setResponseHeader(exchange, 'RateLimit-Reset', String(tightest.usage.reset))
  if (stop !== undefined) setResponseHeader(exchange, 'Retry-After', String(tightest.usage.reset))
}

/** Callers in one generation. A window remembers one to two generations; those unseen for longest are forgotten first. */
const generation = 100_000

/** The counts of the current window of one period. A new window starts empty. */
class Counter {
  readonly #period: Period
  readonly #limit: number
  #window = Number.NaN
  #young = new Map<string, number>()
  #old = new Map<string, number>()

  constructor (period: Period, limit: number) {
    this.#period = period
    this.#limit = limit
  }

  read (caller: string, now: number): Usage {
    const start = windowStart(this.#period, now)
    if (start !== this.#window) {
      this.#window = start
      this.#young = new Map()
      this.#old = new Map()
    }
    return {
      period: this.#period,
      limit: this.#limit,
      remaining: this.#limit - this.#count(caller),
      reset: Math.max(1, lengths[this.#period] - Math.floor((now - start) / 1000)),
      take: () => this.#take(caller),
    }
  }

  #count (caller: string): number {
    return this.#young.get(caller) ?? this.#old.get(caller) ?? 0
  }

  #take (caller: string): void {
    this.#young.set(caller, this.#count(caller) + 1)
    if (this.#young.size < generation) return
    this.#old = this.#young
    this.#young = new Map()
  }
}

/** Start of the window that holds `now`, both in epoch ms. */
function windowStart (period: Period, now: number): number {
  if (period !== 'month' && period !== 'year') return now - now % (lengths[period] * 1000)
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), period === 'month' ? date.getUTCMonth() : 0)
}
