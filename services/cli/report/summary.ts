import { LogCollapsingLowestDenseDDSketch as Sketch } from '@datadog/sketches-js'
import type { EnrichedEvent, Outcome } from '../../processor/event.ts'
import { unmapped } from '../../processor/catalog/partners/partners.ts'
import type { Quotas } from '../../processor/observe/quota.ts'
import { QuotaPeak } from './quota-peak.ts'

/** Counts of one group of requests. */
export interface Counts {
  requests: number
  /** Responses with status 500 and above, and requests without a response. */
  errors: number
  rate_limited: number
}

/** Counts and latencies (ms) of one group of requests. */
export interface Figures extends Counts {
  duration: Sketch
  gateway: Sketch
}

export interface RouteFigures extends Figures { service: string, method: string, route: string, outcome: Outcome }
export interface ServiceFigures extends Figures { service: string, owner: string, system: string, routes: Set<RouteFigures> }
/** A partner, or a consumer that no partner claims. */
export interface PartnerFigures extends Counts { partner: string, consumer: string, tier: string, quotas: QuotaPeak }
export interface UndocumentedFigures {
  service: string
  method: string
  route: string
  outcome: Outcome
  requests: number
  /** Requests by partner, or by consumer where no partner claims it. */
  partners: Map<string, number>
  statuses: Map<number, number>
}

/** Most groups of each kind that are held; the requests of all further ones count as `__other__`. */
export interface Limits { routes: number, services: number, partners: number, undocumented: number }

const limits: Limits = { routes: 5000, services: 2000, partners: 20_000, undocumented: 2000 }
const other = '__other__'
const documented: ReadonlySet<Outcome> = new Set(['matched', 'ambiguous'])

/** Relative error of every quantile in the report, and the bins of one sketch (1,024 reach over nine orders of magnitude). */
const accuracy = { relativeAccuracy: 0.01, binLimit: 1024 }

/** Everything the report says of the requests, in memory that does not grow with the length of the log. */
export class Summary {
  readonly total = newFigures()
  readonly outcomes = new Map<Outcome, number>()
  readonly routes = new Map<string, RouteFigures>()
  readonly services = new Map<string, ServiceFigures>()
  readonly partners = new Map<string, PartnerFigures>()
  readonly undocumented = new Map<string, UndocumentedFigures>()
  first = Infinity
  last = -Infinity
  /** Null while no request has told its size. */
  requestBytes: number | null = null
  responseBytes: number | null = null
  readonly #quotasOf: (partner: string) => Quotas
  readonly #limits: Limits

  constructor (quotasOf: (partner: string) => Quotas, overrides: Partial<Limits> = {}) {
    this.#quotasOf = quotasOf
    this.#limits = { ...limits, ...overrides }
  }

  /** Counts one enriched event. */
  add (event: EnrichedEvent): void {
    this.first = Math.min(this.first, event.time)
    this.last = Math.max(this.last, event.time)
    if (event.request_bytes !== null) this.requestBytes = (this.requestBytes ?? 0) + event.request_bytes
    if (event.response_bytes !== null) this.responseBytes = (this.responseBytes ?? 0) + event.response_bytes
    this.outcomes.set(event.outcome, (this.outcomes.get(event.outcome) ?? 0) + 1)
    const route = this.#route(event)
    const service = this.#service(event)
    service.routes.add(route)
    const partner = this.#partner(event)
    partner.quotas.add(event.time)
    count(partner, event)
    measure(this.total, event)
    measure(route, event)
    measure(service, event)
    if (!documented.has(event.outcome)) this.#addUndocumented(event)
  }

  #route (event: EnrichedEvent): RouteFigures {
    return group(this.routes, routeKey(event), this.#limits.routes,
      (rest) => ({ ...newFigures(), ...labels(event, rest) }))
  }

  #service (event: EnrichedEvent): ServiceFigures {
    return group(this.services, event.service, this.#limits.services,
      (rest) => ({ ...newFigures(), service: rest ?? event.service, owner: event.owner, system: event.system, routes: new Set() }))
  }

  #partner (event: EnrichedEvent): PartnerFigures {
    const consumer = event.partner === unmapped.name ? event.consumer : ''
    return group(this.partners, `${event.partner}\n${consumer}`, this.#limits.partners,
      (rest) => {
        const names = { partner: rest ?? event.partner, consumer: rest ?? consumer, tier: rest === undefined ? event.partner_tier : '' }
        return { ...newCounts(), ...names, quotas: new QuotaPeak(this.#quotasOf(names.partner)) }
      })
  }

  #addUndocumented (event: EnrichedEvent): void {
    const found = group(this.undocumented, routeKey(event), this.#limits.undocumented, (rest): UndocumentedFigures =>
      ({ ...labels(event, rest), requests: 0, partners: new Map(), statuses: new Map() }))
    found.requests++
    tally(found.partners, event.partner === unmapped.name ? event.consumer : event.partner, 200, other)
    tally(found.statuses, event.status, 600, 0)
  }
}

function routeKey ({ service, method, route, outcome }: EnrichedEvent): string {
  return `${service}\n${method}\n${route}\n${outcome}`
}

function labels ({ service, method, route, outcome }: EnrichedEvent, rest?: string): Pick<RouteFigures, 'service' | 'method' | 'route' | 'outcome'> {
  return { service: rest ?? service, method: rest ?? method, route: rest ?? route, outcome }
}

function newCounts (): Counts {
  return { requests: 0, errors: 0, rate_limited: 0 }
}

function newFigures (): Figures {
  return { ...newCounts(), duration: new Sketch(accuracy), gateway: new Sketch(accuracy) }
}

function count (counts: Counts, event: EnrichedEvent): void {
  counts.requests++
  if (event.status >= 500 || event.status === 0) counts.errors++
  if (event.rate_limited) counts.rate_limited++
}

function measure (figures: Figures, event: EnrichedEvent): void {
  count(figures, event)
  if (event.duration_ms !== null) figures.duration.accept(event.duration_ms)
  if (event.gateway_ms !== null) figures.gateway.accept(event.gateway_ms)
}

/** The group of `key`; past `limit` groups it is the one group of all the rest, made with `__other__` for its names. */
function group<T> (groups: Map<string, T>, key: string, limit: number, create: (rest?: string) => T): T {
  const known = groups.get(key)
  if (known !== undefined) return known
  const full = groups.size >= limit
  const existing = full ? groups.get(other) : undefined
  if (existing !== undefined) return existing
  const created = create(full ? other : undefined)
  groups.set(full ? other : key, created)
  return created
}

function tally<K> (counts: Map<K, number>, key: K, limit: number, rest: K): void {
  const bounded = counts.has(key) || counts.size < limit ? key : rest
  counts.set(bounded, (counts.get(bounded) ?? 0) + 1)
}
