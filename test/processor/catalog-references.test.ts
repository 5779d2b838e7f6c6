import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { compile } from '../../normalizer/index.ts'
import type { Normalizer } from '../../normalizer/index.ts'
import { loadOpenApi } from '../../services/processor/catalog/openapi/api-document.ts'
import type { LoadedApi } from '../../services/processor/catalog/openapi/api-document.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatelens-references-'))
after(() => rmSync(folder, { recursive: true }))

test('path items, operations and parameters may stand in other files, each relative to the file that refers to it', async () => {
  const { api, problems } = await load({
    'openapi.yaml': `
openapi: 3.1.0
info: { title: Split, version: '1' }
servers: [{ url: /v1 }]
paths:
  /users: { $ref: paths/users.yaml }
  /users/{id}: { $ref: 'paths/users.yaml#/x-one' }
  /orders: { $ref: 'paths/all.json#/~1orders' }
  /files/{path}:
    get:
      operationId: readFile
      parameters: [{ $ref: './parameters.yaml#/Path' }]
`,
    'paths/users.yaml': `
get: { $ref: ../operations/list.yaml }
x-one:
  parameters: [{ $ref: '../parameters.yaml#/Id' }]
  get: { operationId: readUser }
`,
    'paths/all.json': JSON.stringify({ '/orders': { post: { operationId: 'makeOrder' } } }),
    'operations/list.yaml': 'operationId: listUsers\nresponses: { 200: { $ref: ../gone.yaml } }\n',
    'parameters.yaml': 'Id: { name: id, in: path, required: true }\nPath: { name: path, in: path, required: true, x-greedy: true }\n',
  })
  assert.deepEqual(endpointsOf(api), ['GET /users listUsers', 'GET /users/{id} readUser', 'POST /orders makeOrder', 'GET /files/{path} readFile'])
  assert.deepEqual(problems.map(({ code }) => code), ['unresolved-reference'])
  assert.deepEqual(api!.problems, [])
  const normalizer = compile([api!])
  assert.equal(routeOf(normalizer, '/v1/files/a/b/c.txt'), '/v1/files/{path}')
  assert.equal(routeOf(normalizer, '/v1/users/a/b'), '')
})

test('all paths of a document may stand in another file', async () => {
  const { api } = await load({
    'openapi.yaml': 'openapi: 3.0.0\ninfo: { title: Apart, version: "1" }\npaths: { $ref: paths.yaml }\n',
    'paths.yaml': '/a: { get: { operationId: a } }\n/b/{x}: { get: { operationId: b } }\n',
  })
  assert.deepEqual(endpointsOf(api), ['GET /a a', 'GET /b/{x} b'])
})

test('what stands beside a reference of a path item is kept, and wins', async () => {
  const { api } = await load({
    'openapi.yaml': `
openapi: 3.1.0
info: { title: Beside, version: '1' }
paths:
  /a:
    $ref: shared.yaml
    servers: [{ url: /beside }]
    post: { operationId: own }
`,
    'shared.yaml': 'get: { operationId: shared }\npost: { operationId: overridden }\n',
  })
  assert.deepEqual(endpointsOf(api).sort(), ['GET /a shared', 'POST /a own'])
  assert.equal(routeOf(compile([api!]), '/beside/a'), '/beside/a')
})

