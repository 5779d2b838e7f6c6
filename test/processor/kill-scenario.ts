import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { until } from '../until.ts'
import { firstMessage, startChild } from './child.ts'
import { makeFolder } from './input/fixture.ts'
import { kongRecord } from './kong-fixture.ts'
import { seeded } from '../seeded.ts'
import { startStoreProcess } from './store-fixture.ts'

/** An input that is followed: its name, its `format`, and the line of a record; `time` is epoch ms. */
export interface FollowedInput { name: string, format: string, line (number: number, time: number): string }

/** Kong's own log. */
export const kongInput: FollowedInput = { name: 'file', format: 'kong', line: kongRecord }

/**
 * How many records are written to each input, and how often the processor is killed; `archive` adds a file sink, and a server that takes
 * connections and never answers as one more.
 */
export interface KillPlan { records: number, kills: number, inputs?: readonly FollowedInput[], archive?: boolean, threads?: number }

/**
 * Kills a processor so often, at moments that a seed chooses, while it follows a file for each input that grows to so many records.
 * Asserts that each record of each is stored once; with `archive` it is once in the files of a further sink as well.
 */
export async function killWhileFollowing (
  t: TestContext, { records, kills, inputs = [kongInput], archive = false, threads = 1 }: KillPlan
): Promise<void> {
  const folder = makeFolder(t)
  const config = join(folder, 'gatelens.yaml')
  const random = seeded(20260820)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const silent = `{ type: clickhouse, name: silent, url: '${await serveSilence(t)}' }`
  const sinks = archive ? `sinks: [{ type: file, path: archive/requests.ndjson, rotate: { bytes: 1MB, keep: 1000 } }, ${silent}]` : ''
  writeFileSync(config, `
inputs:
${inputs.map(({ name, format }) => `  - { type: file, name: ${name}, paths: [${name}.log], format: ${format}, poll: 10ms, batch: { records: 4000, linger: 20ms } }`).join('\n')}
store: { url: '${store.url}' }
${sinks}
threads: ${threads}
metrics: { listen: '127.0.0.1:0' }
log: { level: error }
`)
  const logs = inputs.map(({ name, line }) => ({ line, file: openSync(join(folder, `${name}.log`), 'a') }))
  t.after(() => { for (const { file } of logs) closeSync(file) })
  const total = records * inputs.length
  let written = 0
  const write = (count: number): void => {
    const numbers = Array.from({ length: Math.min(records - written, count) }, (_, index) => written + index)
    for (const { file, line } of logs) {
      writeSync(file, numbers.map((number) => `${line(number, Date.UTC(2026, 7, 20) + number * 500)}\n`).join(''))
    }
    written += numbers.length
  }
  const countRows = async (): Promise<number> => {
    const tables = await store.query("SELECT name FROM system.tables WHERE database = 'gatelens' AND name = 'requests'")
    return tables.length === 0 ? 0 : Number((await store.query('SELECT count() AS rows FROM gatelens.requests'))[0]?.rows)
  }
  const sums = async (): Promise<Record<string, unknown> | undefined> => {
    const [found] = await store.query(`SELECT (SELECT sum(requests) FROM gatelens.requests_1m) AS minutes,
      (SELECT sum(requests) FROM gatelens.requests_1h) AS hours, (SELECT sum(requests) FROM gatelens.drift_1d) AS drift`)
    const rows = await store.query(`SELECT splitByChar(':', source)[1] AS input, gateway, count() AS rows, uniqExact(event_id) AS ids
      FROM gatelens.requests GROUP BY ALL ORDER BY input`)
    return { ...found, rows }
  }
  const moreRows = async (than: number): Promise<void> => {
    while (await countRows() <= than) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  write(1000)
  for (let kill = 0; kill < kills; kill++) {
    const child = startChild('./processor-child.ts', [config])
    await firstMessage(child)
    // Every fourth life is long enough to reach the store; the others are cut while they still start.
    write(500)
    if (kill % 4 === 1) await moreRows(await countRows())
    // The file grows while the processor reads, up to the moment that the seed has chosen.
    const moment = Math.floor(random() * 40)
    for (let step = 0; step < moment; step++) {
      write(Math.floor(random() * records / kills / 20))
      await new Promise((resolve) => setTimeout(resolve, random() * 30))
    }
    await child.end('SIGKILL')
  }
  write(records)
  const last = startChild('./processor-child.ts', [config])
  t.after(() => last.end('SIGKILL'))
  const exact = { minutes: total, hours: total, drift: total, rows: rowsOf(inputs, records) }
  // Rows may come before what is counted of them, and a processor that ends leaves the rest to the next one.
  await until(async () => isDeepStrictEqual(await sums(), exact) || await countRows() > total)
  if (archive) await until(() => archivedIn(join(folder, 'archive')).length >= total)
  await last.end('SIGTERM')
  assert.deepEqual(await sums(), exact)
  if (!archive) return
  const ids = archivedIn(join(folder, 'archive'))
  assert.deepEqual([ids.length, new Set(ids).size], [total, total])
}

/** A server that takes whatever comes and says nothing; its URL. */
async function serveSilence (t: TestContext): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).resume()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The ids of the events in the files of a folder; a line that is torn is no JSON and throws. */
function archivedIn (folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith('requests.ndjson')).sort()
  const lines = names.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
  return lines.map((line) => (JSON.parse(line) as { event_id: string }).event_id)
}

function rowsOf (inputs: readonly FollowedInput[], records: number): Array<Record<string, unknown>> {
  const rows = inputs.map(({ name, format }) => ({ input: name, gateway: format, rows: records, ids: records }))
  return rows.sort((one, other) => one.input.localeCompare(other.input))
}
