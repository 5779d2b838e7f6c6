import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, createInference, readBackstage, readKong, readOpenApi } from '../../normalizer/index.ts'
import type { ApiDocument, CompileOptions, ReadOptions } from '../../normalizer/index.ts'

const codesOf = (problems: ReadonlyArray<{ code: string }>): string[] => problems.map(({ code }) => code)

test('an endpoint says all that its document says of it', () => {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Billing', version: '2.3.0' },
    servers: [{ url: 'https://api.example.com/billing/' }],
    paths: { '/invoices/{id}': { get: { operationId: 'getInvoice', deprecated: true, responses: { 200: {}, '4XX': {}, default: {}, 'x-note': {} } } } },
    webhooks: { paid: { post: {} } },
  }
  const [endpoint] = compile([readOpenApi(document, { service: 'billing', source: 'billing.yaml' })]).endpoints
  assert.deepEqual(endpoint, {
    method: 'GET',
    template: '/invoices/{id}',
    route: '/billing/invoices/{id}',
    operationId: 'getInvoice',
    service: 'billing',
    api: 'Billing',
    apiVersion: '2.3.0',
    deprecated: true,
    statuses: ['200', '4XX', 'default'],
    source: 'billing.yaml',
    where: '/paths/~1invoices~1{id}/get',
  })
})

test('references of path items and parameters are followed, and what leads nowhere is a problem', () => {
  const document = {
    openapi: '3.1.0',
    paths: {
      '/a/{x}': { $ref: '#/components/pathItems/A' },
      '/b/{x}': { $ref: '#/paths/~1a~1{x}' },
      '/c': { $ref: 'other.yaml#/c' },
      '/d': { $ref: '#/paths/~1d' },
      '/e': null,
      '/f': 'text',
      '/g': { get: 'text' },
      'x-internal': {},
    },
    components: { pathItems: { A: { get: { operationId: 'a', parameters: [{ $ref: '#/components/parameters/X' }] } } }, parameters: { X: { in: 'path', name: 'x' } } },
  }
  const api = readOpenApi(document, { service: 's', source: 'x' })
  assert.deepEqual(api.paths.map((path) => [path.template, path.operations.length]), [['/a/{x}', 1], ['/b/{x}', 1], ['/c', 0], ['/d', 0], ['/e', 0], ['/g', 0]])
  assert.deepEqual(codesOf(api.problems), ['unresolved-reference', 'unresolved-reference', 'empty-path-item', 'invalid-path-item', 'invalid-operation'])
})

test('a reference that the caller tells of is not told again', () => {
  const document = { openapi: '3.1.0', paths: { '/a': { $ref: '#/nowhere' }, '/b': { get: { $ref: '#/nowhere' } }, '/c': { get: { $ref: '#/nowhere' } } } }
  const api = readOpenApi(document, { service: 's', source: 'x', dead: new Set(['/paths/~1a', '/paths/~1b/get']) })
  assert.deepEqual(api.problems.map(({ code, where }) => [code, where]), [['unresolved-reference', '/paths/~1c/get']])
  assert.deepEqual(api.paths.map((path) => [path.template, path.operations.length]), [['/a', 0], ['/b', 1], ['/c', 1]])
})

test('parameters that do not fit their key are problems with a place', () => {
  const document = { openapi: '3.0.0', paths: { '/a/{x}/{x}/{y}': { parameters: [{ in: 'path', name: 'x' }, { in: 'path', name: 'z' }, { in: 'query', name: 'q' }], get: {} } } }
  const { problems } = readOpenApi(document, { service: 's', source: 'x.yaml' })
  assert.deepEqual(codesOf(problems), ['duplicate-parameter', 'undeclared-parameter', 'unused-parameter'])
  assert.deepEqual(problems[0], {
    severity: 'warning', code: 'duplicate-parameter', message: 'The parameter {x} stands twice in /a/{x}/{x}/{y}. Give each place a name of its own.', source: 'x.yaml', where: '/paths/~1a~1{x}~1{x}~1{y}',
  })
})

