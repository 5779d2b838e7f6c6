import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { createClient } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'
import { migrate } from '../../services/store/migrate.ts'
import { reservePort } from '../port.ts'
import { firstMessage, startChild } from './child.ts'
import { copyPreparedStore } from './prepared-store.ts'

export interface RunningStore {
  url: string
  port: number
  client: ClickHouseClient
  /** Rows of a query, numbers as numbers. */
  query (sql: string): Promise<Array<Record<string, unknown>>>
  stop (): Promise<void>
}

/** Where a store will be that is started with this port later; until then nobody is there. */
export async function reserveStore (): Promise<{ url: string, port: number }> {
  const port = await reservePort()
  return { url: `http://127.0.0.1:${port}`, port }
}

/**
 * Starts the embedded store in a process of its own; it ends with the test. Its port stays ours, so that it can come back there.
 * A folder that is not there yet becomes one with all tables; one that is there, and empty, a store without any.
 */
export async function startStoreProcess (t: Pick<TestContext, 'after'>, folder: string, port?: number): Promise<RunningStore> {
  if (!existsSync(folder)) await copyPreparedStore(folder)
  const child = startChild('./store-child.ts', [folder, String(port ?? await reservePort())])
  const { url } = await firstMessage<{ url: string }>(child)
  const client = createClient({ url, request_timeout: 600_000 })
  let stopped = false
  const stop = async (): Promise<void> => {
    if (stopped) return
    stopped = true
    await client.close()
    await child.end('SIGTERM')
  }
  t.after(stop)
  return { url, port: Number(new URL(url).port), client, query: (sql) => query(client, sql), stop }
}

/** Makes the tables, as the processor does at its start. */
export async function prepareTables (client: ClickHouseClient): Promise<void> {
  await migrate(client, { database: 'gatelens' })
}

/** Makes the store refuse requests with this id, for their content. */
export async function refuseRequests (client: ClickHouseClient, requestId: string): Promise<void> {
  await client.command({ query: `ALTER TABLE gatelens.requests ADD CONSTRAINT IF NOT EXISTS not_this CHECK request_id != '${requestId}'` })
}

async function query (client: ClickHouseClient, sql: string): Promise<Array<Record<string, unknown>>> {
  const result = await client.query({ query: sql, format: 'JSONEachRow', clickhouse_settings: { output_format_json_quote_64bit_integers: 0 } })
  return result.json()
}
