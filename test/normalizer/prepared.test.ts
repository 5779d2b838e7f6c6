import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { buffersOf, compile, endpointsOf, open, prepare, readOpenApi } from '../../normalizer/index.ts'
import type { ApiDocument, Match, MatchRequest, Normalizer, Prepared } from '../../normalizer/index.ts'
import { createTextWriter, readText } from '../../normalizer/texts.ts'
import { generateDocument } from '../bench/normalizer/generate.ts'

const github = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json')

/** What is found only under odd keys: mixed segments, spans, texts beyond Latin-1, a path of many documents. */
const odd = {
  openapi: '3.0.3',
  info: { title: 'Größe 尺寸 \ud800', version: '1' },
  servers: [{ url: 'https://{region}.example.com/v1' }, { url: '/v1' }],
  paths: {
    '/files/{path+}': { get: { operationId: 'é', responses: { 200: {}, '4XX': {}, default: {} } } },
    '/files/{name+}:cancel': { post: { deprecated: true, responses: { 204: {} } } },
    '/reports/{a}-{b}.json': { get: { responses: { 200: {} } } },
    '/names/尺寸/': { get: { responses: { 200: {} } }, head: { responses: { 200: {} } } },
    [`/long/${'x'.repeat(10_000)}`]: { get: { responses: { 200: {} } } },
  },
}

function readAll (): ApiDocument[] {
  const shared = Array.from({ length: 20 }, (_, index) => readOpenApi(
    { openapi: '3.0.3', info: { title: `S${index}`, version: '1' }, paths: { '/health': { get: { operationId: 'health', responses: { 200: {} } } } } },
    { service: `s${index % 3}`, source: `${index}.json` }))
  return [
    readOpenApi(JSON.parse(readFileSync(github, 'utf8')), { service: 'github', source: 'github.json' }),
    readOpenApi(odd, { service: 'odd', source: 'odd.json' }), ...shared, shared[0]!,
  ]
}

function requestsFor (normalizer: Normalizer): MatchRequest[] {
  const declared = normalizer.endpoints.map(({ method, route }) => ({ method, path: route.replace(/\{[^}]*\}/g, 'some-value') }))
  const others = ['/files/a/b/c', '/v1/files/a/b:cancel', '/reports/1-2.json', '/health', '/health/', '/names/%E5%B0%BA%E5%AF%B8/', '/nowhere', '*', '']
  return [...declared, ...others.flatMap((path) => ['GET', 'HEAD', 'OPTIONS', 'POST'].map((method) => ({ method, path }))),
    { method: 'GET', path: '/health', service: 's1' }, { method: 'GET', path: '/health', host: 'eu.example.com' }]
}

test('a catalog that went to another thread answers every request as the compiled one does', () => {
  const apis = readAll()
  const compiled = compile(apis)
  const prepared = prepare(apis)
  const opened = open(structuredClone(prepared, { transfer: buffersOf(prepared) }))
  const ask = (normalizer: Normalizer, request: MatchRequest): [Match, unknown] => {
    const match = normalizer.match(request)
    return [match, normalizer.params(request, match)]
  }
  for (const request of requestsFor(compiled)) assert.deepEqual(ask(opened, request), ask(compiled, request))
  for (const path of ['/files/a/b/c', '/health', '/repos/a/b/isues']) assert.deepEqual(opened.explain({ method: 'GET', path }), compiled.explain({ method: 'GET', path }))
  assert.deepEqual(opened.endpoints, compiled.endpoints)
  assert.deepEqual(opened.problems, compiled.problems)
})

test('the endpoint of an answer is one of the declared ones, and the same at every answer', () => {
  const normalizer = open(prepare(readAll()))
  const first = normalizer.match({ method: 'GET', path: '/reports/1-2.json' })
  assert.equal(first.outcome, 'matched')
  assert.ok(normalizer.endpoints.includes(first.endpoint!))
  const second = normalizer.match({ method: 'GET', path: '/reports/3-4.json' })
  assert.deepEqual([second.endpoint === first.endpoint, second.form === first.form], [true, true])
})

test('endpoints that are read one by one are those that are read all at once', () => {
  const prepared = prepare(readAll())
  assert.deepEqual([...endpointsOf(prepared)], open(prepared).endpoints)
})

test('whatever number of operations there is, the same few parts go to another thread, and the rest in buffers that are not copied', () => {
  const [few, many] = [20, 2000].map((count): Prepared => ({ ...prepare([readOpenApi(generateDocument(1, count), { service: 's', source: 's.json' })]), problems: [] }))
  assert.equal(open(many!).endpoints.length, 2000)
  assert.equal(countParts(many), countParts(few))
  assert.equal(new Set(buffersOf(many!)).size, buffersOf(many!).length)
  const bytes = buffersOf(many!).reduce((sum, { byteLength }) => sum + byteLength, 0)
  assert.ok(bytes < 2000 * 1000, `${bytes} bytes`)
  structuredClone(many, { transfer: buffersOf(many!) })
  assert.equal(viewsIn(many).reduce((sum, { byteLength }) => sum + byteLength, 0), 0, 'something stayed behind, and was copied')
})

test('texts of every kind come out of a table as they went in', () => {
  const texts = ['', 'plain', 'größe', '尺寸', '\ud83d\ude00', '\ud800', '\udc00 alone', 'a'.repeat(9000), '尺'.repeat(9001), '\0']
  const writer = createTextWriter()
  const numbers = [...texts, ...texts].map((text) => writer.add(text))
  const table = writer.finish()
  assert.deepEqual(numbers.map((number) => readText(table, number)), [...texts, ...texts])
  assert.equal(table.ends.length, texts.length)
})

/** How many values there are outside of typed arrays. */
function countParts (value: unknown): number {
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return 1
  return 1 + partsOf(value).reduce<number>((sum, part) => sum + countParts(part), 0)
}

function viewsIn (value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value]
  return typeof value === 'object' && value !== null ? partsOf(value).flatMap(viewsIn) : []
}

function partsOf (value: object): unknown[] {
  return value instanceof Map ? [...value].flat() : Object.values(value)
}
