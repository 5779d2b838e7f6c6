/** Drift through the store: the table that it is counted in, the views, and the command line, which must all say the same. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { driftInLogs } from '../../../services/cli/drift/from-logs.ts'
import { driftInStore } from '../../../services/cli/drift/from-store.ts'
import type { DriftOptions } from '../../../services/cli/drift/options.ts'
import { shapeDrift } from '../../../services/cli/drift/shape.ts'
import type { DriftShape, FindingShape } from '../../../services/cli/drift/shape.ts'
import { suggestDocuments } from '../../../services/cli/drift/suggest.ts'
import { readProcessorConfig } from '../../../services/cli/processor-config.ts'
import { readLogs } from '../../../services/cli/report/pass.ts'
import { openLog } from '../../../services/cli/report/records.ts'
import { loadCatalog } from '../../../services/processor/catalog/load.ts'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { deliver } from '../../../services/processor/publish/deliver.ts'
import { tabulateEvents } from '../../processor/publish/whole-batch.ts'
import { temporaryFolder } from '../../folder.ts'
import { insertDeclared } from '../../processor/declared-fixture.ts'
import { openTestStore } from '../../processor/detect/store.ts'
import type { TestStore } from '../../processor/detect/store.ts'
import { root, runCommand } from '../run-command.ts'
import { driftingLog } from './traffic.ts'

const database = 'gatelens'
const day = 86_400_000
/** The last moment of today, so that the days of the log are today and the three before, whenever the test runs. */
const end = (Math.floor(Date.now() / day) + 1) * day - 1
const folder = temporaryFolder()
const log = join(folder, 'access.ndjson')
const config = join(folder, 'gatelens.yaml')
let store: TestStore
let events: EnrichedEvent[] = []

before(async () => {
  store = await openTestStore()
  writeFileSync(log, driftingLog(end))
  writeFileSync(config, `
input: { type: file, paths: [access.ndjson] }
catalog: { openapi: ['${root}/examples/openapi'], backstage: ['${root}/examples/catalog-info.yaml'], partners: '${root}/examples/partners.yaml' }
privacy: { key: 'a key of the tests alone' }
store: { url: '${store.url}', database: ${database} }
`)
  const { settings } = readProcessorConfig(config)
  const catalog = await loadCatalog(settings.catalog, { base: folder })
  await readLogs({ files: [openLog(log)], format: { type: 'kong' }, catalog, filter: [], privacy: settings.privacy }, (batch) => { events = [...events, ...batch] })
  await insertEvents(database)
  await insertDeclared(store.client, database, catalog.endpoints)
})
after(async () => {
  await store.close()
})

const defaults: DriftOptions = { format: 'kong', unusedDays: 30, minRequests: 1, top: 20, failOn: 'warning' }

/** In this process, as a start of the command line costs a second. */
async function drift (options: Partial<DriftOptions> = {}, ...logs: string[]): Promise<DriftShape> {
  const all = { ...defaults, ...options }
  const { result } = await (logs.length === 0 ? driftInStore(all) : driftInLogs(logs.map(openLog), all))
  return shapeDrift(result)
}

function brief ({ level, kind, method, route, status, requests }: FindingShape): string {
  return [level, kind, method, route, status ?? '', requests].filter((part) => part !== '').join(' ')
}

test('every kind of drift is found in the store, and what is no drift is not', async () => {
  const { findings, operations } = await drift({ config })
  assert.equal(operations, 30)
  const found = findings.filter(({ kind }) => kind !== 'unused-operation')
  assert.deepEqual(found.map(brief), [
    'error undocumented-path /v1/orders/{uuid}/invoice 3',
    'error undeclared-method PUT /v1/orders/{orderId} 1',
    'warning deprecated-operation DELETE /v1/orders/{orderId} 2',
    'warning undeclared-status POST /v1/orders 409 1',
    'note undeclared-method DELETE /v1/orders/{orderId}/status 1',
    'note undeclared-status POST /v1/orders 500 1',
    'note undocumented-path /v1/warehouse/{int} 1',
  ])
  const [invoice] = found
  assert.deepEqual(invoice?.partners, [{ partner: 'acme-logistics', requests: 2 }, { partner: 'walk-in', requests: 1 }])
  assert.deepEqual([invoice?.owner, invoice?.methods, invoice?.statuses], ['fulfilment', { GET: 2, POST: 1 }, { 200: 2, 201: 1 }])
  assert.match(invoice?.sample?.path ?? '', /^\/v1\/orders\/[0-9a-f]{12}\/invoice$/)
})

