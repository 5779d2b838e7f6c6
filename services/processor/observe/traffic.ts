import type { EnrichedEvent, Outcome } from '../event.ts'
import { isUndeclared } from '../statuses.ts'
import { readRow, rowSize } from './columns.ts'
import type { Columns, Observed, Subject } from './columns.ts'
import { Concurrency } from './concurrency.ts'
import { recordMs } from './families.ts'
import type { Admitted, Families, HistogramPoint, ValuePoint } from './families.ts'
import { other } from './labels.ts'
import type { Labels } from './labels.ts'
import { mapIn } from './map-in.ts'
import type { MetricName } from './metrics.ts'
import { QuotaUse } from './quota.ts'
import type { QuotaName } from './quota.ts'

/** What is known of one service: its series, resolved once, so that an event costs a few map look-ups. */
interface ServiceState {
  name: string
  /** By route, then by method and status. */
  requests: Map<string, Map<number, HistogramPoint>>
  /** Of requests whose log gives no total time, in the same order. */
  unmeasured: Map<string, Map<number, ValuePoint>>
  /** These four from the first request on that counts there: where no log gives sizes, there is no sum of them. */
  received: ValuePoint | undefined
  sent: ValuePoint | undefined
  unsizedRequests: ValuePoint | undefined
  unsizedResponses: ValuePoint | undefined
  upstream: HistogramPoint
  overhead: HistogramPoint
  /** By partner, then by the first digit of the status. */
  partners: Map<string, Array<ValuePoint | undefined>>
  /** Of requests that no document declares, by outcome. */
  undocumented: Map<Outcome, ValuePoint>
  /** From the first such request on. */
  undeclared: ValuePoint | undefined
  deprecated: ValuePoint | undefined
  concurrency: Concurrency
}

interface PartnerState { name: string, quotas: QuotaUse }

/** Where requests of one subject count: all of it resolved. */
interface Place {
  service: ServiceState
  partner: PartnerState
  requests: HistogramPoint | undefined
  unmeasured: ValuePoint | undefined
  counters: ValuePoint[]
}

/** Events bring known and declared methods only. Documents may come and go while the process runs: past this many, `_OTHER`. */
const mostMethods = 256

/** How far ahead of the wall clock an event may stand and still move the live windows: a wrong clock must not end them all. */
const futureMs = 300_000

/** Times before this (epoch ms: 1971) are no times: a record without a clock must not disturb the live windows. */
const earliest = 31_536_000_000

/** Turns requests into series. One instance a process; not shared between threads. */
export class Traffic {
  readonly #families: Families
  readonly #labels: Labels
  readonly #services = new Map<string, ServiceState>()
  readonly #partners = new Map<string, PartnerState>()
  readonly #matches = new Map<Outcome, ValuePoint>()
  /** Numbers of methods, in the order in which they were seen; 0 is `_OTHER`. */
  readonly #methods = new Map([['_OTHER', 0]])
  /** Newest event time (end of a request) of all. */
  #newest = 0

  constructor (families: Families, labels: Labels) {
    this.#families = families
    this.#labels = labels
  }

  /** Counts every event of a batch once. `clock` is the wall clock in epoch ms. */
  observe (events: readonly EnrichedEvent[], clock: number): void {
    const latest = clock + futureMs
    for (const event of events) this.#count(event, isUndeclared(event), latest)
  }

  /** The same for requests that another thread has seen. The series of a subject are looked for once. */
  observeColumns ({ subjects, rows, values }: Columns, clock: number): void {
    const latest = clock + futureMs
    const places: Array<Place | undefined> = []
    for (let row = 0, at = 0; row < rows; row++, at += rowSize) {
      const number = values[at]!
      const subject = subjects[number]!
      readRow(subject, values, at)
      const place = places[number] ??= this.#find(subject)
      const point = subject.duration_ms === null ? place?.unmeasured : place?.requests
      if (place === undefined || point === undefined) this.#count(subject, subject.undeclared, latest)
      else this.#countAt(place, subject, latest)
    }
  }

