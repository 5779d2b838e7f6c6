import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadCatalog } from '../../services/processor/catalog/load.ts'
import { catalogSchema } from '../../services/processor/catalog/config.ts'
import type { Catalog } from '../../services/processor/catalog/load.ts'
import { parseSource, isBroken } from '../../services/processor/catalog/reading/document.ts'
import { loadPartners } from '../../services/processor/catalog/partners/partners.ts'
import { serviceOfPath } from '../../services/processor/catalog/openapi/api-document.ts'
import { GatelensError } from '../../services/runtime/errors.ts'
import { sourceFolder } from '../built.ts'
import { normalizedEvent } from './event.ts'

const base = join(sourceFolder(import.meta.dirname), 'catalog')
const folder = mkdtempSync(join(tmpdir(), 'gatelens-catalog-'))
after(() => rmSync(folder, { recursive: true }))
const whole = (from = base): Promise<Catalog> =>
  loadCatalog({ openapi: ['apis'], backstage: ['catalog-info.yaml'], kong: 'kong.yml', partners: 'partners.yaml' }, { base: from })
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('documents of all kinds, references into other files and inline definitions become endpoints', async () => {
  const { endpoints } = await whole()
  assert.deepEqual(endpoints.map(({ service, method, route, operationId }) => `${service} ${method} ${route} ${operationId}`), [
    'order-service GET /v1/orders listOrders',
    'order-service GET /v1/orders/{orderId} getOrder',
    'order-service PATCH /v1/orders/{orderId}/status setStatus',
    'payments POST /v1/payments pay',
    'payments POST /v1/payments/{paymentId}/refunds refund',
    'payments GET /v1/customers/{customerId}/statements listStatements',
    'inventory GET /v1/products/{slug} getProduct',
  ])
})

test('services have owner, system, domain, lifecycle and contact from Backstage and from the documents', async () => {
  const { services } = await whole()
  assert.deepEqual(services.get('order-service'), {
    name: 'order-service', owner: 'team-orders', system: 'shop', domain: 'commerce', lifecycle: 'production', contact: 'orders@example.com',
  })
  assert.equal(services.get('inventory')?.owner, 'team-stock')
  assert.ok(services.has('payments'))
})

test('the service of a document is the named one, else Backstage\'s provider, else x-service, else the file name', async () => {
  const named = await loadCatalog({ openapi: [{ path: 'apis/orders.yaml', service: 'explicit' }], backstage: ['catalog-info.yaml'] }, { base })
  assert.deepEqual([...new Set(named.endpoints.map(({ service }) => service))], ['explicit', 'inventory'])
  const plain = await loadCatalog({ openapi: ['apis/*.{yaml,json}'] }, { base })
  assert.deepEqual([...new Set(plain.endpoints.map(({ service }) => service))], ['orders', 'payments'])
  assert.deepEqual(['/a/billing.yaml', '/a/billing.openapi.json', '/a/billing/openapi.yaml', '/openapi.yml'].map(serviceOfPath), ['billing', 'billing', 'billing', 'openapi'])
})

test('a broken document is skipped with its place and its reason, and the rest loads', async () => {
  const { endpoints, problems } = await loadCatalog({ openapi: ['broken'] }, { base })
  assert.deepEqual(endpoints.map(({ route }) => route).sort(), ['/fine', '/good'])
  const found = problems.map(({ severity, code, source, line }) => `${severity} ${code} ${source.replace(/.*\//, '')}:${line}`)
  assert.deepEqual(found.sort(), [
    'error invalid-path-item odd.yaml:6',
    'error unreadable syntax.json:3',
    'error unreadable syntax.yaml:6',
    'error unresolved-reference good.yaml:5',
  ])
  assert.ok(problems.every(({ message }) => message.length > 10 && !message.includes('\n')))
})

test('findings of the normalizer get the line of their place, in YAML and in JSON', async () => {
  const { problems } = await whole()
  assert.ok(problems.some(({ code, source, line }) => code === 'undeclared-parameter' && source.endsWith('payments.json') && line === 11))
})

test('remote and missing locations of Backstage are told with file and line', async () => {
  const { problems } = await loadCatalog({ backstage: ['catalog-info.yaml'] }, { base })
  const locations = problems.filter(({ code }) => code === 'location')
  assert.deepEqual(locations.map(({ message, line }) => `${line} ${message}`), [
    '4 no file matches a target of the location: ./nowhere.yaml',
    '4 a remote location is not followed: https://example.com/catalog-info.yaml',
  ])
})

test('a path, folder or glob without any API document is CATALOG_EMPTY and is named', async () => {
  for (const source of ['nope/*.yaml', 'nowhere.yaml', 'broken/notes.y*']) {
    await assert.rejects(loadCatalog({ openapi: [source] }, { base }), (error: unknown) =>
      error instanceof GatelensError && error.code === 'CATALOG_EMPTY' && error.message.includes(source), source)
  }
  await assert.rejects(loadCatalog({ kong: 'nowhere.yml' }, { base }), (error: unknown) => error instanceof GatelensError && error.code === 'CATALOG_EMPTY')
})

test('a file that is named but is no API document is a problem', async () => {
  const { endpoints, problems } = await loadCatalog({ openapi: ['partners.yaml'] }, { base })
  assert.deepEqual([endpoints.length, problems.map(({ code }) => code)], [0, ['not-openapi']])
})

test('without sources the catalog is empty', async () => {
  const catalog = await loadCatalog({}, { base })
  assert.deepEqual([catalog.endpoints, catalog.problems, catalog.partners], [[], [], []])
  assert.deepEqual(catalog.findPartner(normalizedEvent()), { name: '', tier: '' })
})

