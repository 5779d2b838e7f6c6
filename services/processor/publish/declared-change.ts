/** What became of each declared operation since the store was told last. */
import { inPortions } from './portions.ts'

/** A declared operation. */
export interface DeclaredEndpoint {
  service: string
  api: string
  apiVersion: string
  method: string
  template: string
  route: string
  operationId: string
  deprecated: boolean
  statuses: readonly string[]
}

/** An endpoint as a row of `catalog_endpoints`, without what tells of its change. */
export interface EndpointRow {
  service: string
  api: string
  api_version: string
  method: string
  template: string
  route: string
  operation_id: string
  deprecated: boolean
  statuses: readonly string[]
}

/** A row of `catalog_endpoints`: what became of an endpoint. */
export interface EndpointChange extends EndpointRow { change: 'added' | 'changed' | 'removed', changed: string[] }

/** Rows as two texts each, which take less memory than objects: what an endpoint is known by, and the rest. '' = looked at. */
export type Rows = Map<string, string>

/** Adds a row; of rows with one key the last counts. */
export function noteRow (rows: Rows, row: EndpointRow): void {
  rows.set(keyOf(row), restOf(row))
}

/**
 * What leads from the rows `before` to the endpoints `now`, in portions; of endpoints with one key the first counts. Marks the
 * rows that it has looked at.
 */
export async function * changesOf (before: Rows, now: Iterable<DeclaredEndpoint>): AsyncGenerator<EndpointChange> {
  for await (const endpoint of inPortions(now)) {
    const row = rowOf(endpoint)
    const [key, rest] = [keyOf(row), restOf(row)]
    const known = before.get(key)
    before.set(key, seen)
    if (known === undefined) yield { ...row, change: 'added', changed: [] }
    if (known === undefined || known === seen || known === rest) continue
    const changed = differences(known, rest)
    if (changed.length > 0) yield { ...row, change: 'changed', changed }
  }
  for await (const [key, rest] of inPortions(before)) if (rest !== seen) yield { ...readRow(key, rest), change: 'removed', changed: [] }
}

const seen = ''

const keys = ['service', 'api', 'method', 'template', 'route'] as const
const compared = ['api_version', 'operation_id', 'deprecated', 'statuses'] as const

function keyOf (row: EndpointRow): string {
  return JSON.stringify(keys.map((name) => row[name]))
}

function restOf (row: EndpointRow): string {
  return JSON.stringify(compared.map((name) => row[name]))
}

function readRow (key: string, rest: string): EndpointRow {
  const names: readonly string[] = [...keys, ...compared]
  const values = [...JSON.parse(key) as unknown[], ...JSON.parse(rest) as unknown[]]
  return Object.fromEntries(names.map((name, index) => [name, values[index]])) as unknown as EndpointRow
}

/** By their text: the store may write a value in another type. */
function differences (known: string, rest: string): string[] {
  const [old, now] = [JSON.parse(known) as unknown[], JSON.parse(rest) as unknown[]]
  return compared.filter((_, index) => String(old[index]) !== String(now[index]))
}

function rowOf (endpoint: DeclaredEndpoint): EndpointRow {
  const { service, api, apiVersion, method, template, route, operationId, deprecated, statuses } = endpoint
  return { service, api, api_version: apiVersion, method, template, route, operation_id: operationId, deprecated, statuses }
}
