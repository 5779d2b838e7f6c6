import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { processorSchema } from '../../../services/processor/config.ts'
import { boundedFields } from '../../../services/processor/enrich/bounds.ts'
import { fields } from '../../../services/processor/event.ts'
import { startProcessor } from '../../../services/processor/processor.ts'
import type { Processor } from '../../../services/processor/processor.ts'
import { parseConfig } from '../../../services/runtime/config.ts'
import { createLog } from '../../../services/runtime/log.ts'
import { migrate } from '../../../services/store/migrate.ts'
import { apiDocument } from '../document-server.ts'
import { makeFolder } from '../input/fixture.ts'
import { kongRecord } from '../kong-fixture.ts'
import { nginxLine } from '../nginx-fixture.ts'
import { startStoreProcess } from '../store-fixture.ts'
import type { RunningStore } from '../store-fixture.ts'

interface Setting { folder: string, store: RunningStore, threads: number, more?: string }

/** A processor over the log of its folder, with a database of its own, in batches so small that every thread gets many. */
async function start (t: TestContext, { folder, store, threads, more = '' }: Setting): Promise<Processor> {
  const text = `
inputs:
- { type: file, name: file, paths: [access.log], follow: false, batch: { records: 300 } }
- { type: file, name: edge, paths: [edge.log], format: nginx, follow: false, batch: { records: 300 } }
threads: ${threads}
filter: [{ path: /health }]
catalog: { openapi: [api.yaml] }
normalize: { inference: { callers: 0 } }
sinks: [{ type: file, path: archive/requests.ndjson }]
store: { url: '${store.url}', database: threads_${threads} }
metrics: { listen: '127.0.0.1:0' }
${more}`
  const config = parseConfig({ path: join(folder, 'gatelens.yaml'), text }, processorSchema)
  const processor = await startProcessor(config, { prepareStore: migrate, base: folder, log: createLog('test', 'silent') })
  t.after(() => processor.close())
  return processor
}

/** Requests that are declared, inferred, unmatched and filtered, and lines that are none. */
function mixedLine (number: number): string {
  const record = JSON.parse(kongRecord(number, Date.UTC(2026, 7, 20, 10) + number * 20)) as Record<string, Record<string, unknown>>
  const kind = number % 10
  if (kind === 9) return number % 20 === 9 ? '{"request":' : '{"no": "request"}'
  const path = kind < 5 ? `/v1/orders/${number}` : kind < 7 ? `/internal/items/${number}/parts` : kind === 7 ? '/health' : `/scan/${number}.php`
  record.request!.uri = path
  record.request!.url = `https://api.example.com:443${path}`
  record.response!.status = [200, 200, 404, 500][number % 4]
  if (kind === 8) Object.assign(record, { service: undefined, route: undefined, tries: [], response: { ...record.response, status: 404 } })
  return JSON.stringify(record)
}

/** The samples of a scrape that do not tell of clocks, processes and caches. */
async function samples (processor: Processor): Promise<string[]> {
  const text = await (await fetch(`${processor.url}/metrics`)).text()
  const own = /^#|^process_|_seconds_total|_timestamp_|^gatelens_(sink|cache|catalog|detect|spool|input_lag|input_stalled)|^target_info|^gatelens_series/
  return text.split('\n').filter((line) => !own.test(line)).sort()
}

function inferredRoutes (folder: string): string[] {
  const { services } = JSON.parse(readFileSync(join(folder, 'state/inference.json'), 'utf8')) as { services: Record<string, string[]> }
  return Object.entries(services).flatMap(([service, routes]) => routes.map((route) => `${service} ${route}`)).sort()
}

