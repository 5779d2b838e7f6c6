import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, createInference, readOpenApi, readRouteName } from '../../normalizer/index.ts'
import { fc, runs } from '../property.ts'

const read = (name: string): string => {
  const { method = '', template = '' } = readRouteName(name) ?? {}
  return `${method} ${template}`.trim()
}

test('templates are read as gateways, routers and people write them', () => {
  const names: Record<string, string> = {
    'GET /v1/orders/{orderId}': 'GET /v1/orders/{orderId}',
    'ANY /v1/products/{proxy+}': '/v1/products/{proxy+}',
    '/v1/orders/{orderId}/items': '/v1/orders/{orderId}/items',
    '/users/:id': '/users/{id}',
    '/users/:id(\\d+)/edit': '/users/{id}/edit',
    '/users/:id(.:format)': '/users/{id}',
    '/users/*': '/users/{*}',
    '/users/**': '/users/{*}',
    '/login/*action': '/login/{action+}',
    '/a/*/b': '/a/{*}/b',
    'users/<int:id>/': '/users/{id}/',
    '/static/<path:file>': '/static/{file+}',
    '/users/[id]': '/users/{id}',
    '/docs/[[...slug]]': '/docs/{slug+}',
    'api/users/{id:int}': '/api/users/{id}',
    'api/users/{id?}': '/api/users/{id}',
    'GET api.example.com/files/{path...}': 'GET /files/{path+}',
    '/posts/{$}': '/posts',
    '/users/{id:[0-9]{1,5}}': '/users/{id}',
    '/users/{rest:.*}': '/users/{rest+}',
    '/projects/{id}:cancel': '/projects/{id}:cancel',
    "/Users('{id}')": "/Users('{id}')",
    'Path(`/a/{id}`)': '/a/{id}',
    'Host(`x.example.com`) && PathPrefix(`/api`)': '/api/{*}',
    'Host(`x`) && Path("/a") && Method(`post`)': 'POST /a',
    'PathRegexp(`^/users/[0-9]+$`)': '/users/{value}',
    '^/users/(?P<pk>[^/.]+)/$': '/users/{pk}/',
    '^/users/(\\d+)/orders/(\\d+)$': '/users/{value}/orders/{value2}',
    '~/v1/users/(?<id>\\w+)': '/v1/users/{id}/{*}',
    '/a@file -> /users/{id}@file': '/users/{id}',
    '/users/@me': '/users/@me',
    'get /x': 'GET /x',
    '[POST] /x': 'POST /x',
  }
  for (const [name, expected] of Object.entries(names)) assert.equal(read(name), expected, name)
})

test('a name with a slash in it is no template by accident', () => {
  const names = `orders-v1 default - $default / /* /{*} orders/v1 default/bookinfo/0 outbound|80||orders.svc orders-v1@file
    default-orders-api-example-com-v1@kubernetes httproute/shop/orders-v1/rule/0/match/0/api_example_com kind/namespace/name
    no-matched {id} https://x.example.com/users/{id} /blog/bar* /a/**/b /../{x} /a/{b /a/}b{ /a/{x+}/b ^/(a|b)$ ^/a(?=b)$ FOO%20/x
    PathRegexp(\`/users\`) !Path(\`/a\`) Path(\`/a\`)||Path(\`/b\`) Host(\`x.com\`)`.split(/\s+/)
  for (const name of [...names, 'FOO /x', 'GET orders', '/a b', 'the /users/{id} route', '', ' ', '/'.repeat(500)]) assert.equal(read(name), '', name)
})

test('names of any kind are read in short time and change nothing when the path does not fit', () => {
  const alphabet = fc.constantFrom(...'/{}<>[]()*:+.^$|\\`"\'~@ abGET-_0%é', 'Path(`', '(?P<', '[^/]+', ' -> ')
  const name = fc.string({ unit: alphabet, maxLength: 300 })
  const document = { openapi: '3.1.0', paths: { '/users/{id}': { get: {} }, '/users/me': { get: {} } } }
  const normalizer = compile([readOpenApi(document, { service: 's', source: 's.yaml' })])
  const inference = createInference({ perLevel: 5, perService: 50, total: 100 })
  const labels = new Set<string>()
  fc.assert(fc.property(name, (route) => {
    const template = readRouteName(route)?.template
    assert.ok(template === undefined || (template.startsWith('/') && template.length < 400))
    const match = normalizer.match({ method: 'GET', path: '/users/me', route })
    assert.ok(match.outcome === 'matched' && ['/users/me', '/users/{id}'].includes(match.route), route)
    labels.add(inference.adopt('s', route, { method: 'GET', path: '/a/b' }) ?? '')
  }), runs(4000))
  assert.ok(labels.size <= 52, `${labels.size} labels`)
})

test('templates that gateways name are held to the same bounds as inferred routes', () => {
  const inference = createInference({ perLevel: 50, perService: 20, total: 30 })
  const labels = Array.from({ length: 5000 }, (_, index) => inference.adopt('s', `/users/{id${index}}`, { method: 'GET', path: '/users/7' }))
  assert.equal(new Set(labels).size, 21)
  assert.equal(labels.at(-1), '__other__')
  assert.equal(labels[0], '/users/{id0}')
  assert.equal(inference.adopt('s', '/users/{id0}', { method: 'GET', path: '/users/8' }), '/users/{id0}')
  const loaded = createInference({ perService: 20 })
  loaded.load(JSON.parse(JSON.stringify(inference.save())))
  assert.equal(loaded.adopt('s', '/users/{id19}', { method: 'GET', path: '/users/8' }), '/users/{id19}')
})
