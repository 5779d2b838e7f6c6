import type { ClickHouseClient } from '@clickhouse/client'
import type { Logger } from '../runtime/log.ts'
import { renderStatements } from './render.ts'
import type { Target } from './render.ts'
import { tokenize } from './tokens.ts'

/** How long rows stay, ms, by table; undefined: as it is. */
export type Retention = Readonly<Record<string, number | undefined>>

/** Column that rows of a table age by, where the schema lets them stay for ever. */
const ageColumns: Readonly<Record<string, string>> = { breaches: 'toDateTime(last_seen)' }

const seconds = {
  Second: 1, Minute: 60, Hour: 3600, Day: 86_400, Week: 604_800, Month: 2_592_000, Quarter: 7_776_000, Year: 31_536_000,
} as const

interface TableRow { name: string, engine_full: string }

/**
 * Makes the tables keep their rows as long as `retention` says; a table that does already is left alone, so that a second call
 * changes nothing. The engine drops what is too old in the background. Gives the names of the tables that were changed.
 */
export async function applyRetention (
  client: ClickHouseClient, target: Target & { log?: Logger | undefined }, retention: Retention
): Promise<string[]> {
  const suffix = target.cluster === undefined ? '' : '_local'
  const query = 'SELECT name, engine_full FROM system.tables WHERE database = {database:String}'
  const result = await client.query({ query, query_params: { database: target.database }, format: 'JSONEachRow' })
  const tables = new Map((await result.json<TableRow>()).map((row) => [row.name, row.engine_full]))
  const changed: string[] = []
  for (const [table, kept] of Object.entries(retention)) {
    const engine = tables.get(`${table}${suffix}`)
    if (engine === undefined || kept === undefined) continue
    const change = changeOf(ttlOf(engine), table, kept)
    if (change === undefined) continue
    // On a cluster the local tables have the rows, and their statement comes first.
    const [alter = ''] = renderStatements(`ALTER TABLE gatelens.${table} ${change}`, target)
    await client.command({ query: alter })
    target.log?.info({ table, days: kept / 86_400_000 }, 'rows are kept for another time from now on')
    changed.push(table)
  }
  return changed
}

/** The TTL clause of a table's engine, '' without one. */
function ttlOf (engine: string): string {
  const clauses = [...tokenize(engine)].filter((token) => token.kind === 'word')
  const from = clauses.find((token) => token.text === 'TTL')
  const to = clauses.find((token) => token.text === 'SETTINGS')
  return from === undefined ? '' : engine.slice(from.end, to?.start).trim()
}

/** What stands after ALTER TABLE; undefined when nothing is to be changed, or the clause is not one that the schema made. */
function changeOf (ttl: string, table: string, kept: number): string | undefined {
  const interval = `toIntervalSecond(${kept / 1000})`
  if (ttl === '') return ageColumns[table] === undefined ? undefined : `MODIFY TTL ${ageColumns[table]} + ${interval}`
  const intervals = [...ttl.matchAll(/toInterval(Second|Minute|Hour|Day|Week|Month|Quarter|Year)\((\d+)\)/g)]
  const [found] = intervals
  if (found === undefined || intervals.length > 1) return undefined
  const now = seconds[found[1] as keyof typeof seconds] * Number(found[2]) * 1000
  return now === kept ? undefined : `MODIFY TTL ${ttl.replace(found[0], interval)}`
}
