/** Finds the declared endpoint of each request, or a bounded inferred route where nothing is declared. */
import type { Inference, Match, Normalizer } from '../../../normalizer/index.ts'
import type { Normalize } from '../contract.ts'
import type { AccessEvent, NormalizedEvent, Outcome } from '../event.ts'
import { inferredParams } from './inferred-params.ts'

/** What locating reads of a catalog; the catalog in use may be swapped between two batches. */
export interface Declared {
  normalizer: Pick<Normalizer, 'match' | 'params'>
  /** The gateway's name of a backend to the catalog's name of the service, where they differ. */
  aliases: ReadonlyMap<string, string>
}

/** A request that nothing declares: what its route is inferred from. */
export interface Undeclared {
  /** '' for what no route of the gateway took: it has a budget of its own. */
  service: string
  /** The gateway's name of the route. */
  name: string
  method: string
  path: string
  /** Nothing was found there. */
  doubtful: boolean
  /** What tells callers apart. */
  caller: string
}

/** Infers bounded routes for requests that nothing declares, in their order. Their owner may keep them across restarts. */
export type InferRoutes = (requests: readonly Undeclared[]) => string[]

/**
 * A normalizer over the catalog that `catalog()` gives at the start of each batch. The label is bounded whatever arrives:
 * - `matched`, `method_not_declared`, `ambiguous`: the declared route;
 * - `inferred`: undeclared traffic that the gateway routed somewhere; a route inferred within the service's budget;
 * - `unmatched`: no route of the gateway either (scanners); inferred too, within one budget of their own;
 * - `malformed`: no route.
 *
 * `infer` is asked once for all events that it is given.
 */
export function createNormalize (catalog: () => Declared, infer: InferRoutes): Normalize {
  return (events) => {
    const declared = catalog()
    const open: NormalizedEvent[] = []
    const requests: Undeclared[] = []
    for (const event of events as NormalizedEvent[]) {
      const request = normalize(event, declared)
      if (request === undefined) continue
      open.push(event)
      requests.push(request)
    }
    if (requests.length > 0) addRoutes(open, requests, infer(requests))
    return events as NormalizedEvent[]
  }
}

/**
 * Infers with one inference: the template that the gateway's route name carries, where the path fits it; else what can be inferred.
 * Scanners have a budget of their own; where they come through a route for everything, they may claim little of its service's.
 */
export function inferWith (inference: Inference): InferRoutes {
  return (requests) => requests.map(({ service, name, method, path, doubtful, caller }) => {
    if (service === '' && name === '') return inference.infer('', path)
    const circumstances = { doubtful, caller, route: name }
    return inference.adopt(service, name, { method, path, ...circumstances }) ?? inference.infer(service, path, circumstances)
  })
}

/** What is declared nowhere declares no responses. */
const nothing: readonly string[] = []

/** Fills in what is declared; gives back what remains to be inferred of the route. */
function normalize (event: NormalizedEvent, { normalizer, aliases }: Declared): Undeclared | undefined {
  const request = {
    method: event.method,
    path: event.target,
    host: event.host,
    service: aliases.get(event.gateway_service) ?? event.gateway_service,
    route: event.gateway_route,
    upstream: event.upstream_target,
  }
  const match = normalizer.match(request)
  const { endpoint } = match
  event.outcome = outcomeOf(match, event)
  event.service = endpoint?.service || (aliases.get(event.gateway_service) ?? event.gateway_service)
  event.operation_id = endpoint?.operationId ?? ''
  event.api = endpoint?.api ?? ''
  event.api_version = endpoint?.apiVersion ?? ''
  event.deprecated = endpoint?.deprecated ?? false
  event.declared_statuses = endpoint?.statuses ?? nothing
  if (endpoint !== undefined) {
    event.route = match.route
    event.path_params = normalizer.params(request, match)
    return undefined
  }
  if (event.outcome !== 'malformed') return undeclaredOf(event, match.path)
  event.route = ''
  event.path_params = {}
  return undefined
}

function undeclaredOf (event: NormalizedEvent, path: string): Undeclared {
  const { service, gateway_route: name, method, status } = event
  if (event.outcome !== 'inferred') return { service: '', name: '', method, path, doubtful: false, caller: '' }
  return { service, name, method, path, doubtful: status === 404, caller: callerOf(event) }
}

function addRoutes (events: readonly NormalizedEvent[], requests: readonly Undeclared[], routes: readonly string[]): void {
  for (const [index, event] of events.entries()) {
    const route = routes[index]!
    event.route = route
    event.path_params = inferredParams(route, requests[index]!.path)
  }
}

/** Who asked: known callers by name, others by the network of their address, as one of them may have many addresses. */
function callerOf ({ consumer, credential_id: credential, client_ip: address }: NormalizedEvent): string {
  if (consumer !== '') return consumer
  if (credential !== '') return credential
  const colon = address.indexOf(':')
  if (colon === -1) return address.slice(0, Math.max(0, address.lastIndexOf('.')))
  return address.split(':', 3).join(':')
}

/** A gateway that found a route, or a backend that answered, makes a request real; anything else is noise. */
function outcomeOf (match: Match, event: AccessEvent): Outcome {
  if (match.outcome !== 'unmatched') return match.outcome
  const routed = event.gateway_route !== '' || event.gateway_service !== ''
  return routed || (event.response_source !== 'gateway' && event.status !== 404) ? 'inferred' : 'unmatched'
}
