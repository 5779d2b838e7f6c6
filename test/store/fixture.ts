import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'
import { createLog } from '../../services/runtime/log.ts'
import { startStore } from '../../services/store/server.ts'
import type { Store, StoreOptions } from '../../services/store/server.ts'
import { moduleArguments } from '../built.ts'
import { temporaryFolder } from '../folder.ts'

/** A store in this process (the engine allows one), in a folder of its own. */
export async function openStore (options: Partial<StoreOptions> = {}): Promise<Store> {
  return await startStore({ folder: temporaryFolder(), host: '127.0.0.1', port: 0, sync: false, log: createLog('store', 'error'), ...options })
}

/** The unmodified client, without its own logging of the errors that tests provoke. */
export function connect (url: string, options: Parameters<typeof createClient>[0] = {}): ClickHouseClient {
  return createClient({ url, request_timeout: 600_000, log: { level: ClickHouseLogLevel.OFF }, ...options })
}

export interface StoreProcess { url: string, child: ChildProcess, pid: number, ended: Promise<number | null> }

/** A store in a process of its own; rejects with what it wrote to standard error when it does not start. */
export async function spawnStore (t: TestContext, folder: string): Promise<StoreProcess> {
  const child = spawn(process.execPath, [...moduleArguments('test/store/serve.ts'), folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => { child.kill('SIGKILL') })
  let errors = ''
  child.stderr.on('data', (text: Buffer) => { errors += text.toString() })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const closed = once(child, 'close')
  const line = await Promise.race([once(createInterface(child.stdout), 'line').then(([text]) => String(text)), ended])
  if (typeof line !== 'string') {
    // It may have ended before we have read what it wrote.
    await closed
    throw new Error(errors)
  }
  return { url: line, child, pid: child.pid ?? 0, ended }
}

export interface Answer { status: number, text: string, headers: Headers }

/** Sends one request as curl would. */
export async function send (url: string, params: Record<string, string>, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}/?${new URLSearchParams(params).toString()}`, init)
  return { status: response.status, text: await response.text(), headers: response.headers }
}

/** First row of a query, as an object. */
export async function firstRow (client: ClickHouseClient, query: string): Promise<Record<string, unknown>> {
  const rows = await (await client.query({ query, format: 'JSONEachRow' })).json<Record<string, unknown>>()
  return rows[0] ?? {}
}