const selves = {
  'https://example.com/apis/main.yaml': 'https://example.com/apis/main.yaml',
  'HTTPS://EXAMPLE.com/apis/./main.yaml#top': 'main.yaml',
  '/apis/main.yaml': '/apis/main.yaml',
  'main.yaml': './main.yaml',
  'sub/main.yaml': 'main.yaml',
  'urn:example:main': 'urn:example:main',
}
for (const [self, name] of Object.entries(selves)) {
  test(`a document that calls itself ${self} is meant by ${name}, and may still name files`, async () => {
    const { api, problems } = await load({
      'openapi.yaml': `
openapi: 3.2.0
$self: ${self}
info: { title: Self, version: '1' }
paths:
  /self: { $ref: '${name}#/components/pathItems/Mine' }
  /part: { $ref: './part.yaml#/Item' }
  /file: { $ref: './openapi.yaml#/components/pathItems/Mine' }
components: { pathItems: { Mine: { get: { operationId: mine } } } }
`,
      'part.yaml': 'Item: { get: { operationId: part } }\n',
    })
    assert.deepEqual([endpointsOf(api), problems], [['GET /self mine', 'GET /part part', 'GET /file mine'], []])
  })
}

test('YAML anchors, aliases and merge keys are read as values', async () => {
  const { api } = await load({
    'openapi.yaml': `
openapi: 3.0.0
info: { title: Anchors, version: '1' }
x-read: &read
  get: &get { operationId: read }
paths:
  /merged/{id}:
    <<: *read
    delete: { operationId: remove }
  /aliased: { get: *get }
  /whole: *read
  /elsewhere: { $ref: 'other.yaml#/item' }
`,
    'other.yaml': 'base: &base { get: { operationId: far } }\nitem: { <<: *base }\n',
  })
  assert.deepEqual(endpointsOf(api).sort(), ['DELETE /merged/{id} remove', 'GET /aliased read', 'GET /elsewhere far', 'GET /merged/{id} read', 'GET /whole read'])
})

test('references in a circle end, and the rest of the document is read', async () => {
  const { api } = await load({
    'openapi.yaml': `
openapi: 3.1.0
info: { title: Circle, version: '1' }
paths:
  /a: { $ref: '#/paths/~1b' }
  /b: { $ref: '#/paths/~1a' }
  /c: { $ref: other.yaml }
  /d: { get: { operationId: d } }
webhooks:
  paid: { post: { operationId: paid } }
`,
    'other.yaml': '$ref: openapi.yaml#/paths/~1c\n',
  })
  assert.deepEqual(endpointsOf(api), ['GET /d d'])
})

test('an alias may be used hundreds of times', async () => {
  const uses = Array.from({ length: 300 }, (_, index) => `  /p${index}: { get: *get, <<: {} }\n`).join('')
  const { api } = await load({ 'openapi.yaml': `openapi: 3.0.0\ninfo: { title: Many, version: '1' }\nx-get: &get { operationId: read }\npaths:\n${uses}` })
  assert.equal(endpointsOf(api).length, 300)
})

let folders = 0

async function load (files: Record<string, string>): Promise<LoadedApi> {
  const base = join(folder, String(folders++))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, name)), { recursive: true })
    writeFileSync(join(base, name), text)
  }
  return await loadOpenApi(join(base, 'openapi.yaml'), 'openapi.yaml', () => 'service')
}

function endpointsOf (api: LoadedApi['api']): string[] {
  return (api?.paths ?? []).flatMap(({ operations }) => operations.map(({ endpoint }) => `${endpoint.method} ${endpoint.template} ${endpoint.operationId}`))
}

function routeOf (normalizer: Normalizer, path: string): string {
  return normalizer.match({ method: 'GET', path }).route
}

test('references that multiply without end cost no more than what routes need', async () => {
  const levels = Array.from({ length: 12 }, (_, level): [string, object] =>
    [`p${level}`, level === 0 ? { name: 'x', in: 'query' } : { list: Array(9).fill({ $ref: `#/components/parameters/p${level - 1}` }) }])
  const paths = { '/a': { parameters: [{ $ref: '#/components/parameters/p11' }], get: {} }, '/b': { get: {} } }
  const { api, problems } = await load({ 'openapi.yaml': JSON.stringify({ openapi: '3.1.0', info: {}, components: { parameters: Object.fromEntries(levels) }, paths }) })
  assert.deepEqual([endpointsOf(api), problems], [['GET /a ', 'GET /b '], []])
})