test('junk instead of a document gives problems', () => {
  for (const [junk, code] of [[null, 'not-a-document'], [[], 'not-a-document'], ['text', 'not-a-document'], [{}, 'unknown-format'], [{ openapi: '3.0.0', paths: 7 }, 'invalid-paths']] as const) {
    assert.ok(codesOf(readOpenApi(junk, { service: 's', source: 'x' }).problems).includes(code), JSON.stringify(junk))
  }
  assert.deepEqual(readOpenApi({ openapi: '3.1.0', webhooks: {} }, { service: 's', source: 'x' }).problems, [])
})

test('junk instead of read documents or options compiles to an empty catalog', () => {
  const junk: unknown[] = [null, undefined, 5, 'x', {}, [null, 5, {}, { paths: [] }]]
  for (const apis of junk) {
    const normalizer = compile(apis as ApiDocument[], null as unknown as CompileOptions)
    assert.equal(normalizer.match({ method: 'GET', path: '/a' }).outcome, 'unmatched')
    assert.deepEqual(normalizer.endpoints, [])
  }
  assert.equal(readOpenApi({ openapi: '3.1.0', paths: {} }, undefined as unknown as ReadOptions).service, '')
})

test('explain names the winner, the losers and the rule', () => {
  const document = { openapi: '3.0.0', servers: [{ url: '/v1' }], paths: { '/users/{id}': { get: {}, delete: {} }, '/users/me': { get: {} }, '/v1/users/{x}': { get: {} } } }
  const normalizer = compile([readOpenApi(document, { service: 's', source: 'x' })])
  const { rule, candidates } = normalizer.explain({ method: 'DELETE', path: '/v1/users/me' })
  assert.match(rule, /^rule 5/)
  assert.deepEqual(candidates.map(({ endpoint, outcome }) => [outcome, endpoint.template]), [['winner', '/users/me'], ['loser', '/users/{id}'], ['loser', '/v1/users/{x}']])
  assert.match(candidates[1]!.reason, /less specific/)
  assert.match(candidates[2]!.reason, /with base path wins/)
  assert.match(normalizer.explain({ method: 'GET', path: '/nowhere' }).rule, /^no declared template/)
  assert.match(normalizer.explain({ method: 'GET', path: 'nowhere' }).rule, /^rule 1/)
})

const entities = [
  { kind: 'Component', metadata: { name: 'billing', description: 'Bills' }, spec: { owner: 'payments', system: 'money', lifecycle: 'production', providesApis: ['billing-api', 'gone'], consumesApis: ['api:other/orders'] } },
  { kind: 'API', metadata: { name: 'billing-api' }, spec: { type: 'openapi', lifecycle: 'production', owner: 'group:default/payments', definition: 'openapi: 3.0.0' } },
  { kind: 'api', metadata: { name: 'orders', namespace: 'other' }, spec: { type: 'openapi', definition: { $text: './orders.yaml' } }, relations: [{ type: 'apiProvidedBy', targetRef: 'component:default/billing' }] },
  { kind: 'System', metadata: { name: 'money' }, spec: { domain: 'finance', owner: 'payments' } },
  { kind: 'Group', metadata: { name: 'payments', links: [{ url: 'https://chat.example.com/payments' }] }, spec: { profile: { email: 'payments@example.com' } } },
  { kind: 'Component', metadata: { name: 'Rest', namespace: 'Side', annotations: { 'example.com/slack-channel': '#rest' } }, relations: [{ type: 'ownedBy', targetRef: 'user:default/jane' }, { type: 'partOf', target: { kind: 'system', namespace: 'default', name: 'money' } }], spec: {} },
  { kind: 'Location', metadata: { name: 'ignored' } },
  { kind: 'Component' },
  { kind: 'Component', metadata: { name: 'BILLING' } },
]