test('the store and the log itself give the same findings', async () => {
  const stored = await drift({ config })
  const logged = await drift({ config }, log)
  // Who owns what nobody called is not in the store.
  const known = ({ findings }: DriftShape): FindingShape[] => findings.map((item) => item.kind === 'unused-operation' ? { ...item, owner: '' } : item)
  assert.deepEqual(known(stored), known(logged))
  assert.ok(logged.findings.every(({ owner }) => owner !== ''))
  assert.equal(stored.counted_since, logged.counted_since)
})

test('the store and the log itself suggest the same documents', async () => {
  const fromStore = suggestDocuments(await driftInStore({ ...defaults, config }), { minRequests: 1 })
  assert.deepEqual(fromStore, suggestDocuments(await driftInLogs([openLog(log)], { ...defaults, config }), { minRequests: 1 }))
  assert.deepEqual(fromStore.map(({ service, document }) => [service, Object.keys(document.paths as object)]),
    [['orders', ['/orders/{orderId}', '/orders/{orderId}/invoice']]])
})

test('the views give the same findings as the command', async () => {
  const { findings } = await drift({ config, unusedDays: 2 })
  const of = (kind: string): FindingShape[] => findings.filter((finding) => finding.kind === kind)
  const time = (iso: string | null): string | null => iso?.slice(0, 23).replace('T', ' ') ?? null
  const top = ({ partners }: FindingShape): unknown => partners.map(({ partner, requests }) => [partner, requests])
  const rows = async (sql: string): Promise<unknown[]> => (await store.rows<Record<string, unknown>>(sql)).map((row) => Object.values(row))
  const order = (a: unknown, b: unknown): number => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
  const same = async (sql: string, expected: unknown[]): Promise<void> => {
    assert.ok(expected.length > 0, sql)
    assert.deepEqual((await rows(sql)).sort(order), expected.sort(order))
  }
  await same(`SELECT service, owner, route, requests, served, first_seen, last_seen, methods, partners, top_partners, sample_path FROM ${database}.drift_undocumented(days = 7)`,
    of('undocumented-path').map((item) => [item.service, item.owner, item.route, item.requests, item.served, time(item.first_seen), time(item.last_seen),
      Object.keys(item.methods).sort(), item.distinct_partners, top(item), item.sample?.path]))
  await same(`SELECT service, route, method, requests, served, last_seen, partners, top_partners FROM ${database}.drift_methods(days = 7)`,
    of('undeclared-method').map((item) => [item.service, item.route, item.method, item.requests, item.served, time(item.last_seen), item.distinct_partners, top(item)]))
  await same(`SELECT service, route, method, operation_id, status, requests, first_seen FROM ${database}.drift_statuses(days = 7)`,
    of('undeclared-status').map((item) => [item.service, item.route, item.method, item.operation_id, item.status, item.requests, time(item.first_seen)]))
  await same(`SELECT service, route, method, requests, first_seen, last_seen, partners, top_partners FROM ${database}.drift_deprecated(days = 7)`,
    of('deprecated-operation').map((item) => [item.service, item.route, item.method, item.requests, time(item.first_seen), time(item.last_seen), item.distinct_partners, top(item)]))
  await same(`SELECT service, route, method, operation_id, deprecated, last_seen FROM ${database}.drift_unused(days = 2)`,
    of('unused-operation').map((item) => [item.service, item.route, item.method, item.operation_id, item.deprecated, time(item.last_seen)]))
})

/** Inserts the log's events as the processor does; a second time, as it does after a crash. */
async function insertEvents (name: string, again = false): Promise<void> {
  await deliver({ client: store.client, database: name }, { token: 'one', parts: tabulateEvents(events) }, { again, refused: () => {} })
}

test('a batch that is sent twice counts once', async () => {
  const before = await store.rows(`SELECT * FROM ${database}.drift_1d ORDER BY ALL`)
  await insertEvents(database, true)
  assert.deepEqual(await store.rows(`SELECT * FROM ${database}.drift_1d ORDER BY ALL`), before)
  const [sums] = await store.rows(`SELECT sum(requests) AS counted, (SELECT count() FROM ${database}.requests WHERE outcome NOT IN ('unmatched', 'malformed')) AS stored FROM ${database}.drift_1d`)
  assert.deepEqual(sums, { counted: 16, stored: 16 })
})

