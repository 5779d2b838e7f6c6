/**
 * Health of an upstream's targets, passive and active, as Kong's `healthchecks` configure it
 * (https://developer.konghq.com/gateway/entities/upstream/#health-checks). All thresholds are 0, and so off, by default.
 */
import { connect } from 'node:net'
import { Pool } from 'undici'
import type { Logger } from '../runtime/log.ts'
import type { Health, Outcome } from './balancer.ts'
import type { HealthEntry } from './declarative-health.ts'
import type { Target, Upstream } from './entity.ts'

export interface Monitor extends Health {
  close (): Promise<void>
}

/** Watches the targets of an upstream. Targets start healthy. Probes run until `close`. */
export function createHealth (upstream: Upstream, log: Logger): Monitor {
  const states = new Map(upstream.targets.map((target) => [target, new State()]))
  const judge = (target: Target, outcome: Outcome, rules: Rules | undefined): void => {
    const state = states.get(target)
    if (rules === undefined || state?.judge(outcome, rules) !== true) return
    const { healthy } = state
    const name = `${target.host}:${target.port}`
    log.warn({ upstream: upstream.name, target: name, healthy }, 'the health of an upstream target changed')
  }
  const passive = rulesOf(upstream.health?.passive, passiveDefaults)
  const stop = startProbes(upstream, (target) => states.get(target)?.healthy === true, (target, outcome) =>
    judge(target, outcome, rulesOf(upstream.health?.active, activeDefaults)))
  return {
    available: (target) => states.get(target)?.healthy === true,
    report: (target, outcome) => judge(target, outcome, passive),
    close: stop,
  }
}

interface Rules {
  good: Set<number>
  bad: Set<number>
  successes: number
  http: number
  tcp: number
  timeouts: number
}

const passiveDefaults = {
  good: [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308],
  bad: [429, 500, 503],
}
const activeDefaults = { good: [200, 302], bad: [429, 404, 500, 501, 502, 503, 504, 505] }

function rulesOf (entry: HealthEntry['passive'] | HealthEntry['active'], defaults: { good: number[], bad: number[] }): Rules | undefined {
  if (entry === null || entry === undefined) return undefined
  const { healthy, unhealthy } = entry
  return {
    good: new Set(healthy?.http_statuses ?? defaults.good),
    bad: new Set(unhealthy?.http_statuses ?? defaults.bad),
    successes: healthy?.successes ?? 0,
    http: unhealthy?.http_failures ?? 0,
    tcp: unhealthy?.tcp_failures ?? 0,
    timeouts: unhealthy?.timeouts ?? 0,
  }
}

/** What is known of one target: counters start anew whenever the opposite is seen. */
class State {
  healthy = true
  #successes = 0
  #http = 0
  #tcp = 0
  #timeouts = 0

  /** True when the outcome changed the verdict. */
  judge (outcome: Outcome, rules: Rules): boolean {
    const before = this.healthy
    if (typeof outcome === 'number' && rules.good.has(outcome)) this.#good(rules)
    else if (outcome === 'tcp_failure') this.#bad(++this.#tcp, rules.tcp)
    else if (outcome === 'timeout') this.#bad(++this.#timeouts, rules.timeouts)
    else if (rules.bad.has(outcome)) this.#bad(++this.#http, rules.http)
    return before !== this.healthy
  }

  #good (rules: Rules): void {
    this.#http = this.#tcp = this.#timeouts = 0
    this.#successes++
    if (rules.successes > 0 && this.#successes >= rules.successes) this.healthy = true
  }

  #bad (count: number, threshold: number): void {
    this.#successes = 0
    if (threshold > 0 && count >= threshold) this.healthy = false
  }
}

type Probe = NonNullable<HealthEntry['active']>

/** Healthy and unhealthy targets are probed at their own intervals; an interval of 0 is no probing. */
function startProbes (
  upstream: Upstream,
  healthy: (target: Target) => boolean,
  report: (target: Target, outcome: Outcome) => void
): () => Promise<void> {
  const probe = upstream.health?.active
  if (probe === null || probe === undefined) return async () => undefined
  const pools = new Map<Target, Pool>()
  const round = (state: boolean): void => {
    for (const target of upstream.targets) {
      if (healthy(target) === state) probeOnce(probe, upstream, target, pools).then((outcome) => report(target, outcome), () => undefined)
    }
  }
  const timers = [[true, probe.healthy?.interval ?? 0], [false, probe.unhealthy?.interval ?? 0]] as const
  const running = timers.filter(([, seconds]) => seconds > 0).map(([state, seconds]) => setInterval(() => round(state), seconds * 1000))
  for (const timer of running) timer.unref()
  return async () => {
    for (const timer of running) clearInterval(timer)
    await Promise.all([...pools.values()].map((pool) => pool.destroy()))
  }
}

async function probeOnce (probe: Probe, upstream: Upstream, target: Target, pools: Map<Target, Pool>): Promise<Outcome> {
  const timeout = probe.timeout * 1000
  if (probe.type === 'tcp') return await probeTcp(target, timeout)
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  const connection = { timeout, rejectUnauthorized: probe.https_verify_certificate }
  const pool = pools.get(target) ?? new Pool(`${probe.type}://${host}:${target.port}`, { connections: 1, connect: connection })
  pools.set(target, pool)
  const headers = { host: upstream.hostHeader || `${host}:${target.port}`, ...probe.headers }
  try {
    const { statusCode, body } = await pool.request({ path: probe.http_path, method: 'GET', headers, signal: AbortSignal.timeout(timeout) })
    await body.dump()
    return statusCode
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'tcp_failure'
  }
}

async function probeTcp ({ host, port }: Target, timeout: number): Promise<Outcome> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, timeout })
    const done = (outcome: Outcome): void => { socket.destroy(); resolve(outcome) }
    socket.once('connect', () => done(200)).once('timeout', () => done('timeout')).once('error', () => done('tcp_failure'))
  })
}
