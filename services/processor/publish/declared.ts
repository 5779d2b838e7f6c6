import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ClickHouseClient } from '@clickhouse/client'
import { changesOf, noteRow } from './declared-change.ts'
import type { DeclaredEndpoint, EndpointRow, Rows } from './declared-change.ts'
import { partnerVersions } from './declared-partners.ts'
import type { DeclaredPartner, PartnerVersionRow } from './declared-partners.ts'
import { inPortions } from './portions.ts'

/** What is declared, as far as the tables `catalog_endpoints` and `partners` hold it. */
export interface Declared {
  /** Stands for the whole catalog. */
  digest: string
  /** When this catalog came into use, epoch ms. */
  since: number
  /** Undefined while a part of the catalog could not be had yet: then the endpoints in the store stay as they are. */
  endpoints: Iterable<DeclaredEndpoint> | undefined
  partners: readonly DeclaredPartner[]
}

/**
 * Writes the catalog in use to the store, so that queries can join what is declared with what was asked for: a row for
 * each endpoint and partner that is new, other than before or gone, compared with what the store has. The same catalog
 * again writes nothing. A catalog without partners leaves those that the store has.
 */
export async function publishDeclared (client: ClickHouseClient, database: string, declared: Declared): Promise<void> {
  await publishPartners(client, database, declared)
  const { digest, endpoints } = declared
  if (endpoints === undefined) return
  const table = `\`${database}\`.catalog_endpoints`
  const before = await readRows(client, database)
  const version = await readVersion(client, database) + 1
  await insert(client, table, stamped(changesOf(before, endpoints), { digest, since: timeText(Date.now()), version }))
}

async function publishPartners (client: ClickHouseClient, database: string, { partners, since }: Declared): Promise<void> {
  if (partners.length === 0) return
  const query = 'SELECT name, tier, owner, contact, quotas, consumers, removed, toUnixTimestamp64Milli(valid_from) AS starts ' +
    'FROM {database:Identifier}.partners ORDER BY name, partners.valid_from DESC, partners.since DESC LIMIT 1 BY name'
  const result = await client.query({ query, query_params: { database }, format: 'JSONEachRow' })
  const found = await result.json<PartnerVersionRow & { starts: string }>()
  const stored = found.map(({ starts, ...row }) => ({ ...row, valid_from: Number(starts) }))
  const rows = partnerVersions(stored, partners, since).map((row) => ({ ...row, valid_from: timeText(row.valid_from) }))
  const digest = createHash('sha256').update(JSON.stringify(partners)).digest('hex').slice(0, 32)
  await insert(client, `\`${database}\`.partners`, stamped(inPortions(rows), { digest }))
}

/** Epoch ms as ClickHouse reads a time. */
function timeText (time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '')
}

const columns = 'service, api, api_version, method, template, route, operation_id, deprecated, statuses'

/** Row by row as they come: of a store nearby so many come at once that they would hold up the traffic. */
async function readRows (client: ClickHouseClient, database: string): Promise<Rows> {
  const query = `SELECT ${columns} FROM {database:Identifier}.catalog_endpoints_current`
  const result = await client.query({ query, query_params: { database }, format: 'JSONEachRow' })
  const rows: Rows = new Map()
  for await (const chunk of result.stream<EndpointRow>()) for await (const row of inPortions(chunk)) noteRow(rows, row.json())
  return rows
}

async function readVersion (client: ClickHouseClient, database: string): Promise<number> {
  const query = 'SELECT max(version) AS version FROM {database:Identifier}.catalog_endpoints'
  const result = await client.query({ query, query_params: { database }, format: 'JSONEachRow' })
  const [row] = await result.json<{ version: string }>()
  return Number(row?.version ?? 0)
}

async function * stamped<T extends object, S extends object> (rows: AsyncIterable<T>, stamp: S): AsyncGenerator<T & S> {
  for await (const row of rows) yield { ...row, ...stamp }
}

async function insert (client: ClickHouseClient, table: string, rows: AsyncGenerator<object>): Promise<void> {
  const first = await rows.next()
  if (first.done === true) return
  const values = Readable.from(withFirst(first.value, rows), { objectMode: true })
  // On a cluster the rows shall be on their shards when this returns: the next comparison reads them.
  await client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings: { async_insert: 0, distributed_foreground_insert: 1 } })
}

async function * withFirst<T> (first: T, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  yield first
  yield * rest
}
