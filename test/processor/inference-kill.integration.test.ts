import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { firstMessage, startChild } from './child.ts'
import { makeFolder } from './input/fixture.ts'
import { kongRecord } from './kong-fixture.ts'
import { startStoreProcess } from './store-fixture.ts'

/** Words that are known, so that they stay; unknown ones would be one label. */
const words = ('orders invoices payments users accounts cards reports files events messages products prices carts coupons refunds shipments returns ' +
  'vendors stores regions cities hotels flights seats tickets bookings claims policies loans transfers balances statements devices sensors alerts ' +
  'jobs tasks queues topics images').split(' ')
const word = (index: number): string => words[index % words.length]!

/** One of 400 undeclared paths, in an order that has nothing to do with their number. */
const pathOf = (number: number): string => {
  const choice = number * 7919 % 400
  return `/v1/${word(choice % 40)}/${number}/${word(Math.floor(choice / 40))}`
}

test('inferred routes that were published come back equal, however often the processor is killed', async (t) => {
  const folder = makeFolder(t)
  const log = join(folder, 'access.log')
  const config = join(folder, 'gatelens.yaml')
  const store = await startStoreProcess(t, join(folder, 'store'))
  writeFileSync(log, '')
  writeFileSync(config, `
input: { type: file, paths: [access.log], poll: 10ms, batch: { records: 50, linger: 10ms } }
normalize: { inference: { per_level: 20, per_service: 100, total: 150 } }
store: { url: '${store.url}' }
metrics: { listen: '127.0.0.1:0' }
log: { level: error }
`)
  let written = 0
  const write = (count: number): void => {
    const lines = []
    for (const end = written + count; written < end; written++) lines.push(JSON.stringify(recordOf(written)))
    appendFileSync(log, `${lines.join('\n')}\n`)
  }
  const rows = async (): Promise<number> => {
    const tables = await store.query("SELECT name FROM system.tables WHERE database = 'gatelens' AND name = 'requests'")
    return tables.length === 0 ? 0 : Number((await store.query('SELECT count() AS rows FROM gatelens.requests'))[0]?.rows)
  }
  const live = async (end: NodeJS.Signals, isOver: (rows: number) => boolean): Promise<void> => {
    const child = startChild('./processor-child.ts', [config])
    t.after(() => child.end('SIGKILL'))
    await firstMessage(child)
    while (!isOver(await rows())) {
      assert.equal(child.process.exitCode, null, 'the processor ended by itself')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await child.end(end)
  }
  for (let life = 0; life < 4; life++) {
    const before = await rows()
    write(300)
    await live('SIGKILL', (now) => now > before)
  }
  await live('SIGTERM', (now) => now === written)
  const published = await store.query('SELECT request_id, route FROM gatelens.requests')
  assert.equal(published.length, written)
  const routesOf = new Map<string, Set<string>>()
  for (const { request_id: id, route } of published) {
    const path = pathOf(Number.parseInt(String(id), 16)).replace(/\d+/g, '0')
    routesOf.set(path, (routesOf.get(path) ?? new Set()).add(String(route)))
  }
  // A path may be turned away while there is no room for it, but what it is called once it is called always.
  assert.deepEqual([...routesOf].filter(([, routes]) => routes.size > 1), [])
  const routes = new Set(published.map(({ route }) => String(route)))
  assert.ok(routes.has('__other__') && routes.size > 50 && routes.size <= 101, `${routes.size} routes`)
  const state = JSON.parse(readFileSync(join(folder, 'state', 'inference.json'), 'utf8')) as { services: Record<string, string[]> }
  assert.deepEqual(new Set(Object.values(state.services).flat()), new Set([...routes].filter((route) => route !== '__other__')))
})

function recordOf (number: number): object {
  const record = JSON.parse(kongRecord(number)) as { request: object }
  const path = pathOf(number)
  return { ...record, request: { ...record.request, uri: path, url: `https://api.example.com:443${path}` }, upstream_uri: path }
}