  /** Adds requests that the store knows of to a partner's current window. */
  restore (partner: string, quota: QuotaName, start: number, requests: number): void {
    this.#partner(partner).quotas.restore(quota, start, requests)
    if (start > this.#newest) this.#newest = start
  }

  /** Visits the live windows of every partner that was seen; `use(quota)` are its requests in the current window. */
  * partners (): Generator<{ partner: string, use: (quota: QuotaName) => number }> {
    for (const { name, quotas } of this.#partners.values()) {
      yield { partner: name, use: (quota) => quotas.read(quota, this.#newest) }
    }
  }

  /** Visits the concurrency of every service that was seen. */
  * services (): Generator<{ service: string, current: number, peak: number }> {
    for (const { name, concurrency } of this.#services.values()) yield { service: name, ...concurrency.read(this.#newest) }
  }

  #count (event: Observed, undeclared: boolean, latest: number): void {
    const service = this.#services.get(event.service) ?? this.#service(event.service)
    const partner = this.#partners.get(event.partner) ?? this.#partner(event.partner)
    this.#countRequest(event, service)
    this.#countPartner(event, service, partner)
    this.#countOutcome(event, service)
    this.#countDrift(event, undeclared, service)
    this.#move(event, service, partner, latest)
  }

  /** Undefined while something has no series of its own, as past a budget, where each request counts as one more overflow. */
  #find (subject: Subject): Place | undefined {
    const service = this.#services.get(subject.service)
    const partner = this.#partners.get(subject.partner)
    const method = this.#methods.get(subject.method)
    if (service === undefined || partner === undefined || method === undefined || subject.rate_limited) return undefined
    const code = method * 65_536 + subject.status
    const isDocumented = subject.outcome === 'matched' || subject.outcome === 'ambiguous'
    const counters = [
      service.partners.get(subject.partner)?.[digitOf(subject)],
      this.#matches.get(subject.outcome),
      ...isDocumented ? [] : [service.undocumented.get(subject.outcome)],
      ...subject.deprecated ? [service.deprecated] : [],
      ...subject.undeclared ? [service.undeclared] : [],
    ]
    if (!isWhole(counters)) return undefined
    const [requests, unmeasured] = [service.requests.get(subject.route)?.get(code), service.unmeasured.get(subject.route)?.get(code)]
    return { service, partner, requests, unmeasured, counters }
  }

  #countAt ({ service, partner, requests, unmeasured, counters }: Place, observed: Observed, latest: number): void {
    if (observed.duration_ms === null) unmeasured!.value++
    else recordMs(requests!, observed.duration_ms)
    for (const counter of counters) counter.value++
    this.#countFigures(observed, service)
    this.#move(observed, service, partner, latest)
  }

  #move (event: Observed, service: ServiceState, partner: PartnerState, latest: number): void {
    const end = event.time + (event.duration_ms ?? 0)
    if (!(end <= latest && event.time >= earliest)) return
    if (end > this.#newest) this.#newest = end
    partner.quotas.add(event.time)
    if (event.duration_ms !== null) service.concurrency.add(event.time, event.duration_ms)
  }

  #countRequest (event: Observed, service: ServiceState): void {
    const code = (this.#methods.get(event.method) ?? this.#methodNumber(event.method)) * 65_536 + event.status
    // A histogram counts what it measured; a request whose log gives no total time is counted beside it.
    if (event.duration_ms === null) (service.unmeasured.get(event.route)?.get(code) ?? this.#unmeasured(service, event, code)).value++
    else recordMs(service.requests.get(event.route)?.get(code) ?? this.#request(service, event, code), event.duration_ms)
    this.#countFigures(event, service)
  }

  #countFigures (event: Observed, service: ServiceState): void {
    this.#countSizes(event, service)
    if (event.upstream_ms !== null) recordMs(service.upstream, event.upstream_ms)
    if (event.gateway_ms !== null) recordMs(service.overhead, event.gateway_ms)
  }

  #countSizes ({ request_bytes: received, response_bytes: sent }: Observed, service: ServiceState): void {
    if (received !== null) (service.received ??= this.#families.value('gatelens_request_bytes_total', [service.name]).point).value += received
    else (service.unsizedRequests ??= this.#families.value('gatelens_unmeasured_sizes_total', [service.name, 'request']).point).value++
    if (sent !== null) (service.sent ??= this.#families.value('gatelens_response_bytes_total', [service.name]).point).value += sent
    else (service.unsizedResponses ??= this.#families.value('gatelens_unmeasured_sizes_total', [service.name, 'response']).point).value++
  }

  #countPartner (event: Observed, service: ServiceState, partner: PartnerState): void {
    const digit = digitOf(event)
    const requests = service.partners.get(partner.name)?.[digit] ?? this.#partnerRequests(service, partner, digit)
    requests.value++
    if (event.rate_limited) this.#families.value('gatelens_rate_limited_total', [service.name, partner.name, event.limit_name]).point.value++
  }

  #countOutcome ({ outcome }: Observed, service: ServiceState): void {
    const matches = this.#matches.get(outcome) ?? this.#remember(this.#matches, outcome, 'gatelens_matches_total', [outcome])
    matches.value++
    if (outcome === 'matched' || outcome === 'ambiguous') return
    const undocumented = service.undocumented.get(outcome) ??
      this.#remember(service.undocumented, outcome, 'gatelens_undocumented_requests_total', [service.name, outcome])
    undocumented.value++
  }

  #countDrift (event: Observed, undeclared: boolean, service: ServiceState): void {
    if (event.deprecated) {
      service.deprecated ??= this.#families.value('gatelens_deprecated_requests_total', [service.name]).point
      service.deprecated.value++
    }
    if (!undeclared) return
    service.undeclared ??= this.#families.value('gatelens_undeclared_statuses_total', [service.name]).point
    service.undeclared.value++
  }

  #remember<K> (known: Map<K, ValuePoint>, key: K, name: MetricName, values: readonly string[]): ValuePoint {
    const { point } = this.#families.value(name, values)
    known.set(key, point)
    return point
  }

  #service (raw: string): ServiceState {
    const name = this.#labels.admit('service', raw)
    const known = this.#services.get(name)
    if (known !== undefined) return known
    const state = {
      name,
      requests: new Map(),
      unmeasured: new Map(),
      received: undefined,
      sent: undefined,
      unsizedRequests: undefined,
      unsizedResponses: undefined,
      upstream: this.#families.histogram('gatelens_upstream_duration_seconds', [name]).point,
      overhead: this.#families.histogram('gatelens_gateway_overhead_seconds', [name]).point,
      partners: new Map(),
      undocumented: new Map(),
      undeclared: undefined,
      deprecated: undefined,
      concurrency: new Concurrency(),
    }
    this.#services.set(name, state)
    return state
  }

