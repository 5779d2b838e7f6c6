import type { ClickHouseClient } from '@clickhouse/client'
import type { Breach } from './breach.ts'
import type { Place, Statement } from './compile-rule.ts'
import type { Point } from './episodes.ts'
import type { PartnerVersion } from './quota-history.ts'

/** Longest time that a statement of detection may take in the engine, seconds: less than a client waits. */
const limitSeconds = 25

/** What detection reads from and writes to ClickHouse. Every method rejects with what the client throws. */
export interface DetectStore {
  /** Newest event time that is not after `latest`, both epoch ms, undefined when there is none; and how many events there are. */
  newest (latest: number): Promise<{ newest: number | undefined, events: number }>
  points (statement: Statement): Promise<Point[]>
  /** Counts of parts of windows. */
  parts (statement: Statement): Promise<Array<Place & { part: number, value: number }>>
  /** All versions of the partners' quotas; read again only when there are new ones. */
  quotas (): Promise<readonly PartnerVersion[]>
  /** What was found for each window and subject; `minute` in epoch ms. */
  crossings (statement: Statement): Promise<Array<Place & { minute: number }>>
  samples (statement: Statement): Promise<Array<Place & { ids: string[] }>>
  /** Newest versions of the open breaches, and of all that were seen since `since` (epoch ms). */
  breaches (since: number): Promise<Breach[]>
  /** Of which rules breaches were ever recorded. */
  knownRules (): Promise<Set<string>>
  /** Writes versions; a version that is written again changes nothing. */
  write (breaches: readonly Breach[], version: number): Promise<void>
}

/** Speaks to the tables of one database. */
export function openDetectStore (client: ClickHouseClient, database: string): DetectStore {
  const read = async <T>({ query, params }: Statement): Promise<T[]> => {
    const result = await client.query({
      query, query_params: { ...params, database }, format: 'JSONEachRow', clickhouse_settings: { max_execution_time: limitSeconds },
    })
    return await result.json<T>()
  }
  return {
    newest: async (latest) => await newest(read, latest),
    points: async (statement) => (await read<Parameters<typeof toPoint>[0]>(statement)).map(toPoint),
    parts: async (statement) => (await read<PlaceRow & { part: number, value: number }>(statement))
      .map((row) => ({ ...toPlace(row), part: Number(row.part), value: Number(row.value) })),
    quotas: keepQuotas(read),
    crossings: async (statement) => (await read<PlaceRow & { minute: number }>(statement))
      .map((row) => ({ ...toPlace(row), minute: Number(row.minute) * 1000 })),
    samples: async (statement) => (await read<PlaceRow & { ids: string[] }>(statement)).map((row) => ({ ...toPlace(row), ids: row.ids })),
    breaches: async (since) => (await read<BreachRow>({ query: breachesQuery, params: { since } })).map(toBreach),
    knownRules: async () => new Set((await read<{ rule: string }>({ query: rulesQuery, params: {} })).map((row) => row.rule)),
    write: async (breaches, version) => {
      const values = breaches.map((breach) => toRow(breach, version))
      const { summary } = await client.insert({ table: `${database}.breaches`, values, format: 'JSONEachRow' })
      // Something in between may say 200 to anything; a version that was not written must come again.
      if (summary === undefined) throw new Error('the answer to an insert has no X-ClickHouse-Summary; this is not ClickHouse')
    },
  }
}

type Read = <T>(statement: Statement) => Promise<T[]>

async function newest (read: Read, latest: number): ReturnType<DetectStore['newest']> {
  const select = 'SELECT toUnixTimestamp64Milli(max(time)) AS newest, count() AS events FROM {database:Identifier}.requests'
  // Without a condition the engine answers from what the parts tell of themselves, however many rows there are.
  const [all] = await read<{ newest: string, events: string }>({ query: select, params: {} })
  const events = Number(all?.events)
  if (Number(all?.newest) <= latest) return { newest: positive(Number(all?.newest)), events }
  const [past] = await read<{ newest: string }>({ query: `${select} WHERE time <= fromUnixTimestamp64Milli({latest:Int64})`, params: { latest } })
  return { newest: positive(Number(past?.newest)), events }
}

function positive (time: number): number | undefined {
  return time > 0 ? time : undefined
}

function keepQuotas (read: Read): () => Promise<readonly PartnerVersion[]> {
  let stamp = ''
  let versions: PartnerVersion[] = []
  return async () => {
    const [row] = await read<{ stamp: string }>({ query: stampQuery, params: {} })
    if (row?.stamp === stamp) return versions
    const rows = await read<{ name: string, valid_from: string, quotas: Record<string, string> }>({ query: quotasQuery, params: {} })
    versions = rows.map(({ name, valid_from: from, quotas }) =>
      ({ name, from: Number(from), quotas: Object.fromEntries(Object.entries(quotas).map(([quota, limit]) => [quota, Number(limit)])) }))
    stamp = row?.stamp ?? ''
    return versions
  }
}

const stampQuery = "SELECT concat(toString(count()), ' ', toString(max(since))) AS stamp FROM {database:Identifier}.partners"

const quotasQuery = `
SELECT name, toUnixTimestamp64Milli(valid_from) AS valid_from, quotas
FROM {database:Identifier}.partners AS p FINAL
ORDER BY name, p.valid_from`

interface PlaceRow { start: number, service?: string, route?: string, partner?: string }

function toPlace ({ start, service = '', route = '', partner = '' }: PlaceRow): Place {
  return { start: Number(start) * 1000, subject: { service, route, partner } }
}

function toPoint (row: PlaceRow & { value: number, total: string, threshold: number }): Point {
  return { ...toPlace(row), value: Number(row.value), requests: Number(row.total), threshold: Number(row.threshold) }
}

type BreachRow = Record<Exclude<keyof Breach, 'sample_request_ids'>, string> & { sample_request_ids: string[] }

const rulesQuery = 'SELECT DISTINCT rule FROM {database:Identifier}.breaches'

const breachesQuery = `
SELECT
  breach_id, rule, severity, service, route, partner,
  toUnixTimestamp64Milli(opened_at) AS opened_at, toUnixTimestamp64Milli(closed_at) AS closed_at,
  toUnixTimestamp64Milli(last_seen) AS last_seen,
  threshold, observed, peak, requests, sample_request_ids, owner, contact
FROM {database:Identifier}.breaches AS b FINAL
WHERE b.closed_at IS NULL OR b.last_seen >= fromUnixTimestamp64Milli({since:Int64})`

function toBreach (row: BreachRow): Breach {
  const { breach_id, rule, severity, service, route, partner, owner, contact, sample_request_ids } = row
  return {
    breach_id,
    rule,
    severity,
    service,
    route,
    partner,
    opened_at: Number(row.opened_at),
    closed_at: row.closed_at === null ? null : Number(row.closed_at),
    last_seen: Number(row.last_seen),
    threshold: Number(row.threshold),
    observed: Number(row.observed),
    peak: Number(row.peak),
    requests: Number(row.requests),
    sample_request_ids,
    owner,
    contact,
  }
}

function toRow (breach: Breach, version: number): Record<string, unknown> {
  const time = (milliseconds: number): string => (milliseconds / 1000).toFixed(3)
  return {
    ...breach,
    opened_at: time(breach.opened_at),
    closed_at: breach.closed_at === null ? null : time(breach.closed_at),
    last_seen: time(breach.last_seen),
    version,
  }
}
