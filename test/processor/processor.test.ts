import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { parseConfig } from '../../services/runtime/config.ts'
import { createLog } from '../../services/runtime/log.ts'
import { processorSchema } from '../../services/processor/config.ts'
import { startProcessor } from '../../services/processor/processor.ts'
import type { Processor } from '../../services/processor/processor.ts'
import { migrate } from '../../services/store/migrate.ts'
import { until } from '../until.ts'
import { makeFolder } from './input/fixture.ts'
import { kongRecord } from './kong-fixture.ts'
import { reserveStore, startStoreProcess } from './store-fixture.ts'

async function start (t: TestContext, folder: string, url: string, more = ''): Promise<Processor> {
  return startText(t, folder, `
input: { type: file, paths: [access.log], poll: 10ms, batch: { linger: 10ms } }
store: { url: '${url}' }
metrics: { listen: '127.0.0.1:0' }
${more}`)
}

async function startText (t: TestContext, folder: string, text: string): Promise<Processor> {
  const config = parseConfig({ path: join(folder, 'gatelens.yaml'), text }, processorSchema)
  const processor = await startProcessor(config, { prepareStore: migrate, base: folder, log: createLog('test', 'silent') })
  t.after(() => processor.close())
  return processor
}

test('records of a file end as rows, series and a ready state; what is broken ends in rejected', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'access.log'), '')
  // The processor makes the tables.
  mkdirSync(join(folder, 'store'))
  const store = await startStoreProcess(t, join(folder, 'store'))
  const processor = await start(t, folder, store.url)
  const records = Array.from({ length: 100 }, (_, number) => `${kongRecord(number)}\n`).join('')
  appendFileSync(join(folder, 'access.log'), `${records}{"request":\nnot json\n`)
  await until(async () => sample(await get(processor, '/metrics'), 'gatelens_events_total{input="file",outcome="published"}') === 100)
  const metrics = await get(processor, '/metrics')
  assert.equal(sample(metrics, 'gatelens_events_total{input="file",outcome="received"}'), 102)
  assert.equal(sample(metrics, 'gatelens_events_total{input="file",outcome="rejected"}'), 2)
  assert.equal(sample(metrics, 'gatelens_sink_up{sink="store"}'), 1)
  assert.deepEqual(await store.query('SELECT count() AS rows, uniqExact(event_id) AS ids, min(service) AS service FROM gatelens.requests'),
    [{ rows: 100, ids: 100, service: 'orders-api' }])
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.rejected'), [{ rows: 2 }])
  const ready = JSON.parse(await get(processor, '/readyz')) as { status: string }
  assert.equal(ready.status, 'ready')
  assert.deepEqual(JSON.parse(await get(processor, '/livez')), { status: 'alive' })
})

test('a store that comes later gets everything, and until then series move and the state says so', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'access.log'), Array.from({ length: 50 }, (_, number) => `${kongRecord(number)}\n`).join(''))
  const early = await reserveStore()
  const processor = await start(t, folder, early.url)
  await until(async () => (await get(processor, '/metrics')).includes('http_server_request_duration_seconds_count'))
  await until(async () => JSON.parse(await get(processor, '/readyz')).spool.bytes > 0)
  assert.equal(JSON.parse(await get(processor, '/readyz')).status, 'degraded')
  const store = await startStoreProcess(t, join(folder, 'store'), early.port)
  await until(async () => JSON.parse(await get(processor, '/readyz')).spool.bytes === 0)
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.requests'), [{ rows: 50 }])
})

test('a processor that does not follow ends when all of it is in the store', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'access.log'), `${kongRecord(1)}\n${kongRecord(2)}`)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const text = `input: { type: file, paths: [access.log], follow: false }\nstore: { url: '${store.url}' }\nmetrics: { listen: '127.0.0.1:0' }`
  for (let time = 0; time < 2; time++) {
    const processor = await startText(t, folder, text)
    await processor.done
    await processor.close()
  }
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.requests'), [{ rows: 2 }])
})

test('a taken port, a state folder that is in use or cannot be used, and a broken checkpoint are told by their code', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'access.log'), '')
  const first = await start(t, folder, 'http://127.0.0.1:1')
  const taken = `input: { type: file, paths: [access.log] }\nstate: other\nmetrics: { listen: '${new URL(first.url).host}' }`
  await assert.rejects(startText(t, folder, taken), { code: 'PORT_IN_USE' })
  await assert.rejects(start(t, folder, 'http://127.0.0.1:1'), { code: 'FOLDER_LOCKED' })
  writeFileSync(join(folder, 'in-the-way'), '')
  await assert.rejects(start(t, folder, 'http://127.0.0.1:1', 'state: in-the-way'), { code: 'FOLDER_UNUSABLE' })
  mkdirSync(join(folder, 'broken'))
  writeFileSync(join(folder, 'broken', 'input-file.json'), '{"version":1')
  const broken = await start(t, folder, 'http://127.0.0.1:1', 'state: broken')
  await assert.rejects(broken.done, { code: 'STATE_INVALID' })
})

test('configuration mistakes name the key', () => {
  const check = (text: string): unknown => parseConfig({ path: 'gatelens.yaml', text }, processorSchema)
  assert.throws(() => check('input: { type: file, paths: [a], form: kong }'), /input\.form: unknown key; did you mean "format"\?/)
  assert.throws(() => check('input: { type: file, paths: [a], format: cong }'), /input\.format: unknown log format "cong"; known: kong/)
  assert.throws(() => check('input: { type: file, paths: [a] }\nstore: {}\nclickhouse: {}'), /clickhouse: is another name for store/)
  assert.throws(() => check('input: { type: tape, paths: [a] }'), /input/)
  assert.throws(() => check('input: { type: file, paths: [a], batch: { linger: 10 } }'), /input\.batch\.linger/)
  assert.throws(() => check('input: { type: file, paths: [a] }\nstore: { database: "x;y" }'), /store\.database/)
})

test('the store may be called clickhouse, and is the one on this machine when it is left out', () => {
  const storeOf = (more: string): string => parseConfig({ path: 'gatelens.yaml', text: `input: { type: file, paths: [a] }\n${more}` }, processorSchema).store.url
  const url = 'http://127.0.0.1:1'
  assert.deepEqual(['store', 'clickhouse'].map((key) => storeOf(`${key}: { url: '${url}' }`)), [url, url])
  assert.equal(storeOf(''), 'http://127.0.0.1:8123')
})

async function get (processor: Processor, path: string): Promise<string> {
  const response = await fetch(`${processor.url}${path}`)
  return response.text()
}

function sample (metrics: string, name: string): number {
  const line = metrics.split('\n').find((item) => item.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}