  #methodNumber (name: string): number {
    if (this.#methods.size >= mostMethods) return 0
    this.#methods.set(name, this.#methods.size)
    return this.#methods.size - 1
  }

  #request (service: ServiceState, event: Observed, code: number): HistogramPoint {
    const route = this.#labels.admit('route', event.route)
    return service.requests.get(route)?.get(code) ?? remember(service.requests, route, code,
      this.#families.histogram('http_server_request_duration_seconds', labelsOf(service, event, route, code)))
  }

  #unmeasured (service: ServiceState, event: Observed, code: number): ValuePoint {
    const route = this.#labels.admit('route', event.route)
    return service.unmeasured.get(route)?.get(code) ?? remember(service.unmeasured, route, code,
      this.#families.value('gatelens_unmeasured_requests_total', labelsOf(service, event, route, code)))
  }

  #partner (raw: string): PartnerState {
    const name = this.#labels.admit('partner', raw)
    const known = this.#partners.get(name)
    if (known !== undefined) return known
    const state = { name, quotas: new QuotaUse() }
    this.#partners.set(name, state)
    return state
  }

  #partnerRequests (service: ServiceState, partner: PartnerState, digit: number): ValuePoint {
    const { point, kept } = this.#families.value('gatelens_partner_requests_total', [partner.name, service.name, digit === 0 ? 'none' : `${digit}xx`])
    if (!kept) return point
    const classes = service.partners.get(partner.name) ?? []
    classes[digit] = point
    service.partners.set(partner.name, classes)
    return point
  }
}

function isWhole (points: Array<ValuePoint | undefined>): points is ValuePoint[] {
  return !points.includes(undefined)
}

/** The first digit of a status, 0 for what is none. */
function digitOf ({ status }: Observed): number {
  return status >= 100 && status < 600 ? Math.floor(status / 100) : 0
}

function labelsOf (service: ServiceState, event: Observed, route: string, code: number): string[] {
  return [code < 65_536 ? '_OTHER' : event.method, route, String(event.status), service.name]
}

/** Not for a status past its budget: each of its requests is one overflow. */
function remember<P extends HistogramPoint | ValuePoint> (
  known: Map<string, Map<number, P>>, route: string, code: number, { point, kept }: Admitted<P>
): P {
  if (kept && point.attributes.http_response_status_code !== other) mapIn(known, route).set(code, point)
  return point
}