test('rows, series, inferred routes and what further sinks get are the same with one thread and with three, for two inputs at once', async (t) => {
  const root = makeFolder(t)
  const store = await startStoreProcess(t, join(root, 'store'))
  const number = 3000
  const lines = Array.from({ length: number }, (_, index) => `${mixedLine(index)}\n`).join('')
  const edge = Array.from({ length: 900 }, (_, index) => `${nginxLine(index, Date.UTC(2026, 7, 20, 10) + index * 60)}\n`).join('')
  const seen = []
  for (const threads of [1, 3]) {
    // A document is known by the name of its folder.
    const folder = join(root, String(threads), 'shop')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'access.log'), lines)
    writeFileSync(join(folder, 'edge.log'), edge)
    writeFileSync(join(folder, 'api.yaml'), apiDocument('Orders', '/v1/orders/{id}'))
    const processor = await start(t, { folder, store, threads, more: 'privacy: { key: a key for this test only }' })
    await processor.done
    const series = await samples(processor)
    await processor.close()
    // The source names the file, and the ids of nginx follow from it.
    const columns = Object.keys(fields).filter((name) => !['source', 'event_id'].includes(name)).map((name) => `\`${name}\``).join(', ')
    const input = "splitByChar(':', source)[1]"
    const rows = await store.query(`SELECT ${input} AS input, ${columns} FROM threads_${threads}.requests ORDER BY input, source_offset`)
    const rejected = await store.query(`SELECT reason, detail, length, source_offset FROM threads_${threads}.rejected ORDER BY source_offset`)
    const archived = readFileSync(join(folder, 'archive/requests.ndjson'), 'utf8').split('\n').length - 1
    seen.push({ rows, rejected, series, routes: inferredRoutes(folder), archived })
  }
  const [one, three] = seen
  for (const part of ['routes', 'rejected', 'series', 'rows', 'archived'] as const) assert.deepEqual(three?.[part], one?.[part], part)
  const outcomes = new Set(one?.rows.map(({ outcome }) => outcome))
  assert.deepEqual([...outcomes].sort(), ['inferred', 'matched', 'unmatched'])
  assert.deepEqual([one?.rows.length, one?.archived, one?.rejected.length], [number * 0.8 + 900, number * 0.8 + 900, number / 10])
})

test('several threads share the budgets of published texts, and the key of hashes where none is configured', async (t) => {
  const folder = makeFolder(t)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const size = boundedFields.user_agent
  const line = (number: number): string => kongRecord(number).replace('acme-erp/4.2.1', `curl/${number % (size + 500)}.1`)
  writeFileSync(join(folder, 'access.log'), Array.from({ length: 3000 }, (_, index) => `${line(index)}\n`).join(''))
  writeFileSync(join(folder, 'edge.log'), '')
  writeFileSync(join(folder, 'api.yaml'), apiDocument('Orders', '/v1/orders/{id}'))
  appendFileSync(join(folder, 'access.log'), Array.from({ length: 1500 }, (_, index) => `${line(1).replaceAll('/1"', `/${index % 7}"`)}\n`).join(''))
  const processor = await start(t, { folder, store, threads: 3 })
  await processor.done
  await processor.close()
  assert.deepEqual(await store.query(`SELECT count() AS rows, uniqExact(user_agent) AS agents, countIf(user_agent = '__other__') > 0 AS isFull
    FROM threads_3.requests`), [{ rows: 4500, agents: size + 1, isFull: 1 }])
  // The same few orders came in many batches.
  const [id] = kongRecord(1).match(/[0-9a-f]{32}/) ?? []
  assert.deepEqual(await store.query(`SELECT count() AS rows, uniqExact(path) AS paths FROM threads_3.requests WHERE request_id = '${id}'`), [{ rows: 1501, paths: 7 }])
})

test('a thread that ends ends the processor with an error that says so, and after a restart every record is there once', async (t) => {
  const folder = makeFolder(t)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const number = 6000
  writeFileSync(join(folder, 'access.log'), Array.from({ length: number }, (_, index) => `${kongRecord(index)}\n`).join(''))
  writeFileSync(join(folder, 'edge.log'), '')
  writeFileSync(join(folder, 'api.yaml'), apiDocument('Orders', '/v1/orders/{id}'))
  let isEnded = false
  const endOne = (worker: Worker): void => {
    worker.on('message', (message: { encoded?: unknown }) => {
      if (message.encoded === undefined || isEnded) return
      isEnded = true
      worker.terminate().catch(assert.ifError)
    })
  }
  process.on('worker', endOne)
  t.after(() => { process.off('worker', endOne) })
  const processor = await start(t, { folder, store, threads: 2 })
  await assert.rejects(processor.done, { code: 'THREAD_ENDED', message: /a thread of the stages ended/ })
  await processor.close()
  const [before] = await store.query('SELECT count() AS rows FROM threads_2.requests')
  assert.ok(Number(before?.rows) < number)
  const next = await start(t, { folder, store, threads: 2 })
  await next.done
  await next.close()
  assert.deepEqual(await store.query('SELECT count() AS rows, uniqExact(event_id) AS ids FROM threads_2.requests'), [{ rows: number, ids: number }])
})
