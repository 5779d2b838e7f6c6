/**
 * What of a part is in the store. A token proves little there: an engine that died, or whose disk failed, in the middle of
 * an insert may know the token and not have the rows. So rows are counted by source and position, and a rollup is asked
 * for the number of the batch, which one row of every insert carries (`services/store/schema/0002-rollups.sql`).
 */
import { GatelensError } from '../../runtime/errors.ts'
import { pause } from '../../runtime/shutdown.ts'
import type { Target } from './insert.ts'
import type { TablePart } from './table-part.ts'
import { readRows } from './rows.ts'
import { requestsTable } from './tables.ts'

/** What there should be: the key of every row, and where to look for it. */
export interface Sought {
  /** Source and position of each row. */
  keys: string[]
  /** Rollups that the part has rows for. */
  rollups: Rollup[]
  where: Bounds
}

export interface Present {
  /** How many rows there are, by source and position. */
  rows: Map<string, number>
  rollups: Set<Rollup>
}

/** The tables that views fill from `requests`, each with its column of time. */
export const rollupTimes = { requests_1m: 'minute', requests_1h: 'hour', drift_1d: 'day' } as const
export type Rollup = keyof typeof rollupTimes

/** Outcomes that `drift_1d` counts. */
const countedByDrift = new Set(['matched', 'ambiguous', 'method_not_declared', 'inferred'])

/** Times are epoch ms. `positions` are those that lie far apart: none when all between the first and the last are asked for. */
interface Bounds { sources: string[], first: number, last: number, positions: number[], from: number, to: number }

/** What a part should bring. */
export function seek (part: TablePart): Sought {
  const rows = readRows(part, ['source', 'source_offset', 'time', 'outcome'])
  const counted = part.table === requestsTable && rows.some(([, , , outcome]) => countedByDrift.has(String(outcome)))
  const numbers = (column: number): number[] => rows.map((row) => Number(row[column]))
  const offsets = numbers(1)
  const [first, last] = extent(offsets)
  const areApart = last - first > offsets.length * mostApart
  const [from, to] = extent(numbers(2))
  return {
    keys: rows.map(([source, offset]) => keyOf(String(source), String(offset))),
    rollups: part.table === requestsTable ? ['requests_1m', 'requests_1h', ...counted ? ['drift_1d' as const] : []] : [],
    where: { sources: [...new Set(rows.map(([source]) => String(source)))], first, last, positions: areApart ? offsets : [], from, to },
  }
}

/** Looks what is there, once nothing of the batch is on its way any more. */
export async function lookUp (target: Target, part: TablePart, id: string, sought: Sought): Promise<Present> {
  await untilStill(target, id)
  return { rows: await countRows(target, part, sought.where), rollups: await findRollups(target, id, sought) }
}

/** Rows that are not there, by index: of several at one position as many as are missing. */
export function missingRows ({ keys }: Sought, { rows }: Present): number[] {
  const left = new Map(rows)
  return [...keys.keys()].filter((index) => {
    const key = keys[index] as string
    const count = left.get(key) ?? 0
    left.set(key, count - 1)
    return count <= 0
  })
}

/** True when the server was started within the last `ms`: what it answers to a redelivered insert may be about tokens alone. */
export async function isYoungerThan ({ client }: Target, ms: number): Promise<boolean> {
  const result = await client.query({ query: 'SELECT uptime() AS seconds', format: 'JSONEachRow' })
  const [row] = await result.json<{ seconds: number }>()
  return Number(row?.seconds ?? 0) <= ms / 1000 + 1
}

/**
 * Records of one range lie less than this apart, bytes; those of senders lie where their bodies' content says, all over the numbers,
 * and between them are the rows of everybody else.
 */
const mostApart = 16 * 1024 ** 2

function extent (numbers: readonly number[]): [least: number, most: number] {
  let [least, most] = [Infinity, -Infinity]
  for (const number of numbers) [least, most] = [Math.min(least, number), Math.max(most, number)]
  return [least, most]
}

