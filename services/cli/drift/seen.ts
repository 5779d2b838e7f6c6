import type { EnrichedEvent, Outcome } from '../../processor/event.ts'
import { unmapped } from '../../processor/catalog/partners/partners.ts'
import { isByGateway } from '../../processor/statuses.ts'

/** Requests that are alike in all that a verdict on drift needs; times are epoch ms. As the table `drift_1d` has them, without days. */
export interface Seen {
  service: string
  outcome: Outcome
  route: string
  method: string
  status: number
  /** The answer was not the backend's: the gateway refused, limited, gave up or changed the status. */
  by_gateway: boolean
  api: string
  operation_id: string
  requests: number
  first_seen: number
  last_seen: number
  /** The newest of them, as an example. */
  newest: Sample
  /** Requests by partner, or by consumer where no partner claims it. */
  partners: ReadonlyMap<string, number>
}

/** One request to look at; `path` has hashes for values. */
export interface Sample { request_id: string, host: string, path: string, owner: string }

interface Group extends Seen { partners: Map<string, number> }

/** Most partners that one group tells apart; the requests of all further ones count as `__other__`. */
const mostPartners = 10_000

/** Groups events as the store does, in memory that does not grow with the length of the log. */
export class SeenTally {
  readonly #groups = new Map<string, Group>()
  first = Infinity
  last = -Infinity

  /** Counts one enriched event. */
  add (event: EnrichedEvent): void {
    const time = Math.trunc(event.time)
    this.first = Math.min(this.first, time)
    this.last = Math.max(this.last, time)
    // What the gateway could not place either is noise of scanners, not drift.
    if (event.outcome === 'unmatched' || event.outcome === 'malformed') return
    const key = keyOf(event)
    const group = this.#groups.get(key) ?? this.#open(key, event, time)
    group.requests++
    if (time < group.first_seen) group.first_seen = time
    if (time >= group.last_seen) renew(group, event, time)
    const partner = event.partner === unmapped.name ? event.consumer : event.partner
    const name = group.partners.has(partner) || group.partners.size < mostPartners ? partner : '__other__'
    group.partners.set(name, (group.partners.get(name) ?? 0) + 1)
  }

  read (): Seen[] {
    return [...this.#groups.values()]
  }

  #open (key: string, event: EnrichedEvent, time: number): Group {
    const { service, outcome, route, method, status, api, operation_id } = event
    const group = {
      ...{ service, outcome, route, method, status, by_gateway: isByGateway(event), api, operation_id },
      requests: 0,
      first_seen: time,
      last_seen: time,
      newest: { request_id: '', host: '', path: '', owner: '' },
      partners: new Map<string, number>(),
    }
    this.#groups.set(key, group)
    return group
  }
}

/** True when a request brought something about: the backend answered it with 1xx to 3xx. */
export function isServed ({ status, by_gateway }: Seen): boolean {
  return !by_gateway && status >= 100 && status < 400
}

function keyOf (event: EnrichedEvent): string {
  return `${event.service}\n${event.route}\n${event.method}\n${event.status}\n${event.outcome}\n${isByGateway(event)}\n${event.api}\n${event.operation_id}`
}

/** Among requests of one millisecond the highest id counts, as in the store. */
function renew (group: Group, event: EnrichedEvent, time: number): void {
  if (time === group.last_seen && event.request_id < group.newest.request_id) return
  group.last_seen = time
  group.newest = { request_id: event.request_id, host: event.host, path: event.path, owner: event.owner }
}
