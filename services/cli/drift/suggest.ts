import { STATUS_CODES } from 'node:http'
import { stringify } from 'yaml'
import { groupBy } from './group.ts'
import { isoTime } from './message.ts'
import type { Comparison } from './options.ts'
import { isServed } from './seen.ts'
import type { Seen } from './seen.ts'
import { chooseBase, groupByShape, mergeRoutes, operationName, placeUnder } from './suggest-path.ts'
import type { Parameter } from './suggest-path.ts'

/** One OpenAPI document to start from, for one service. */
export interface Suggestion { service: string, document: Record<string, unknown> }

/** Methods that a path item of OpenAPI 3.1 has a key for. */
const methods = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'])

/**
 * OpenAPI 3.1 documents of the undocumented operations that backends serve, one for each service. What they refuse (404, 405)
 * is left out, and so is what was asked for fewer than `minRequests` times. Given to the catalog, the same traffic is matched.
 */
export function suggestDocuments ({ seen, declared }: Comparison, minRequests: number): Suggestion[] {
  const paths = seen.filter((item) => item.route.startsWith('/') && methods.has(item.method) && declared.judge(item).is === 'path')
  const services = [...groupBy(paths, ({ service }) => service)].sort(([a], [b]) => a < b ? -1 : 1)
  return services.flatMap(([service, own]) => {
    const operations = declared.operations.filter((operation) => operation.service === service)
    const ids = new Set(operations.map(({ operationId }) => operationId))
    const base = chooseBase(operations)
    const paths = describePaths(own, base, { ids, minRequests })
    return paths.length === 0 ? [] : [{ service, document: documentOf(service, paths, base) }]
  })
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
    paths: Object.fromEntries(paths.sort(([a], [b]) => a < b ? -1 : 1)),
  }
}

type DescribedPath = [path: string, item: object]
interface PathItem { path: string, parameters: Parameter[], operations: Map<string, Seen[]> }
interface Choice { ids: Set<string>, minRequests: number }

function describePaths (seen: readonly Seen[], base: string, choice: Choice): DescribedPath[] {
  const items = pathItems(seen)
  const places = placeUnder(base, items.map(({ path }) => path))
  return items.flatMap(({ path, parameters, operations }): DescribedPath[] => {
    const worth = [...operations].filter(([method, requests]) => isWorth(method, requests, operations, choice.minRequests))
    if (worth.length === 0) return []
    const place = places.get(path) ?? path
    const described = worth.map(([method, requests]) => [method.toLowerCase(), describeOperation(method, requests, place, choice.ids)])
    const servers = place === path && base !== '' ? { servers: [{ url: '/' }] } : {}
    const shared = parameters.length === 0 ? {} : { parameters }
    return [[place, { ...servers, ...shared, ...Object.fromEntries(described) as object }]]
  })
}

/** Routes that accept the same paths are one path. */
function pathItems (seen: readonly Seen[]): PathItem[] {
  const byRoute = groupBy(seen, (item) => item.route)
  return groupByShape(byRoute.keys()).map((routes) => {
    const requests = routes.flatMap((route) => byRoute.get(route) ?? [])
    return { ...mergeRoutes(routes), operations: groupBy(requests, ({ method }) => method) }
  })
}

/** HEAD is answered by GET, and OPTIONS is mostly a browser's question before the request. */
function isWorth (method: string, requests: readonly Seen[], operations: PathItem['operations'], minRequests: number): boolean {
  const served = requests.filter(isServed)
  const total = requests.reduce((sum, { requests: count }) => sum + count, 0)
  if (served.length === 0 || total < minRequests) return false
  return method === 'HEAD' ? !operations.has('GET') : method !== 'OPTIONS' || operations.size === 1
}

function describeOperation (method: string, requests: readonly Seen[], path: string, ids: Set<string>): unknown {
  const statuses = [...new Set(requests.filter((item) => !item.by_gateway).map(({ status }) => status))].sort((a, b) => a - b)
  const newest = requests.reduce((a, b) => b.last_seen > a.last_seen ? b : a)
  const operationId = operationName(method, path, ids)
  ids.add(operationId)
  return {
    operationId,
    responses: Object.fromEntries(statuses.map((status) => [status, { description: STATUS_CODES[status] ?? `Status ${status}` }])),
    'x-gatelens': {
      requests: requests.reduce((sum, { requests: count }) => sum + count, 0),
      partners: new Set(requests.flatMap(({ partners }) => [...partners.keys()])).size,
      first_seen: isoTime(Math.min(...requests.map((item) => item.first_seen))),
      last_seen: isoTime(newest.last_seen),
      sample_request_id: newest.newest.request_id,
    },
  }
}
