import { compile, readOpenApi } from '../../../normalizer/index.ts'
import type { Normalizer } from '../../../normalizer/index.ts'
import type { PlaceFinder } from '../../processor/catalog/openapi/apis.ts'
import type { LoadedCatalog } from '../../processor/catalog/load.ts'
import { answersByEnd, answersById, answersByRoute } from './answers.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import { groupBy } from './group.ts'
import { methodsWithKey } from './suggest-operation.ts'
import type { Seen } from './seen.ts'

/** What requests are for the declared operations: one of them, an undeclared method on a route, an undeclared path, or no finding. */
export type Verdict = { is: 'operation', operation: DeclaredOperation } | { is: 'method', route: string } | { is: 'path' } | { is: 'fine' }

/**
 * Where the declared operations come from: `located` = they are the ones that the requests were resolved with, `stored` = a
 * later version of those, `given` = others, against which the past is held.
 */
export type Origin = 'located' | 'stored' | 'given'

/** What traffic is compared with. */
export interface Declared {
  origin: Origin
  operations: readonly DeclaredOperation[]
  judge (seen: Seen): Verdict
  /** Who owns a service that no request was seen of; '' when the catalog is not there to tell. */
  ownerOf (service: string): string
  /** Where operations stand; undefined when the documents are not there to tell. */
  placeOf: PlaceFinder | undefined
}

/** The catalog that declared operations are of, where it is there. */
export type DeclaringCatalog = Pick<LoadedCatalog, 'normalizer' | 'services' | 'placeOf'>

/**
 * Declared operations that requests are resolved to by route, by operationId, by matching a sample path anew where the documents
 * are others, else by the end of the route. The views of the store resolve in the same order; they have no matching.
 */
export function createDeclared (operations: readonly DeclaredOperation[], origin: Origin, catalog?: DeclaringCatalog): Declared {
  const normalizer = catalog?.normalizer ?? compileRoutes(operations)
  const [byRoute, byId, byEnd] = [answersByRoute(operations), answersById(operations), answersByEnd(operations)]
  const anew = (seen: Seen): Verdict => {
    const verdict = rematch(normalizer, seen)
    return verdict.is === 'operation' ? { is: 'operation', operation: byRoute({ ...seen, ...verdict.operation }) ?? verdict.operation } : verdict
  }
  const judge = (seen: Seen): Verdict => {
    if (seen.outcome === 'inferred') return origin === 'located' ? { is: 'path' } : anew(seen)
    const listed = byRoute(seen) ?? byId(seen)
    if (listed === undefined && origin === 'given') return anew(seen)
    const operation = listed ?? byEnd(seen)
    if (operation !== undefined) return { is: 'operation', operation }
    return seen.outcome === 'method_not_declared' ? { is: 'method', route: seen.route } : { is: 'fine' }
  }
  return { origin, operations, judge, ownerOf: (service) => catalog?.services.get(service)?.owner ?? '', placeOf: catalog?.placeOf }
}

/** What the sample of these requests resolves to now. */
function rematch (normalizer: Normalizer, { service, method, route, newest: { host, path } }: Seen): Verdict {
  // A path that stands for many of different lengths is no sample.
  if (!path.startsWith('/') || route.includes('{*}')) return { is: 'path' }
  const { outcome, endpoint, route: found, tag } = normalizer.match({ method, path, host, service })
  if (endpoint === undefined) return { is: 'path' }
  if (outcome === 'method_not_declared') return { is: 'method', route: found }
  return tag === 'options' ? { is: 'fine' } : { is: 'operation', operation: endpoint }
}

/** A normalizer over routes alone: what the store holds of the documents. */
function compileRoutes (operations: readonly DeclaredOperation[]): Normalizer {
  return compile([...groupBy(operations, (operation) => operation.service)].map(([service, own]) => {
    const routes = [...groupBy(own, ({ route }) => route)]
    const paths = Object.fromEntries(routes.map(([route, list]) => [route, pathItemOf(list)]))
    return readOpenApi({ openapi: '3.2.0', info: { title: service, version: '' }, paths }, { service, source: 'catalog_endpoints' })
  }))
}

function pathItemOf (operations: readonly DeclaredOperation[]): object {
  const keyed = operations.filter(({ method }) => method === '*' || methodsWithKey.has(method))
  const others = operations.filter((operation) => !keyed.includes(operation))
  return {
    ...Object.fromEntries(keyed.map((operation) => [operation.method === '*' ? 'x-amazon-apigateway-any-method' : operation.method.toLowerCase(), describe(operation)])),
    additionalOperations: Object.fromEntries(others.map((operation) => [operation.method, describe(operation)])),
  }
}

function describe ({ operationId, deprecated, statuses }: DeclaredOperation): object {
  return { operationId, deprecated, responses: Object.fromEntries(statuses.map((status) => [status, {}])) }
}
