/** Operations as a suggestion describes them: what was seen of them, no more. */
import { STATUS_CODES } from 'node:http'
import { isoTime } from './message.ts'
import { isServed } from './seen.ts'
import type { Seen } from './seen.ts'
import { operationName } from './suggest-path.ts'
import type { Parameter } from './suggest-path.ts'

/** Requests for one path by their method. */
export type ByMethod = ReadonlyMap<string, readonly Seen[]>

/** The names that are taken, and what is too rare to be suggested. */
export interface Choice { ids: Set<string>, minRequests: number }

/** Methods that a path item of OpenAPI 3.1 has a key for. */
export const methodsWithKey: ReadonlySet<string> = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'])

/** The operations of a path that are worth a suggestion, as a path item has them; their names are taken from then on. */
export function describeOperations (operations: ByMethod, path: string, choice: Choice): Record<string, object> {
  const worth = [...operations].filter(([method, requests]) => isWorth(method, requests, operations, choice.minRequests))
  const describe = (method: string, requests: readonly Seen[]): object => describeOperation(method, requests, path, choice.ids)
  return Object.fromEntries(worth.map(([method, requests]) => [method.toLowerCase(), describe(method, requests)]))
}

/** HEAD is answered by GET, and OPTIONS is mostly a browser's question before the request. */
function isWorth (method: string, requests: readonly Seen[], operations: ByMethod, minRequests: number): boolean {
  const served = requests.filter(isServed)
  const total = requests.reduce((sum, { requests: count }) => sum + count, 0)
  if (served.length === 0 || total < minRequests) return false
  return method === 'HEAD' ? !operations.has('GET') : method !== 'OPTIONS' || operations.size === 1
}

function describeOperation (method: string, requests: readonly Seen[], path: string, ids: Set<string>): object {
  const statuses = [...new Set(requests.filter((item) => !item.by_gateway).map(({ status }) => status))].sort((a, b) => a - b)
  const newest = requests.reduce((a, b) => b.last_seen > a.last_seen ? b : a)
  const operationId = operationName(method, path, ids)
  ids.add(operationId)
  return {
    operationId,
    responses: Object.fromEntries(statuses.map((status) => [status, describeStatus(status)])),
    'x-gatelens': {
      requests: requests.reduce((sum, { requests: count }) => sum + count, 0),
      partners: new Set(requests.flatMap(({ partners }) => [...partners.keys()])).size,
      first_seen: isoTime(Math.min(...requests.map((item) => item.first_seen))),
      last_seen: isoTime(newest.last_seen),
      sample_request_id: newest.newest.request_id,
    },
  }
}

/** A response of which nothing but the status is known. */
export function describeStatus (status: number): { description: string } {
  return { description: STATUS_CODES[status] ?? `Status ${status}` }
}

/** The parameters of a path as a document declares it. */
export function parametersOf (path: string): Parameter[] {
  const names = new Set(Array.from(path.matchAll(/\{([^{}]+)\}/g), ([, name = '']) => name.replace(/[+*]$/, '')))
  return [...names].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
}
