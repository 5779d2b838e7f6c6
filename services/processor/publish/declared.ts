import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ClickHouseClient } from '@clickhouse/client'

/** What is declared, as far as the tables `catalog_endpoints` and `partners` hold it. */
export interface Declared {
  /** Stands for the whole catalog. */
  digest: string
  endpoints: readonly DeclaredEndpoint[]
  partners: readonly DeclaredPartner[]
}

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

interface DeclaredPartner {
  name: string
  tier: string
  owner: string
  contact: string
  quotas: Record<string, number | undefined>
  consumers: readonly string[]
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

/**
 * Writes the catalog in use to the store, so that queries can join what is declared with what was asked for: a row for
 * each endpoint that is new, other than before or gone, compared with what the store has. The same catalog again writes
 * no endpoints. A catalog without partners leaves those that the store has.
 */
export async function publishDeclared (client: ClickHouseClient, database: string, declared: Declared): Promise<void> {
  const { digest, endpoints, partners } = declared
  const table = `\`${database}\`.catalog_endpoints`
  const changes = changesOf(await readRows(client, database), endpoints.map(rowOf))
  const version = await readVersion(client, database) + 1
  const since = new Date().toISOString().replace('T', ' ').replace('Z', '')
  await insert(client, table, changes.map((change) => ({ ...change, digest, since, version })))
  const rows = partners.map(({ name, tier, owner, contact, quotas, consumers }) =>
    ({ name, tier, owner, contact, quotas, consumers }))
  const partnersDigest = createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 32)
  await insert(client, `\`${database}\`.partners`, rows.map((row) => ({ ...row, digest: partnersDigest })))
}

/** What leads from the rows `before` to the rows `now`; of rows with one key the first counts. */
export function changesOf (before: readonly EndpointRow[], now: readonly EndpointRow[]): EndpointChange[] {
  const old = new Map(before.map((row) => [keyOf(row), row]))
  const seen = new Set<string>()
  const changes: EndpointChange[] = []
  for (const row of now) {
    const key = keyOf(row)
    if (seen.has(key)) continue
    seen.add(key)
    const known = old.get(key)
    const changed = known === undefined ? [] : compared.filter((name) => String(known[name]) !== String(row[name]))
    if (known === undefined) changes.push({ ...row, change: 'added', changed })
    else if (changed.length > 0) changes.push({ ...row, change: 'changed', changed })
  }
  const gone = before.filter((row) => !seen.has(keyOf(row)))
  return [...changes, ...gone.map((row): EndpointChange => ({ ...row, change: 'removed', changed: [] }))]
}

const compared = ['api_version', 'operation_id', 'deprecated', 'statuses'] as const

function keyOf ({ service, api, method, template, route }: EndpointRow): string {
  return [service, api, method, template, route].join('\0')
}

function rowOf (endpoint: DeclaredEndpoint): EndpointRow {
  const { service, api, apiVersion, method, template, route, operationId, deprecated, statuses } = endpoint
  return { service, api, api_version: apiVersion, method, template, route, operation_id: operationId, deprecated, statuses }
}

const columns = 'service, api, api_version, method, template, route, operation_id, deprecated, statuses'

/** Row by row as they come, so that a large catalog does not hold up the traffic. */
async function readRows (client: ClickHouseClient, database: string): Promise<EndpointRow[]> {
  const query = `SELECT ${columns} FROM {database:Identifier}.catalog_endpoints_current`
  const result = await client.query({ query, query_params: { database }, format: 'JSONEachRow' })
  const rows: EndpointRow[] = []
  for await (const chunk of result.stream<EndpointRow>()) for (const row of chunk) rows.push(row.json())
  return rows
}

async function readVersion (client: ClickHouseClient, database: string): Promise<number> {
  const query = 'SELECT max(version) AS version FROM {database:Identifier}.catalog_endpoints'
  const result = await client.query({ query, query_params: { database }, format: 'JSONEachRow' })
  const [row] = await result.json<{ version: string }>()
  return Number(row?.version ?? 0)
}

async function insert (client: ClickHouseClient, table: string, rows: object[]): Promise<void> {
  if (rows.length === 0) return
  const values = Readable.from(rows, { objectMode: true })
  // On a cluster the rows shall be on their shards when this returns: the next comparison reads them.
  await client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings: { async_insert: 0, distributed_foreground_insert: 1 } })
}