test('an operation is unused from the day after the window in which it was used last', async () => {
  const unused = async (unusedDays: number, to: number): Promise<string[]> => {
    const { findings } = await drift({ config, kind: ['unused-operation'], service: ['orders'], unusedDays, to: new Date(to).toISOString().slice(0, 10) })
    return findings.map(({ operation_id: id, last_seen: last }) => `${id} ${last === null ? 'never' : (Date.parse(last) - end) / day}`)
  }
  const never = ['exportOrders never', 'getOrder never', 'getOrderItem never', 'updateOrderStatus never', 'cancelOrder never']
  assert.deepEqual(await unused(3, end), never)
  assert.deepEqual(await unused(1, end - day), ['createOrder never', ...never, 'listOrders -2', 'deleteOrder -2'])
  assert.deepEqual(await unused(2, end - day), ['createOrder never', ...never])
})

test('a window may reach beyond all days that there are', async () => {
  const windows: Array<Partial<DriftOptions>> = [{ since: 999_999 * day }, { from: '1900-01-01', to: '9999-12-31' }]
  for (const window of windows) {
    const { findings } = await drift({ config, kind: ['undeclared-method'], ...window })
    assert.deepEqual(findings.map(({ method }) => method), ['PUT', 'DELETE'])
  }
})

test('gateway statuses count when they are asked for', async () => {
  const { findings } = await drift({ config, kind: ['undeclared-status'], gatewayStatuses: true })
  assert.deepEqual(findings.map(brief), [
    'warning undeclared-status POST /v1/orders 401 1', 'warning undeclared-status POST /v1/orders 409 1',
    'warning undeclared-status POST /v1/orders 429 1', 'note undeclared-status POST /v1/orders 500 1',
  ])
})

test('a changed document is held against the past before anybody loads it', async () => {
  const document = join(folder, 'orders.json')
  const operation = (...statuses: string[]): unknown => ({ responses: Object.fromEntries(statuses.map((status) => [status, { description: '' }])) })
  writeFileSync(document, JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Orders', version: '2' },
    'x-service': 'orders',
    servers: [{ url: 'https://api.example.com/v1' }],
    paths: {
      '/orders': { get: operation('200'), post: operation('4XX', '5XX') },
      '/orders/{id}': { put: operation('default'), delete: operation('204') },
      '/orders/{id}/invoice': { get: operation('200') },
    },
  }))
  const { findings } = await drift({ url: store.url, openapi: [document], kind: ['undocumented-path', 'undeclared-method', 'undeclared-status', 'deprecated-operation'] })
  assert.deepEqual(findings.map(brief), [
    'error undeclared-method POST /v1/orders/{id}/invoice 1',
    'note undocumented-path /v1/orders/{orderId}/status 1',
    'note undocumented-path /v1/warehouse/{int} 1',
  ])
})

test('a catalog that the processor loads later ends the findings that it declares', async () => {
  const catalog = await loadCatalog(readProcessorConfig(config).settings.catalog, { base: folder })
  const declared = [
    ['GET', '/v1/orders/{orderId}/invoice'], ['POST', '/v1/orders/{orderId}/invoice'], ['PUT', '/v1/orders/{orderId}'],
  ].map(([method = '', route = '']) => ({ ...catalog.endpoints[0]!, service: 'orders', method, route, template: route, operationId: '', deprecated: false, statuses: [] }))
  await store.create('later')
  await insertEvents('later')
  await insertDeclared(store.client, 'later', [...catalog.endpoints, ...declared])
  const { findings } = await drift({ url: store.url, database: 'later', kind: ['undocumented-path', 'undeclared-method'] })
  assert.deepEqual(findings.map(brief), ['note undeclared-method DELETE /v1/orders/{orderId}/status 1', 'note undocumented-path /v1/warehouse/{int} 1'])
})

test('a database without the table says what to do, an empty window where the requests are', async () => {
  await store.client.command({ query: 'CREATE DATABASE bare' })
  await assert.rejects(drift({ url: store.url, database: 'bare' }), { code: 'SCHEMA_MISSING', where: 'bare', hint: /^Run "gatelens migrate"/ })
  const early = await runCommand(['drift', '--config', config, '--from', '2020-01-01', '--to', '2020-01-31', '--kind', 'undocumented-path'])
  assert.equal(early.code, 0)
  assert.match(early.stderr, new RegExp(`^note: no requests in this window; the newest request in the store is of ${new Date(end).toISOString().slice(0, 10)}; try --to`))
})
