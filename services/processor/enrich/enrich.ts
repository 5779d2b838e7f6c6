/** Adds what the catalog knows of service and partner, and makes every published text safe (design: privacy by default). */
import type { Enricher } from '../contract.ts'
import type { EnrichedEvent, LocatedEvent } from '../event.ts'
import { createBudget } from './budget.ts'
import type { Budget } from './budget.ts'
import { redactParams, redactPath } from './path.ts'
import type { Privacy } from './privacy.ts'

/** What enrichment reads of a catalog; the catalog in use may be swapped between two batches. */
export interface Lookup {
  services: ReadonlyMap<string, { owner: string, system: string, domain: string, lifecycle: string }>
  findPartner (event: LocatedEvent): { name: string, tier: string }
  /** Methods that keep their names; a client can make up any other. */
  methods: ReadonlySet<string>
  findConsumer (credential: string): string
  /** Stands for the whole catalog; its first 12 digits go out with every event. */
  digest: string
}

interface Budgets { host: Budget, agent: Budget, service: Budget, route: Budget, address: Budget, consumer: Budget, limit: Budget }

const unknownService = { owner: '', system: '', domain: '', lifecycle: '' }

/**
 * An enricher over the catalog that `catalog()` gives at the start of each batch. It overwrites the published texts with
 * their safe forms (bounded where they become labels); the raw fields stay as they were and are never published.
 */
export function createEnricher ({ catalog, privacy }: { catalog: () => Lookup, privacy: Privacy }): Enricher {
  const budgets: Budgets = {
    host: createBudget(1000),
    agent: createBudget(1000),
    service: createBudget(5000),
    route: createBudget(20_000),
    address: createBudget(20_000),
    consumer: createBudget(100_000),
    limit: createBudget(200),
  }
  return (events) => {
    const lookup = catalog()
    const digest = lookup.digest.slice(0, 12)
    for (const event of events) {
      (event as EnrichedEvent).catalog = digest
      enrich(event as EnrichedEvent, lookup, privacy, budgets)
    }
    return events as EnrichedEvent[]
  }
}

function enrich (event: EnrichedEvent, lookup: Lookup, privacy: Privacy, budgets: Budgets): void {
  addCatalog(event, lookup)
  event.credential = privacy.hash(event.credential_id)
  event.client_address = privacy.maskAddress(event.client_ip)
  event.params = redactParams(event.path_params, privacy)
  // What the catalog declares is the operator's text; an inferred route has words of the client's.
  if (event.outcome === 'inferred' || event.outcome === 'unmatched') event.route = privacy.cleanRoute(event.route)
  event.path = redactPath(event.route, event.params)
  makeSafe(event, lookup.methods, privacy, budgets)
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
function makeSafe (event: EnrichedEvent, methods: Lookup['methods'], privacy: Privacy, budgets: Budgets): void {
  const trusted = event.gateway_route !== '' || event.operation_id !== '' || event.outcome === 'matched'
  // OpenTelemetry's name for what is neither known nor declared: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
  if (!methods.has(event.method)) event.method = '_OTHER'
  event.request_id = privacy.cleanId(event.request_id)
  event.node = privacy.cleanName(event.node)
  event.host = budgets.host(privacy.clean(event.host), trusted)
  event.user_agent = budgets.agent(privacy.cutAgent(event.user_agent_original), trusted)
  event.service = budgets.service(privacy.cleanName(event.service), trusted)
  event.gateway_route = budgets.route(privacy.cleanName(event.gateway_route), trusted)
  event.upstream_address = budgets.address(privacy.cleanName(event.upstream_address), trusted)
  event.consumer = budgets.consumer(privacy.cleanName(event.consumer), true)
  event.limit_name = budgets.limit(privacy.cleanName(event.limit_name), true)
  for (const name in event.labels) event.labels[name] = privacy.clean(event.labels[name] ?? '')
}
