import type { LogCollapsingLowestDenseDDSketch as Sketch } from '@datadog/sketches-js'
import type { Outcome, RejectReason } from '../../processor/event.ts'
import { quotaNames } from '../../processor/observe/quota.ts'
import type { QuotaName, Quotas } from '../../processor/observe/quota.ts'
import type { Counts, PartnerFigures, RouteFigures, ServiceFigures, Summary, UndocumentedFigures } from './summary.ts'

/** Quantiles in milliseconds with one percent relative error; null where nothing was measured. */
export interface Quantiles { p50: number | null, p95: number | null, p99: number | null, max: number | null }

export interface CountsShape { requests: number, errors: number, error_ratio: number, rate_limited: number }
interface Latencies { duration_ms: Quantiles, gateway_ms: Quantiles }
export interface RouteShape extends CountsShape, Latencies { service: string, method: string, route: string, outcome: Outcome }
export interface ServiceShape extends CountsShape, Latencies { service: string, owner: string, system: string, routes: number }
/** The fullest window of one quota; `share` is requests over limit. */
export interface QuotaShape { quota: QuotaName, limit: number, requests: number, share: number, window_start: string }
/** `consumer` is given where no partner claims it; the partner is then `unmapped`. */
export interface PartnerShape extends CountsShape {
  partner: string
  consumer: string
  tier: string
  quotas: QuotaShape[]
  quota_share: number | null
}
export interface UndocumentedShape {
  service: string
  method: string
  route: string
  outcome: Outcome
  requests: number
  partners: Array<{ partner: string, requests: number }>
  statuses: Record<string, number>
}
/** One breach; times are ISO 8601, `closed_at` is null while it is open at the end of the log. */
export interface BreachShape {
  rule: string
  severity: string
  service: string
  route: string
  partner: string
  owner: string
  opened_at: string
  closed_at: string | null
  threshold: number
  peak: number
  requests: number
}
export interface FileShape { path: string, bytes: number, records: number, rejected: number, error: string | null }
export interface RejectShape { reason: RejectReason, records: number, first: { file: string, offset: number, detail: string } }

/** What `gatelens report --json` prints. Names are stable; new ones may be added. Lists are sorted, fullest first. */
export interface ReportShape {
  version: 1
  files: FileShape[]
  period: { from: string | null, to: string | null, seconds: number }
  /** records = requests + filtered + repeated + rejected */
  totals: CountsShape & {
    records: number
    filtered: number
    /** Records whose request id another one had before, among the newest four million. */
    repeated: number
    rejected: number
    /** Of the requests whose log gives the size; null where it gives none, as below. */
    request_bytes: number | null
    response_bytes: number | null
    duration_ms: Quantiles
    gateway_ms: Quantiles
  }
  rejects: RejectShape[]
  outcomes: Partial<Record<Outcome, number>>
  routes: RouteShape[]
  partners: PartnerShape[]
  services: ServiceShape[]
  undocumented: UndocumentedShape[]
  breaches: BreachShape[]
  /** How many of each list there are before `--top` cuts it. */
  distinct: { routes: number, partners: number, services: number, undocumented: number, breaches: number }
  catalog: { endpoints: number, services: number, partners: number, problems: number }
}

/** What the report needs besides the counted requests. */
export interface Findings {
  files: FileShape[]
  filtered: number
  repeated: number
  rejects: RejectShape[]
  breaches: BreachShape[]
  quotasOf: (partner: string) => Quotas
  catalog: ReportShape['catalog']
  top: number
}

