/** Operations without an operationId that are served below several base paths: one operation, wherever it is called. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { answersByEnd } from '../../../services/cli/drift/answers.ts'
import type { DeclaredOperation } from '../../../services/cli/drift/declared-operation.ts'
import { driftInLogs } from '../../../services/cli/drift/from-logs.ts'
import { driftInStore } from '../../../services/cli/drift/from-store.ts'
import type { Comparison, DriftOptions } from '../../../services/cli/drift/options.ts'
import { loadOptionCatalog } from '../../../services/cli/catalog-options.ts'
import { readLogs } from '../../../services/cli/report/pass.ts'
import { openLog } from '../../../services/cli/report/records.ts'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { temporaryFolder } from '../../folder.ts'
import { insertDeclared } from '../../processor/declared-fixture.ts'
import { openTestStore } from '../../processor/detect/store.ts'
import type { TestStore } from '../../processor/detect/store.ts'
import { logLine } from './traffic.ts'

const folder = temporaryFolder()
const [log, document, mended] = ['access.ndjson', 'stock.json', 'mended.json'].map((name) => join(folder, name)) as [string, string, string]
const now = Date.now()
let store: TestStore

const operation = (...statuses: string[]): object => ({ responses: Object.fromEntries(statuses.map((status) => [status, { description: '' }])) })
const paths = {
  '/items': { get: operation('200'), post: operation('201') },
  '/items/{id}': { get: operation('200'), delete: { ...operation('204'), deprecated: true } },
  '/items/{id}/parts': { get: operation('200') },
  '/custom': { additionalOperations: { COPY: operation('201'), LINK: { ...operation('204'), deprecated: true }, MOVE: operation('204') } },
  '/any': { 'x-amazon-apigateway-any-method': operation('200') },
}

function writeDocument (path: string, more: object = {}): void {
  const servers = ['v1', 'v2', 'old/v0'].map((base) => ({ url: `https://api.example.com/${base}` }))
  writeFileSync(path, JSON.stringify({ openapi: '3.2.0', info: { title: 'Stock', version: '1' }, 'x-service': 'stock', servers, paths: { ...paths, ...more } }))
}

before(async () => {
  writeDocument(document)
  writeDocument(mended, { '/items/{id}': { ...paths['/items/{id}'], patch: operation('200') } })
  const requests = [
    { uri: '/v1/items' }, { uri: '/v2/items', method: 'HEAD' }, { uri: '/old/v0/items', status: 206 },
    { uri: '/v2/items', method: 'POST', status: 409 }, { uri: '/v1/items', method: 'POST', status: 409 },
    { uri: '/v2/items/7', status: 404 }, { uri: '/v2/items/7', method: 'DELETE', status: 204, consumer: 'acme' },
    { uri: '/old/v0/items/7', method: 'DELETE', status: 410 }, { uri: '/v2/items/7', method: 'PATCH' },
    { uri: '/v1/custom', method: 'COPY', status: 201 }, { uri: '/v2/custom', method: 'LINK', status: 409 }, { uri: '/v1/custom', method: 'UNLINK' },
    { uri: '/v1/any', method: 'COPY', status: 202 }, { uri: '/v2/any', method: 'MADEUP', status: 202 },
  ]
  writeFileSync(log, requests.map((request, index) => `${logLine(index, { service: 'stock', ...request, time: now })}\n`).join(''))
  store = await openTestStore()
  const catalog = await loadOptionCatalog({ openapi: [document] })
  const events: EnrichedEvent[] = []
  await readLogs({ files: [openLog(log)], format: { type: 'kong' }, catalog, filter: [] }, (batch) => { events.push(...batch) })
  await store.insert('gatelens', events)
  await insertDeclared(store.client, 'gatelens', catalog.endpoints)
})
after(async () => {
  await store.close()
})

const defaults: DriftOptions = { format: 'kong', unusedDays: 30, minRequests: 1, top: 20, failOn: 'warning' }

const expected = [
  'deprecated-operation DELETE /v1/items/{id}  2',
  'deprecated-operation LINK /v1/custom  1',
  'undeclared-method PATCH /v2/items/{id}  1',
  'undeclared-method _OTHER /v1/custom  1',
  'undeclared-status * /v1/any 202 2',
  'undeclared-status DELETE /v1/items/{id} 410 1',
  'undeclared-status GET /v1/items 206 1',
  'undeclared-status GET /v1/items/{id} 404 1',
  'undeclared-status LINK /v1/custom 409 1',
  'undeclared-status POST /v1/items 409 2',
  'unused-operation GET /v1/items/{id}/parts  0',
  'unused-operation MOVE /v1/custom  0',
]

function brief ({ result: { findings } }: Comparison): string[] {
  return findings.map(({ kind, method, route, status, requests }) => `${kind} ${method} ${route} ${status ?? ''} ${requests}`).sort()
}

test('the log, the store, and the store held against the document count an operation below every base path', async () => {
  assert.deepEqual(brief(await driftInLogs([openLog(log)], { ...defaults, openapi: [document] })), expected)
  const stored = await driftInStore({ ...defaults, url: store.url })
  assert.deepEqual(brief(stored), expected)
  assert.deepEqual(stored.result.findings.find(({ kind }) => kind === 'deprecated-operation')?.partners, new Map([['', 1], ['acme', 1]]))
  assert.deepEqual(brief(await driftInStore({ ...defaults, url: store.url, openapi: [document] })), expected)
})

test('the views do, too', async () => {
  const found = await Promise.all([
    ['drift_deprecated', "'', requests"], ['drift_methods', "'', requests"], ['drift_statuses', 'toString(status), requests'], ['drift_unused', "'', 0"],
  ].map(async ([view = '', columns = '']) => await store.rows<{ row: string }>(
    `SELECT concatWithSeparator(' ', method, route, ${columns}) AS row FROM gatelens.${view}(days = 7)`)))
  assert.deepEqual(found.flat().map(({ row }) => row).sort(), expected.map((text) => text.replace(/^\S+ /, '')).sort())
})

test('a method that the document declares later is no finding below any base path', async () => {
  await store.create('later')
  const catalog = await loadOptionCatalog({ openapi: [document] })
  const events: EnrichedEvent[] = []
  await readLogs({ files: [openLog(log)], format: { type: 'kong' }, catalog, filter: [] }, (batch) => { events.push(...batch) })
  await store.insert('later', events)
  await insertDeclared(store.client, 'later', (await loadOptionCatalog({ openapi: [mended] })).endpoints)
  assert.deepEqual(brief(await driftInStore({ ...defaults, url: store.url, database: 'later', kind: ['undeclared-method'] })), ['undeclared-method _OTHER /v1/custom  1'])
  assert.deepEqual(await store.rows('SELECT method, route FROM later.drift_methods(days = 7)'), [{ method: '_OTHER', route: '/v1/custom' }])
})

test('the end of a route tells an operation only where a base path is before it', () => {
  const listed = (template: string, base = '/v1', method = 'GET'): DeclaredOperation =>
    ({ service: 's', api: 'a', method, route: `${base}${template}`, template, operationId: '', deprecated: false, statuses: [], source: '', where: '' })
  const byEnd = answersByEnd([listed('/lines'), listed('/orders/lines'), listed('/orders/{id}'), listed('/events#made')])
  const find = (route: string, asked: object = {}): string | undefined =>
    byEnd({ service: 's', api: 'a', method: 'GET', operation_id: '', route, ...asked })?.template
  assert.deepEqual(['/v2/lines', '/v2/orders/lines', '/v2/orders/{id}'].map((route) => find(route)), ['/lines', '/orders/lines', '/orders/{id}'])
  assert.deepEqual(['/orders/{id}/lines', '/v1/admin/lines', '/v2/slines', '/v2/events', '/v2'].map((route) => find(route)), Array(5).fill(undefined))
  assert.deepEqual([{ method: 'HEAD' }, { method: 'PUT' }, { service: 'other' }, { api: 'other' }].map((asked) => find('/v2/lines', asked)),
    ['/lines', undefined, undefined, undefined])
})
