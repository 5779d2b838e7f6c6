/** Adds what the catalog knows of service and partner, and makes every published text safe (design: privacy by default). */
import type { Cache } from '../caches.ts'
import type { Enricher } from '../contract.ts'
import type { EnrichedEvent, NormalizedEvent } from '../event.ts'
import type { Bounds } from './bounds.ts'
import { createReadable } from './readable.ts'
import type { Declarations, Readable } from './readable.ts'
import { redactParams, redactPath } from './path.ts'
import type { Privacy } from './privacy.ts'

/** What enrichment reads of a catalog; the catalog in use may be swapped between two batches. */
export interface Lookup extends Declarations {
  services: ReadonlyMap<string, { owner: string, system: string, domain: string, lifecycle: string }>
  findPartner (event: NormalizedEvent): { name: string, tier: string }
  /** Methods that keep their names; a client can make up any other. */
  methods: ReadonlySet<string>
  findConsumer (credential: string): string
  /** Stands for the whole catalog; its first 12 digits go out with every event. */
  digest: string
}

interface Context { lookup: Lookup, privacy: Privacy, readable: Readable, bounds: Bounds }

const unknownService = { owner: '', system: '', domain: '', lifecycle: '' }

/**
 * An enricher over the catalog that `catalog()` gives at the start of each batch. It overwrites the published texts with
 * their safe forms (bounded where they become labels); the raw fields stay as they were and are never published.
 */
export function createEnricher (
  { catalog, privacy, bounds }: { catalog: () => Lookup, privacy: Privacy, bounds: Bounds }
): Enricher & { caches: readonly Cache[] } {
  let readable: Readable | undefined
  let readableOf = ''
  const enricher: Enricher = (events) => {
    const lookup = catalog()
    if (readable === undefined || readableOf !== lookup.digest) readable = createReadable(lookup, privacy)
    readableOf = lookup.digest
    const digest = lookup.digest.slice(0, 12)
    for (const event of events) {
      (event as EnrichedEvent).catalog = digest
      enrich(event as EnrichedEvent, { lookup, privacy, readable, bounds })
    }
    bounds.settle()
    return events as EnrichedEvent[]
  }
  return Object.assign(enricher, { caches: cachesOf(() => readable) })
}

/** The caches of whatever is in use. */
function cachesOf (readable: () => Readable | undefined): Cache[] {
  return ['host', 'upstream', 'limit'].map((name, index): Cache => ({
    name,
    entries: () => readable()?.caches[index]?.entries() ?? 0,
    evictions: () => readable()?.caches[index]?.evictions() ?? 0,
  }))
}

function enrich (event: EnrichedEvent, context: Context): void {
  const { lookup, privacy } = context
  addCatalog(event, lookup)
  event.credential = privacy.hash(event.credential_id)
  event.client_address = privacy.maskAddress(event.client_ip)
  event.params = redactParams(event.path_params, privacy)
  // What the catalog declares is the operator's text; an inferred route has words of the client's.
  if (event.outcome === 'inferred' || event.outcome === 'unmatched') event.route = privacy.cleanRoute(event.route)
  event.path = redactPath(event.route, event.params)
  makeSafe(event, context)
}

function addCatalog (event: EnrichedEvent, lookup: Lookup): void {
  const { owner, system, domain, lifecycle } = lookup.services.get(event.service) ?? unknownService
  const partner = lookup.findPartner(event)
  // A record may name the credential only.
  if (event.consumer === '' && event.credential_id !== '') event.consumer = lookup.findConsumer(event.credential_id) || event.consumer_id
  event.owner = owner
  event.system = system
  event.domain = domain
  event.lifecycle = lifecycle
  event.partner = partner.name
  event.partner_tier = partner.tier
}

/** A request that found a route is the gateway owner's traffic; anything else may be made up by a scanner. */
function makeSafe (event: EnrichedEvent, { lookup: { methods }, privacy, readable, bounds }: Context): void {
  const trusted = event.gateway_route !== '' || event.operation_id !== '' || event.outcome === 'matched'
  // OpenTelemetry's name for what is neither known nor declared: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
  if (!methods.has(event.method)) event.method = '_OTHER'
  const requestId = privacy.cleanId(event.request_id)
  // An event id that was made of values which are not published: whoever has few of them to try could find the right one.
  const isOwn = (requestId !== '' && requestId === event.request_id) || event.event_id === event.request_id.toLowerCase()
  if (!isOwn) event.event_id = privacy.hashEventId(event.event_id)
  event.request_id = requestId
  event.node = privacy.clean(event.node)
  event.host = readable.host(event.host)
  event.user_agent = privacy.cutAgent(event.user_agent_original)
  event.service = readable.entity(event.service)
  event.gateway_route = readable.entity(event.gateway_route)
  event.upstream_address = readable.address(event.upstream_address)
  event.consumer = readable.consumer(event.consumer, event.consumer_id)
  event.limit_name = readable.limit(event.limit_name)
  bounds.admit(event, trusted)
  for (const name in event.labels) event.labels[name] = privacy.clean(event.labels[name] ?? '')
}