test('a gateway consumer is found under all its names, and by its credentials, when the partner claims one of them', async () => {
  const { findPartner } = await whole()
  for (const caller of [{ consumer: 'acme-logistics' }, { consumer_custom_id: 'PARTNER-0001', consumer: 'x' }, { credential_id: '2c5d3180-7463-46df-a29f-d6b2e579c669' }]) {
    assert.deepEqual(findPartner(normalizedEvent(caller)), { name: 'acme', tier: 'gold' })
  }
})

test('the digest changes with what is declared and not with where it stands', async () => {
  const one = await whole()
  assert.match(one.digest, /^[0-9a-f]{32}$/)
  const elsewhere = join(folder, 'elsewhere')
  cpSync(base, elsewhere, { recursive: true })
  assert.equal(one.digest, (await whole(elsewhere)).digest)
  assert.notEqual(one.digest, (await loadCatalog({ openapi: ['apis'], backstage: ['catalog-info.yaml'] }, { base })).digest)
  writeFileSync(join(elsewhere, 'partners.yaml'), readFileSync(join(elsewhere, 'partners.yaml'), 'utf8').replace(/daily: \d+/, 'daily: 7'))
  assert.notEqual(one.digest, (await whole(elsewhere)).digest)
})

test('a claim that two partners make is an error with both places', () => {
  const file = write('partners.yaml', 'partners:\n  - name: acme\n    consumers: [one, two]\n  - name: globex\n    consumers:\n      - three\n      - two\n')
  assert.throws(() => loadPartners(file), (error: unknown) => error instanceof GatelensError && error.code === 'CONFIG_INVALID' &&
    error.where === `${file}:7` && error.message === 'partners[1].consumers[1]: the consumer "two" is already claimed at partners[0].consumers[1]')
  const twice = write('twice.yaml', 'partners:\n  - name: acme\n  - name: acme\n')
  assert.throws(() => loadPartners(twice), /the name "acme" is already claimed at partners\[0\]\.name/)
})

test('a gateway consumer that two partners claim under different names is a warning', async () => {
  write('claims.yaml', 'partners:\n  - name: acme\n    consumers: [acme-logistics]\n  - name: globex\n    consumers: [PARTNER-0001]\n')
  const { problems } = await loadCatalog({ kong: 'kong.yml', partners: join(folder, 'claims.yaml') }, { base })
  assert.deepEqual(problems.filter(({ code }) => code === 'partner-conflict').map(({ message }) => message),
    ['the gateway\'s consumer "acme-logistics" is claimed by globex and acme'])
})

test('references over the network are never followed, and are told', async () => {
  write('remote.yaml', 'openapi: 3.0.0\ninfo: { title: Remote, version: "1" }\npaths:\n  /a: { get: {} }\n  /b:\n    $ref: http://127.0.0.1:9/b.yaml\n')
  const { endpoints, problems } = await loadCatalog({ openapi: ['remote.yaml'] }, { base: folder })
  assert.deepEqual(endpoints.map(({ route }) => route), ['/a'])
  assert.ok(problems.some(({ code, message }) => code === 'unresolved-reference' && message.includes('http://127.0.0.1:9/b.yaml')), JSON.stringify(problems))
})

test('unknown keys of a partner and of the catalog are errors', () => {
  assert.throws(() => loadPartners(write('odd.yaml', 'partners:\n  - name: acme\n    quota: { daily: 1 }\n')), /unknown key; did you mean "quotas"/)
  assert.throws(() => loadPartners(write('zero.yaml', 'partners:\n  - name: acme\n    quotas: { daily: 0 }\n')), /daily/)
  assert.equal(catalogSchema.safeParse({ openapis: [] }).success, false)
})

test('a document may refer to itself in circles and be large', async () => {
  const schemas = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`S${i}`, { properties: { next: { $ref: `#/components/schemas/S${(i + 1) % 2000}` } } }]))
  const paths = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`/things${i}/{id}`, { get: { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/S1' } } } } } } }]))
  write('circle.json', JSON.stringify({ openapi: '3.1.0', info: { title: 'Circle', version: '1' }, paths, components: { schemas } }))
  const { endpoints } = await loadCatalog({ openapi: ['circle.json'] }, { base: folder })
  assert.equal(endpoints.length, 1000)
})

test('lines of JSON are those of YAML, found in one pass', () => {
  const document = { paths: { '/a~b': { get: { parameters: [{ name: 'x' }, 7, { name: '}"\\\\' }] } }, '"q"': [1, [2]] }, empty: {}, list: [] }
  const text = JSON.stringify(document, null, 2)
  const [json, yaml] = [parseSource('x.json', text), parseSource('x.yaml', `# a comment\n${text}`)]
  assert.ok(!isBroken(json) && !isBroken(yaml))
  for (const pointer of ['', '/paths', '/paths/~1a~0b', '/paths/~1a~0b/get', '/paths/~1a~0b/get/parameters', '/paths/~1a~0b/get/parameters/2', '/paths/"q"', '/list', '/empty/none']) {
    assert.equal(json.lineOf(pointer), yaml.lineOf(pointer) - 1, pointer)
  }
})

test('a line is found for any pointer, or that of the nearest parent', () => {
  const file = parseSource('x.yaml', 'a:\n  - b: 1\n    c/d: 2\n---\ne: 1\n')
  assert.ok(!isBroken(file))
  assert.deepEqual([['', 0], ['/a', 0], ['/a/0/b', 0], ['/a/0/c~1d', 0], ['/a/7/x', 0], ['/e', 1], ['/none', 1], ['', 9]].map(([pointer, document]) =>
    file.lineOf(String(pointer), Number(document))), [1, 1, 2, 3, 1, 5, 5, 1])
})