/** Brings counts and findings into the report's public shape. */
export function shapeReport (summary: Summary, findings: Findings): ReportShape {
  const rejected = findings.rejects.reduce((sum, item) => sum + item.records, 0)
  const routes = fullest(summary.routes.values())
  const partners = fullest(summary.partners.values())
  const services = fullest(summary.services.values())
  const undocumented = fullest(summary.undocumented.values())
  const cut = <T>(items: T[]): T[] => items.slice(0, findings.top)
  return {
    version: 1,
    files: findings.files,
    period: periodOf(summary),
    totals: {
      records: summary.total.requests + findings.filtered + findings.repeated + rejected,
      ...countsOf(summary.total),
      filtered: findings.filtered,
      repeated: findings.repeated,
      rejected,
      request_bytes: summary.requestBytes,
      response_bytes: summary.responseBytes,
      ...latencies(summary.total),
    },
    rejects: findings.rejects,
    outcomes: Object.fromEntries([...summary.outcomes].toSorted((a, b) => b[1] - a[1])),
    routes: cut(routes).map(routeShape),
    partners: cut(partners).map((item) => partnerShape(item, findings.quotasOf(item.partner))),
    services: cut(services).map(serviceShape),
    undocumented: cut(undocumented).map(undocumentedShape),
    breaches: cut(findings.breaches),
    distinct: {
      routes: routes.length,
      partners: partners.length,
      services: services.length,
      undocumented: undocumented.length,
      breaches: findings.breaches.length,
    },
    catalog: findings.catalog,
  }
}

function fullest<T extends { requests: number }> (items: Iterable<T>): T[] {
  return [...items].sort((a, b) => b.requests - a.requests)
}

function periodOf (summary: Summary): ReportShape['period'] {
  if (summary.total.requests === 0) return { from: null, to: null, seconds: 0 }
  return { from: iso(summary.first), to: iso(summary.last), seconds: (summary.last - summary.first) / 1000 }
}

function iso (time: number): string {
  return new Date(time).toISOString()
}

function countsOf (counts: Counts): CountsShape {
  const { requests, errors, rate_limited } = counts
  return { requests, errors, error_ratio: requests === 0 ? 0 : round(errors / requests, 6), rate_limited }
}

function latencies ({ duration, gateway }: { duration: Sketch, gateway: Sketch }): Latencies {
  return { duration_ms: quantiles(duration), gateway_ms: quantiles(gateway) }
}

function quantiles (sketch: Sketch): Quantiles {
  if (sketch.count === 0) return { p50: null, p95: null, p99: null, max: null }
  const at = (quantile: number): number => round(Math.min(sketch.getValueAtQuantile(nearestRank(quantile, sketch.count)), sketch.max), 2)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: round(sketch.max, 2) }
}

/** The sketch takes the rank below; for a few values that would hide the slowest, so it is asked for the nearest rank. */
function nearestRank (quantile: number, count: number): number {
  return count < 2 ? 0 : Math.min(1, (Math.ceil(quantile * count) - 1 + 1e-6) / (count - 1))
}

function round (value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

function routeShape (figures: RouteFigures): RouteShape {
  const { service, method, route, outcome } = figures
  return { service, method, route, outcome, ...countsOf(figures), ...latencies(figures) }
}

function serviceShape (figures: ServiceFigures): ServiceShape {
  const { service, owner, system, routes } = figures
  return { service, owner, system, routes: routes.size, ...countsOf(figures), ...latencies(figures) }
}

function partnerShape (figures: PartnerFigures, limits: Quotas): PartnerShape {
  const quotas = quotaNames.flatMap((quota): QuotaShape[] => {
    const limit = limits[quota]
    if (limit === undefined) return []
    const peak = figures.quotas.read(quota)
    return [{ quota, limit, requests: peak.requests, share: round(peak.requests / Math.max(limit, 1), 4), window_start: iso(peak.start) }]
  })
  const { partner, consumer, tier } = figures
  const share = quotas.length === 0 ? null : Math.max(...quotas.map((item) => item.share))
  return { partner, consumer, tier, ...countsOf(figures), quotas, quota_share: share }
}

function undocumentedShape (figures: UndocumentedFigures): UndocumentedShape {
  const { service, method, route, outcome, requests } = figures
  const partners = [...figures.partners].sort((a, b) => b[1] - a[1]).map(([partner, count]) => ({ partner, requests: count }))
  return { service, method, route, outcome, requests, partners, statuses: Object.fromEntries(figures.statuses) }
}
