/** Reads from the store what drift is found in. The table and its meaning: services/store/schema/0007-drift.sql. */
import type { ClickHouseClient } from '@clickhouse/client'
import { GatelensError } from '../../runtime/errors.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import type { Seen } from './seen.ts'
import { dayText } from './window.ts'
import type { Window } from './window.ts'

/** Where drift is read, and for which services; none = all. */
export interface DriftStore { client: ClickHouseClient, database: string, services: readonly string[] }

/** Throws SCHEMA_MISSING when the database has no table to find drift in. */
export async function checkSchema (store: DriftStore): Promise<void> {
  const found = await select(store, "SELECT name FROM system.tables WHERE database = {database:String} AND name = 'drift_1d'")
  if (found.length > 0) return
  throw new GatelensError('SCHEMA_MISSING', `there is no table ${store.database}.drift_1d`, {
    where: store.database,
    hint: 'Run "gatelens migrate", or name another database with --database.',
  })
}

/** The catalog that the processor loaded last. */
export async function readOperations (store: DriftStore): Promise<DeclaredOperation[]> {
  const rows = await select<Omit<DeclaredOperation, 'operationId' | 'source' | 'where'> & { operation_id: string }>(store, `
    SELECT service, api, method, template, route, operation_id, deprecated, statuses
    FROM {database:Identifier}.catalog_endpoints_current ${whereService(store, 'WHERE')}
    ORDER BY service, api, template, method`)
  return rows.map(({ operation_id: operationId, ...row }) => ({ ...row, operationId, source: '', where: '' }))
}

/** Which deprecated operations partners are wanted for: those that the store has, or any of the services named. */
export type PartnersOf = 'stored' | readonly string[]

/**
 * The requests of a window. Partners come with those that are drift by themselves, and with deprecated operations: all others
 * would be most of the work and part of no finding.
 */
export async function readSeen (store: DriftStore, window: Window, partnersOf: PartnersOf): Promise<Seen[]> {
  const wanted = `(outcome IN ('inferred', 'method_not_declared') OR ${callsDeprecated(partnersOf)})`
  const where = `WHERE day BETWEEN {from:Date} AND {to:Date} ${whereService(store)}`
  const plain = await select<SeenRow>(store, `
    SELECT ${keys}, [] AS partners, sum(requests) AS total, toUnixTimestamp64Milli(min(first_seen)) AS first_ms,
      toUnixTimestamp64Milli(max(last_seen)) AS last_ms, max(newest) AS sample
    FROM {database:Identifier}.drift_1d ${where} AND NOT ${wanted}
    GROUP BY ${keys}`, days(window))
  const told = await select<SeenRow>(store, `
    SELECT ${keys}, groupArray((partner, counted)) AS partners, sum(counted) AS total, toUnixTimestamp64Milli(min(first)) AS first_ms,
      toUnixTimestamp64Milli(max(last)) AS last_ms, max(example) AS sample
    FROM
    (
      SELECT ${keys}, partner, sum(requests) AS counted, min(first_seen) AS first, max(last_seen) AS last, max(newest) AS example
      FROM {database:Identifier}.drift_1d ${where} AND ${wanted}
      GROUP BY ${keys}, partner
    )
    GROUP BY ${keys}`, days(window))
  return [...plain, ...told].map(toSeen)
}

const keys = 'service, outcome, route, method, status, by_gateway, api, operation_id'

function callsDeprecated (partnersOf: PartnersOf): string {
  if (partnersOf !== 'stored') return partnersOf.length === 0 ? 'false' : `service IN (${partnersOf.map(quote).join(', ')})`
  const deprecated = (columns: string): string =>
    `(${columns}) GLOBAL IN (SELECT ${columns} FROM {database:Identifier}.catalog_endpoints_current WHERE deprecated)`
  // Without an operationId a request below another base path cannot be told from others of its document here.
  const byId = `operation_id != '' AND ${deprecated('service, operation_id')}`
  return `${deprecated('service, route')} OR (${byId}) OR (operation_id = '' AND ${deprecated('service, api')})`
}

/** When every route was last used, over all days that the store has up to the end of the window. */
export async function readUse (store: DriftStore, { to }: Window): Promise<Seen[]> {
  return (await select<SeenRow>(store, `
    SELECT service, outcome, route, method, 0 AS status, false AS by_gateway, api, operation_id,
      [] AS partners, sum(requests) AS total, toUnixTimestamp64Milli(min(first_seen)) AS first_ms,
      toUnixTimestamp64Milli(max(last_seen)) AS last_ms, max(newest) AS sample
    FROM {database:Identifier}.drift_1d
    WHERE day <= {to:Date} ${whereService(store)}
    GROUP BY service, outcome, route, method, api, operation_id`, { to: storedDay(to) })).map(toSeen)
}

/** The day of the newest request in the store, undefined when it has none. */
export async function newestDay (store: DriftStore): Promise<string | undefined> {
  const [row] = await select<{ days: number, newest: string }>(store, 'SELECT count() AS days, max(day) AS newest FROM {database:Identifier}.drift_1d')
  return Number(row?.days ?? 0) === 0 ? undefined : row?.newest
}

type SeenRow = Pick<Seen, 'service' | 'outcome' | 'route' | 'method' | 'status' | 'by_gateway' | 'api' | 'operation_id'> & {
  partners: Array<[string, number]>
  total: number | string
  first_ms: number | string
  last_ms: number | string
  /** Time, request id, host, path and owner. */
  sample: string
}

function toSeen ({ total, first_ms: first, last_ms: last, partners, sample, ...row }: SeenRow): Seen {
  const [, request_id = '', host = '', path = '', owner = ''] = sample.split('\t')
  return {
    ...row,
    requests: Number(total),
    first_seen: Number(first),
    last_seen: Number(last),
    newest: { request_id, host, path, owner },
    partners: new Map(partners.map(([name, count]) => [name, Number(count)])),
  }
}

function days ({ from, to }: Window): Record<string, string> {
  return { from: storedDay(from), to: storedDay(to) }
}

/** The type Date of the store ends in 2149; nothing is outside of it. */
function storedDay (time: number): string {
  return dayText(Math.min(Math.max(time, 0), Date.UTC(2149, 5, 6)))
}

function whereService ({ services }: DriftStore, word = 'AND'): string {
  return services.length === 0 ? '' : `${word} service IN (${services.map(quote).join(', ')})`
}

function quote (text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

/** Row by row: the text of a large answer and its rows need not be in memory together. */
async function select<T> ({ client, database }: DriftStore, query: string, params: Record<string, string> = {}): Promise<T[]> {
  const result = await client.query({ query, query_params: { database, ...params }, format: 'JSONEachRow' })
  const found: T[] = []
  for await (const rows of result.stream<T>()) for (const row of rows) found.push(row.json())
  return found
}
