import { existsSync } from 'node:fs'
import type { ClickHouseClient } from '@clickhouse/client'
import { pause } from '../../runtime/shutdown.ts'
import { openLog, readRecords } from '../report/records.ts'
import type { BreachShape } from '../report/shape.ts'
import { script } from './upstreams.ts'

/** What ClickHouse holds. */
export interface Stored {
  rows: number
  /** Different event ids. */
  unique: number
  /** Requests in the rollup by minute. */
  rolled: number
  routes: number
  rejected: number
}

/** Counts in the tables of `gatelens`. */
export async function countStored (client: ClickHouseClient): Promise<Stored> {
  const [row] = await rowsOf<Record<keyof Stored, string>>(client, `
    SELECT count() AS rows, uniqExact(event_id) AS unique, uniqExact(service, route) AS routes,
      (SELECT sum(requests) FROM gatelens.requests_1m) AS rolled, (SELECT count() FROM gatelens.rejected) AS rejected
    FROM gatelens.requests`)
  const number = (name: keyof Stored): number => Number(row?.[name] ?? 0)
  return { rows: number('rows'), unique: number('unique'), rolled: number('rolled'), routes: number('routes'), rejected: number('rejected') }
}

type BreachRow = Record<Exclude<keyof BreachShape, 'closed_at'>, string> & { closed_at: string | null }

/** The newest version of every breach in the ledger, oldest first. */
export async function readBreaches (client: ClickHouseClient): Promise<BreachShape[]> {
  const rows = await rowsOf<BreachRow>(client, `
    SELECT rule, severity, service, route, partner, owner, toUnixTimestamp64Milli(opened_at) AS opened_at,
      toUnixTimestamp64Milli(closed_at) AS closed_at, threshold, peak, requests
    FROM gatelens.breaches FINAL ORDER BY opened_at, rule, partner, service, route`)
  const iso = (value: string | null): string | null => value === null ? null : new Date(Number(value)).toISOString()
  return rows.map((row) => ({
    ...row,
    opened_at: iso(row.opened_at) ?? '',
    closed_at: iso(row.closed_at),
    threshold: Number(row.threshold),
    peak: Number(row.peak),
    requests: Number(row.requests),
  }))
}

/** Reads until `enough` says so, at most for `patienceMs`; gives what was read last. */
export async function waitFor<T> (read: () => Promise<T>, enough: (value: T) => boolean, patienceMs: number): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const value = await read()
    if (enough(value) || performance.now() > deadline) return value
    await pause(200)
  }
}

/** One statement that must hold, and the figures that show whether it does. */
export interface Proof { claim: string, figures: string, holds: boolean }

/** Records in the gateway's log: all, and those of the demo's own traffic. */
export interface Logged { all: number, traffic: number }

/** Counts the records of a log without decoding them; the traffic's own requests carry a header that tells. */
export async function countLogged (path: string): Promise<Logged> {
  const logged = { all: 0, traffic: 0 }
  if (!existsSync(path)) return logged
  for await (const { records } of readRecords(openLog(path))) {
    logged.all += records.length
    for (const { bytes } of records) if (bytes.includes(`"${script.status}"`)) logged.traffic++
  }
  return logged
}

/** True once all that was logged is in every table; they are counted one after the other, and a batch may land in between. */
export function isDelivered ({ rows, rolled }: Stored, logged: Logged): boolean {
  return rows >= logged.all && rolled >= rows
}

/** What the demo counted: requests sent, records logged before and after, rows stored, requests reported, breaches. */
export interface Counted {
  sent: number
  before: Logged
  logged: Logged
  stored: Stored
  reported: number
  breaches: { reported: BreachShape[], stored: BreachShape[] }
}

/** What the demo claims: nothing was lost, nothing was doubled, and all ways of counting agree. */
export function prove ({ sent, before, logged, stored, reported, breaches }: Counted): Proof[] {
  const others = logged.all - logged.traffic
  const missing = missingBreaches(breaches.reported, breaches.stored)
  return [
    {
      claim: 'requests sent = records in the gateway\'s log',
      figures: `${figures(sent, logged.traffic - before.traffic)}${others === 0 ? '' : `, and ${others} of others`}`,
      holds: sent > 0 && sent === logged.traffic - before.traffic,
    },
    {
      claim: 'records in the log = rows in ClickHouse = different event ids',
      figures: figures(logged.all, stored.rows, stored.unique),
      holds: logged.all === stored.rows && stored.rows === stored.unique,
    },
    {
      claim: 'rows in ClickHouse = requests in its rollup = requests in the report',
      figures: figures(stored.rows, stored.rolled, reported),
      holds: stored.rows === stored.rolled && stored.rows === reported,
    },
    { claim: 'records rejected', figures: figures(stored.rejected), holds: stored.rejected === 0 },
    {
      claim: 'breaches in the report that ClickHouse has, too',
      figures: `${breaches.reported.length - missing.length} of ${breaches.reported.length}`,
      holds: missing.length === 0,
    },
  ]
}

/**
 * The reported breaches that the ledger lacks. It may well have more: a window that was above its threshold for a while, and
 * then fell, was a breach at the time.
 */
export function missingBreaches (reported: BreachShape[], stored: BreachShape[]): BreachShape[] {
  const keyOf = (item: BreachShape): string => JSON.stringify([item.rule, item.service, item.route, item.partner, item.opened_at])
  const known = new Set(stored.map(keyOf))
  return reported.filter((item) => !known.has(keyOf(item)))
}

function figures (...values: number[]): string {
  return values.map((value) => value.toLocaleString('en-US')).join(' = ')
}

async function rowsOf<T> (client: ClickHouseClient, query: string): Promise<T[]> {
  const result = await client.query({ query, format: 'JSONEachRow' })
  return await result.json<T>()
}
