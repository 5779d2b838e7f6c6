import type { ClickHouseClient } from '@clickhouse/client'
import { quotaNames, windowStart } from './observe/quota.ts'
import type { QuotaName } from './observe/quota.ts'

/** Told of the requests that a partner made in one calendar window; `start` is epoch ms. */
export type RestoreQuota = (partner: string, quota: QuotaName, start: number, requests: number) => void

/** How far ahead of the wall clock a request may stand and still be the newest: a wrong clock must not end all windows. */
const futureMs = 300_000

/**
 * Reads from the store what each partner has used of its current windows (those of the newest request there that is not
 * far ahead of `clock`, epoch ms), so that live quotas do not start at zero with every process. Call it before this
 * process has inserted anything.
 */
export async function restoreQuotas (client: ClickHouseClient, database: string, restore: RestoreQuota, clock = Date.now()): Promise<void> {
  const read = async <T> (query: string, params: Record<string, unknown>): Promise<T[]> => {
    const result = await client.query({ query, query_params: { database, ...params }, format: 'JSONEachRow' })
    return result.json<T>()
  }
  const [row] = await read<{ newest: number }>(newestUpTo, { latest: Math.floor((clock + futureMs) / 1000) })
  const newest = Number(row?.newest ?? 0) * 1000
  if (newest === 0) return
  for (const quota of quotaNames) {
    const start = windowStart(quota, newest)
    const used = await read<{ partner: string, used: string }>(usedBetween, { start: start / 1000, newest: newest / 1000 })
    for (const { partner, used: requests } of used) restore(partner, quota, start, Number(requests))
  }
}

const newestUpTo = `SELECT toUnixTimestamp(max(minute)) AS newest FROM {database:Identifier}.requests_1m
  WHERE minute <= fromUnixTimestamp({latest:UInt32})`

const usedBetween = `SELECT partner, sum(requests) AS used FROM {database:Identifier}.requests_1m
  WHERE minute BETWEEN fromUnixTimestamp({start:UInt32}) AND fromUnixTimestamp({newest:UInt32}) AND partner != '' GROUP BY partner`
