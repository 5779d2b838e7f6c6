import { stringify } from 'yaml'
import type { DriftKind } from './finding.ts'
import { groupBy } from './group.ts'
import type { Comparison } from './options.ts'
import { isServed } from './seen.ts'
import type { Seen } from './seen.ts'
import { describeOperations, methodsWithKey, parametersOf } from './suggest-operation.ts'
import type { ByMethod, Choice } from './suggest-operation.ts'
import { chooseBase, groupByShape, mergeRoutes, placeUnder } from './suggest-path.ts'
import type { Parameter } from './suggest-path.ts'

/** One document to start from, for one service. */
export interface Suggestion { service: string, document: Record<string, unknown> }

/** What is wanted of a suggestion: by default all, of whatever was asked for once. */
export interface Wanted { minRequests: number, kinds?: readonly DriftKind[] }

/**
 * OpenAPI 3.1 documents of the undocumented paths and the undeclared methods that backends serve, one for each service. What they
 * refuse (404, 405) is left out, and so is what was asked for fewer than `minRequests` times. Given to the catalog, the same
 * traffic is matched.
 */
export function suggestDocuments (comparison: Comparison, wanted: Wanted): Suggestion[] {
  const { declared } = comparison
  const paths = missingPaths(comparison, wanted)
  const methods = missingMethods(comparison, wanted)
  const services = [...new Set([...paths, ...methods].map(({ service }) => service))].sort()
  return services.flatMap((service) => {
    const operations = declared.operations.filter((operation) => operation.service === service)
    const choice = { ids: new Set(operations.map(({ operationId }) => operationId)), minRequests: wanted.minRequests }
    const base = chooseBase(operations)
    const isOwn = (item: Seen): boolean => item.service === service
    const described = describePaths([...pathItems(paths.filter(isOwn)), ...declaredItems(methods.filter(isOwn))], base, choice)
    return described.length === 0 ? [] : [{ service, document: documentOf(service, described, base) }]
  })
}

/** Requests for paths that no document declares. */
export function missingPaths ({ seen, declared }: Comparison, { kinds }: Wanted): Seen[] {
  if (kinds?.includes('undocumented-path') === false) return []
  return seen.filter((item) => item.route.startsWith('/') && methodsWithKey.has(item.method) && declared.judge(item).is === 'path')
}

/** Requests with methods that their declared paths lack, by the route as the documents have it. */
export function missingMethods ({ seen, declared }: Comparison, { kinds }: Wanted): Seen[] {
  if (kinds?.includes('undeclared-method') === false) return []
  return seen.flatMap((item) => {
    const verdict = declared.judge(item)
    return verdict.is === 'method' && methodsWithKey.has(item.method) ? [{ ...item, route: verdict.route }] : []
  })
}

/** Operations that were seen and are not suggested, with the requests for them. */
export interface LeftOut { operations: string[], requests: number }

/** Why an operation that no document declares is not suggested. */
export type LeftOutReason = 'method' | 'refused' | 'rare'

/** What {@link suggestDocuments} leaves out, by the reason: the method has no key, the backend served nothing, or it is too rare. */
export function leftOut ({ seen, declared }: Comparison, { kinds, minRequests }: Wanted): Map<LeftOutReason, LeftOut> {
  const missing = seen.flatMap((item) => {
    const verdict = declared.judge(item)
    const kind = verdict.is === 'path' ? 'undocumented-path' : verdict.is === 'method' ? 'undeclared-method' : undefined
    if (kind === undefined || kinds?.includes(kind) === false) return []
    return [{ ...item, route: verdict.is === 'method' ? verdict.route : item.route }]
  })
  const found = new Map<LeftOutReason, LeftOut>()
  for (const [name, requests] of groupBy(missing, ({ method, route }) => `${method} ${route}`)) {
    const reason = whyLeftOut(requests, minRequests)
    if (reason === undefined) continue
    const known = found.get(reason) ?? { operations: [], requests: 0 }
    found.set(reason, { operations: [...known.operations, name].sort(), requests: known.requests + sumOf(requests) })
  }
  return found
}

function whyLeftOut (requests: readonly Seen[], minRequests: number): LeftOutReason | undefined {
  if (!methodsWithKey.has(requests[0]!.method)) return 'method'
  if (!requests.some(isServed)) return 'refused'
  return sumOf(requests) < minRequests ? 'rare' : undefined
}

function sumOf (requests: readonly Seen[]): number {
  return requests.reduce((sum, { requests: count }) => sum + count, 0)
}

/** The documents as YAML, one after the other. */
export function renderSuggestions (suggestions: readonly Suggestion[]): string {
  return suggestions.map(({ document }) => stringify(document, { lineWidth: 120 })).join('---\n')
}

function documentOf (service: string, paths: DescribedPath[], base: string): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: service === '' ? 'Undocumented' : `${service}, undocumented`,
      version: '0.0.0',
      description: 'What clients call and no API document declares, as "gatelens drift --suggest" saw it. Types are guessed from values.',
    },
    ...service === '' ? {} : { 'x-service': service },
    ...base === '' ? {} : { servers: [{ url: base }] },
    paths: Object.fromEntries(paths),
  }
}

/** A path as a key of `paths`, with its path item. */
export type DescribedPath = [path: string, item: object]
interface PathItem { path: string, parameters: Parameter[], operations: ByMethod }

/** Path items below a base path, in the order of their keys; one that is served elsewhere says so. */
export function describePaths (items: readonly PathItem[], base: string, choice: Choice): DescribedPath[] {
  const places = placeUnder(base, items.map(({ path }) => path))
  return items.flatMap(({ path, parameters, operations }): DescribedPath[] => {
    const place = places.get(path) ?? path
    const described = describeOperations(operations, place, choice)
    if (Object.keys(described).length === 0) return []
    const servers = place === path && base !== '' ? { servers: [{ url: '/' }] } : {}
    const shared = parameters.length === 0 ? {} : { parameters }
    return [[place, { ...servers, ...shared, ...described }]]
  }).sort(([a], [b]) => a < b ? -1 : 1)
}

/** Inferred routes that accept the same paths are one path. */
export function pathItems (seen: readonly Seen[]): PathItem[] {
  const byRoute = groupBy(seen, (item) => item.route)
  return groupByShape(byRoute.keys()).map((routes) => {
    const requests = routes.flatMap((route) => byRoute.get(route) ?? [])
    return { ...mergeRoutes(routes), operations: groupBy(requests, ({ method }) => method) }
  })
}

function declaredItems (seen: readonly Seen[]): PathItem[] {
  return [...groupBy(seen, (item) => item.route)].map(([path, requests]) =>
    ({ path, parameters: parametersOf(path), operations: groupBy(requests, ({ method }) => method) }))
}