function keyOf (source: string, offset: string): string {
  return `${source}\t${offset}`
}

/** How often, and how many times, an insert that still runs is waited for. */
const patience = { ms: 200, times: 100 }

async function untilStill (target: Target, id: string): Promise<void> {
  const processes = target.cluster === undefined ? 'system.processes' : `clusterAllReplicas('${target.cluster}', system.processes)`
  const query = `SELECT count() AS running FROM ${processes} WHERE startsWith(Settings['insert_deduplication_token'], {id:String})`
  for (let time = 0; time < patience.times; time++) {
    const [row] = await ask<{ running: number }>(target, query, { id })
    if (Number(row?.running) === 0) return
    await pause(patience.ms)
  }
  throw new GatelensError('STORE_UNREACHABLE', 'an insert of this batch is still under way')
}

async function countRows (target: Target, part: TablePart, bounds: Bounds): Promise<Map<string, number>> {
  const { positions } = bounds
  const counts = new Map<string, number>()
  for (let start = 0; start === 0 || start < positions.length; start += positionsAtOnce) {
    const some = positions.slice(start, start + positionsAtOnce)
    // Written out, because parameters travel in the URL, which has no room for them.
    const among = some.length === 0 ? '' : `AND source_offset IN (${some.join()})`
    for (const [key, rows] of await countSome(target, part, bounds, among)) counts.set(key, rows)
  }
  return counts
}

/** So many fit into the longest query that servers take. */
const positionsAtOnce = 10_000

async function countSome (
  target: Target, part: TablePart, { sources, first, last, from, to }: Bounds, among: string
): Promise<Array<[key: string, rows: number]>> {
  const time = part.table === requestsTable ? 'AND time >= fromUnixTimestamp64Milli({from:Int64}) AND time <= fromUnixTimestamp64Milli({to:Int64})' : ''
  const rows = await ask<{ source: string, position: string, rows: number }>(target, `SELECT source, toString(source_offset) AS position, count() AS rows
    FROM {database:Identifier}.{table:Identifier}
    WHERE source IN {sources:Array(String)} AND source_offset >= {first:UInt64} AND source_offset <= {last:UInt64} ${among} ${time} GROUP BY ALL`,
  { table: part.table, sources, first, last, ...time === '' ? {} : { from, to } })
  return rows.map((row) => [keyOf(row.source, row.position), Number(row.rows)])
}

async function findRollups (target: Target, id: string, { rollups, where: { from, to } }: Sought): Promise<Set<Rollup>> {
  if (rollups.length === 0) return new Set()
  const query = rollups.map((table) => {
    const type = table === 'drift_1d' ? 'Date' : 'DateTime'
    const bound = (name: string): string => `to${type}(toStartOf${table === 'requests_1m' ? 'Minute' : table === 'requests_1h' ? 'Hour' : 'Day'}(toDateTime({${name}:UInt32}, 'UTC')))`
    return `SELECT '${table}' AS name FROM {database:Identifier}.${table}
      WHERE ${rollupTimes[table]} >= ${bound('from')} AND ${rollupTimes[table]} <= ${bound('to')} AND has(batches, cityHash64({id:String})) GROUP BY name`
  }).join('\nUNION ALL\n')
  const found = await ask<{ name: Rollup }>(target, query, { id, from: Math.floor(from / 1000), to: Math.floor(to / 1000) })
  return new Set(found.map(({ name }) => name))
}

async function ask<Row> ({ client, database }: Target, query: string, params: Record<string, unknown>): Promise<Row[]> {
  const result = await client.query({
    query,
    query_params: { ...query.includes('{database:') ? { database } : {}, ...params },
    format: 'JSONEachRow',
    // Where replicas share their data, as in ClickHouse Cloud, the newest of it is what counts.
    clickhouse_settings: { select_sequential_consistency: '1' },
  })
  return result.json<Row>()
}
