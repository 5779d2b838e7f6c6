import type { ClickHouseClient } from '@clickhouse/client'
import { quotaNames, windowStart } from './observe/quota.ts'
import type { QuotaName } from './observe/quota.ts'

/** Told of the requests that a partner made in one calendar window; `start` is epoch ms. */
export type RestoreQuota = (partner: string, quota: QuotaName, start: number, requests: number) => void

/**
 * Reads from the store what each partner has used of its current windows (those of the newest request there), so that
 * live quotas do not start at zero with every process. Call it before this process has inserted anything.
 */
export async function restoreQuotas (client: ClickHouseClient, database: string, restore: RestoreQuota): Promise<void> {
  const read = async <T> (query: string, params: Record<string, unknown>): Promise<T[]> => {
    const result = await client.query({ query, query_params: { database, ...params }, format: 'JSONEachRow' })
    return result.json<T>()
  }
  const [row] = await read<{ newest: number }>('SELECT toUnixTimestamp(max(minute)) AS newest FROM {database:Identifier}.requests_1m', {})
  const newest = Number(row?.newest ?? 0) * 1000
  if (newest === 0) return
  for (const quota of quotaNames) {
    const start = windowStart(quota, newest)
    const used = await read<{ partner: string, used: string }>(usedSince, { start: start / 1000 })
    for (const { partner, used: requests } of used) restore(partner, quota, start, Number(requests))
  }
}

const usedSince = `SELECT partner, sum(requests) AS used FROM {database:Identifier}.requests_1m
  WHERE minute >= fromUnixTimestamp({start:UInt32}) AND partner != '' GROUP BY partner`
