import assert from 'node:assert/strict'
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { processorSchema } from '../../services/processor/config.ts'
import { startProcessor } from '../../services/processor/processor.ts'
import type { Processor } from '../../services/processor/processor.ts'
import { parseConfig } from '../../services/runtime/config.ts'
import { createLog } from '../../services/runtime/log.ts'
import { migrate } from '../../services/store/migrate.ts'
import { until } from '../until.ts'
import { apiDocument } from './document-server.ts'
import { makeFolder } from './input/fixture.ts'
import { kongRecord } from './kong-fixture.ts'
import { prepareTables, startStoreProcess } from './store-fixture.ts'
import type { RunningStore } from './store-fixture.ts'

async function start (t: TestContext, folder: string, url: string, threads = 1): Promise<Processor> {
  const text = `
input: { type: file, paths: [access.log], poll: 10ms, batch: { linger: 100ms } }
catalog: { openapi: ['*.yaml'], partners: partners.yml, refresh: { files: 50ms } }
store: { url: '${url}' }
threads: ${threads}
metrics: { listen: '127.0.0.1:0' }`
  const config = parseConfig({ path: join(folder, 'gatelens.yaml'), text }, processorSchema)
  const processor = await startProcessor(config, { prepareStore: migrate, base: folder, log: createLog('test', 'silent') })
  t.after(() => processor.close())
  return processor
}

const history = 'SELECT version, change, route, changed FROM gatelens.catalog_endpoints FINAL ORDER BY version, change, route'
const countAll = async (store: RunningStore): Promise<number> =>
  Number((await store.query('SELECT count() AS n FROM gatelens.requests'))[0]?.n)

for (const threads of [1, 2]) {
  test(`while the log grows another catalog comes: no request is lost, and each says by which it was resolved, with ${threads} threads`, async (t) => {
    await swapsWhileGrowing(t, threads)
  })
}

async function swapsWhileGrowing (t: TestContext, threads: number): Promise<void> {
  const folder = makeFolder(t)
  const log = join(folder, 'access.log')
  writeFileSync(log, '')
  writeFileSync(join(folder, 'a.yaml'), apiDocument('Orders', '/v1/orders/{id}', '/v1/carts'))
  writeFileSync(join(folder, 'partners.yml'), 'partners: []\n')
  const store = await startStoreProcess(t, join(folder, 'store'))
  await prepareTables(store.client)
  const processor = await start(t, folder, store.url, threads)
  let sent = 0
  const grow = (): void => { appendFileSync(log, Array.from({ length: 20 }, () => `${kongRecord(sent++)}\n`).join('')) }
  const timer = setInterval(grow, 50)
  t.after(() => clearInterval(timer))
  await until(async () => await countAll(store) > 100)
  const before = (await status(processor)).digest
  writeFileSync(join(folder, 'a.yaml'), apiDocument('Orders', '/v1/orders/{order}', '/v2/carts'))
  await until(async () => (await status(processor)).digest !== before)
  const after = (await status(processor)).digest
  const swappedAt = sent
  await until(async () => sent > swappedAt + 200)
  clearInterval(timer)
  await until(async () => await countAll(store) === sent)
  const rows = await store.query('SELECT catalog, route, uniqExact(event_id) AS n FROM gatelens.requests GROUP BY ALL ORDER BY min(source_offset)')
  assert.deepEqual(rows.map(({ catalog, route }) => [catalog, route]), [[before, '/v1/orders/{id}'], [after, '/v1/orders/{order}']])
  assert.equal(rows.reduce((sum, { n }) => sum + Number(n), 0), sent)
  await until(async () => (await store.query(history)).length === 6)
  assert.deepEqual((await store.query(history)).map(({ version, change, route }) => `${version} ${change} ${route}`), [
    '1 added /v1/carts', '1 added /v1/orders/{id}', '2 added /v1/orders/{order}', '2 added /v2/carts', '2 removed /v1/carts', '2 removed /v1/orders/{id}',
  ])
  assert.deepEqual(await store.query('SELECT route FROM gatelens.catalog_endpoints_current ORDER BY route'), [{ route: '/v1/orders/{order}' }, { route: '/v2/carts' }])
}

test('the history of endpoints has each change once, whatever restarts, and what changed while the store was away', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'access.log'), '')
  writeFileSync(join(folder, 'partners.yml'), 'partners: [{ name: acme, quotas: { daily: 5 } }]\n')
  writeFileSync(join(folder, 'a.yaml'), apiDocument('A', '/a'))
  writeFileSync(join(folder, 'b.yaml'), apiDocument('B', '/b'))
  const store = await startStoreProcess(t, join(folder, 'store'))
  await prepareTables(store.client)
  for (let run = 0; run < 2; run++) {
    const processor = await start(t, folder, store.url)
    await until(async () => (await store.query(history)).length >= 2)
    await processor.close()
  }
  assert.deepEqual((await store.query(history)).map(({ version, change }) => `${version} ${change}`), ['1 added', '1 added'])
  const processor = await start(t, folder, store.url)
  await store.stop()
  rmSync(join(folder, 'b.yaml'))
  writeFileSync(join(folder, 'a.yaml'), apiDocument('A', '/a').replace('geta', 'getAll').replace('\'200\'', '\'204\''))
  writeFileSync(join(folder, 'partners.yml'), 'partners: [{ name: acme, quotas: { daily: 7 } }]\n')
  await until(async () => (await status(processor)).endpoints === 1)
  const again = await startStoreProcess(t, join(folder, 'store'), store.port)
  await until(async () => (await again.query(history)).length === 4)
  assert.deepEqual((await again.query(history)).slice(2), [
    { version: 2, change: 'changed', route: '/a', changed: ['operation_id', 'statuses'] },
    { version: 2, change: 'removed', route: '/b', changed: [] },
  ])
  await until(async () => (await again.query('SELECT quotas[\'daily\'] AS daily FROM gatelens.partners_current'))[0]?.daily === 7)
})

async function status (processor: Processor): Promise<{ digest: string, endpoints: number }> {
  const response = await fetch(`${processor.url}/readyz`)
  return (await response.json() as { catalog: { digest: string, endpoints: number } }).catalog
}