test('Backstage entities give services with owner, system, domain, lifecycle and contact', () => {
  const { services, problems } = readBackstage(entities, { source: 'catalog-info.yaml' })
  const facts = services.map(({ name, owner, system, domain, lifecycle, contact }) => ({ name, owner, system, domain, lifecycle, contact }))
  assert.deepEqual(facts, [
    { name: 'billing', owner: 'payments', system: 'money', domain: 'finance', lifecycle: 'production', contact: 'payments@example.com' },
    { name: 'Rest', owner: 'user:jane', system: 'money', domain: 'finance', lifecycle: '', contact: '#rest' },
  ])
  assert.deepEqual(services[0]!.providesApis, ['api:default/billing-api', 'api:default/gone'])
  assert.deepEqual(codesOf(problems), ['invalid-entity', 'duplicate-entity', 'unknown-reference'])
})

test('Backstage APIs carry their definition, or say where it stands, and who provides them', () => {
  const { apis } = readBackstage(entities, { source: 'catalog-info.yaml' })
  assert.deepEqual(apis.map(({ name, type, definition, location, providers }) => ({ name, type, definition, location, providers })), [
    { name: 'billing-api', type: 'openapi', definition: 'openapi: 3.0.0', location: '', providers: ['billing'] },
    { name: 'orders', type: 'openapi', definition: undefined, location: './orders.yaml', providers: ['billing'] },
  ])
})

test('a Kong file gives routes, services and consumers, and no secret', () => {
  const kong = readKong({
    _format_version: '3.0',
    services: [
      { name: 'a', url: 'http://a.internal:8080/base', routes: [{ name: 'a-route', paths: ['/a'] }] },
      { name: 'b', host: 'b.internal', port: 81, protocol: 'https', path: '/p' },
      { name: 'c' },
    ],
    routes: [{ name: 'b-route', service: { name: 'b' }, paths: ['~/b'], strip_path: false, hosts: ['b.example.com'], methods: ['GET'] }, { name: 'lost', service: 'nobody' }],
    consumers: [{ username: 'acme', custom_id: 'P-1', keyauth_credentials: [{ key: 'top-secret', id: 'k1' }] }],
    keyauth_credentials: [{ consumer: 'acme', key: 'other-secret', id: 'k2' }],
  }, { source: 'kong.yml' })
  assert.deepEqual(kong.routes.map(({ name, service, service_url, strip_path }) => ({ name, service, service_url, strip_path })), [
    { name: 'a-route', service: 'a', service_url: 'http://a.internal:8080/base', strip_path: true },
    { name: 'b-route', service: 'b', service_url: 'https://b.internal:81/p', strip_path: false },
    { name: 'lost', service: '', service_url: '', strip_path: true },
  ])
  assert.deepEqual(kong.consumers, [{ username: 'acme', custom_id: 'P-1', id: '', credentials: ['k1', 'k2'], tags: [] }])
  assert.deepEqual(codesOf(kong.problems), ['service-without-host', 'unknown-service'])
  assert.ok(!JSON.stringify(kong).includes('secret'))
})

test('inference keeps the first words of a level, then collapses, then counts the rest as other', () => {
  const inference = createInference({ perLevel: 2, total: 5 })
  const labels = ['/x/a/1', '/x/b/1', '/x/c/1', '/x/d/1', '/x/a/2', '/y', '/z/1', '/x/a/u', '/z/2'].map((path) => inference.infer('s', path))
  assert.deepEqual(labels, ['/x/a/{int}', '/x/b/{int}', '/x/{*}/{int}', '/x/{*}/{int}', '/x/a/{int}', '/y', '/{*}/{int}', '__other__', '/{*}/{int}'])
  assert.equal(inference.size, 5)
})

test('200,000 random paths stay within the budget of routes', () => {
  const inference = createInference({ perLevel: 20, total: 300 })
  const seen = new Set<string>()
  for (let index = 0; index < 200_000; index++) {
    const value = Math.imul(index, 0x9E3779B1) >>> 0
    const word = value.toString(36).replace(/\d/g, 'q')
    seen.add(inference.infer(`s${value % 5}`, `/${word}/${index % 3 === 0 ? value : `${word}-slug`}/${index % 7 === 0 ? `${word}@example.com` : 'items'}`))
  }
  assert.ok(seen.size <= 301, `${seen.size} routes`)
  assert.ok(inference.size <= 300)
})
