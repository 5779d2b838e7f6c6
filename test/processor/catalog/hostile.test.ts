/** Sources that are broken on purpose or by accident: they cost themselves, and nobody else. */
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { backstageApiSchema, readBackstageApi } from '../../../services/processor/catalog/backstage/api.ts'
import { signatureOf } from '../../../services/processor/catalog/reading/file-states.ts'
import { kongAdminSchema, readKongAdmin } from '../../../services/processor/catalog/kong/admin.ts'
import { loadCatalog } from '../../../services/processor/catalog/load.ts'
import { catalogSchema } from '../../../services/processor/catalog/config.ts'
import { apiDocument } from '../document-server.ts'
import { makeFolder } from '../input/fixture.ts'
import { web } from './web.ts'

async function load (base: string, sources: object): Promise<{ routes: string[], problems: string[] }> {
  const { endpoints, problems } = await loadCatalog(catalogSchema.parse(sources), { base })
  return { routes: endpoints.map(({ route }) => route).sort(), problems: problems.map(({ code, line, message }) => `${code} ${line} ${message}`) }
}

/** Aliases that stand for 9 ** 11 values. */
const bomb = Array.from({ length: 12 }, (_, level) =>
  `x-l${level}: &l${level} [${level === 0 ? 'x' : Array(9).fill(`*l${level - 1}`).join()}]\n`).join('')

test('aliases that multiply are refused wherever they stand, and the rest loads', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'bomb.yaml'), `${bomb}openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: { /a: { parameters: *l11, get: { responses: {} } } }\n`)
  writeFileSync(join(base, 'part.yaml'), `${bomb}get: { parameters: *l11 }\n`)
  writeFileSync(join(base, 'whole.yaml'), 'openapi: 3.1.0\ninfo: { title: A, version: \'1\' }\npaths:\n  /b: { $ref: part.yaml }\n  /c: { get: {} }\n')
  writeFileSync(join(base, 'kong.yml'), `${bomb}_format_version: "3.0"\nservices: *l11\n`)
  writeFileSync(join(base, 'catalog-info.yaml'), `${bomb}apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: x }\nspec: *l11\n`)
  const { routes, problems } = await load(base, { openapi: ['bomb.yaml', 'whole.yaml'], kong: 'kong.yml', backstage: ['catalog-info.yaml'] })
  assert.deepEqual(routes, ['/c'])
  assert.equal(problems.filter((problem) => problem.includes('alias')).length, 4, problems.join('\n'))
})

test('aliases that repeat a parameter are no bomb', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'a.yaml'), 'openapi: 3.1.0\ninfo: { title: A, version: \'1\' }\npaths:\n  /a: { get: { parameters: &p [{ name: x, in: query }] } }\n  /b: { get: { parameters: *p } }\n')
  assert.deepEqual(await load(base, { openapi: ['a.yaml'] }), { routes: ['/a', '/b'], problems: [] })
})

test('symbolic links that run in circles lead to each file once, and links to files elsewhere count', async (t) => {
  const base = makeFolder(t)
  mkdirSync(join(base, 'apis/inner'), { recursive: true })
  mkdirSync(join(base, 'elsewhere'))
  writeFileSync(join(base, 'apis/inner/a.yaml'), apiDocument('A', '/a'))
  writeFileSync(join(base, 'elsewhere/b.yaml'), apiDocument('B', '/b'))
  symlinkSync('..', join(base, 'apis/inner/up'))
  symlinkSync('.', join(base, 'apis/self'))
  symlinkSync('.', join(base, 'apis/again'))
  symlinkSync('../elsewhere/b.yaml', join(base, 'apis/b.yaml'))
  assert.deepEqual(await load(base, { openapi: ['apis'] }), { routes: ['/a', '/b'], problems: [] })
  assert.deepEqual(await load(base, { openapi: ['apis/**/*.yaml'] }), { routes: ['/a', '/b'], problems: [] })
})

test('documents with a byte order mark are read, also in UTF-16', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'a.yaml'), `\uFEFF${apiDocument('A', '/a')}`)
  writeFileSync(join(base, 'b.yaml'), Buffer.from(`\uFEFF${apiDocument('B', '/b')}`, 'utf16le'))
  writeFileSync(join(base, 'c.json'), Buffer.from('\uFEFF{"openapi":"3.1.0","info":{},"paths":{"/c":{"get":{}}}}', 'utf16le').swap16())
  assert.deepEqual(await load(base, { openapi: ['a.yaml', 'b.yaml', 'c.json'] }), { routes: ['/a', '/b', '/c'], problems: [] })
})

test('references that run in circles across files end', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'a.yaml'), 'openapi: 3.1.0\ninfo: { title: A, version: "1" }\npaths:\n  /a: { $ref: "b.yaml#/y" }\n  /b: { get: { parameters: [{ $ref: "c.yaml#/p" }] } }\n')
  writeFileSync(join(base, 'b.yaml'), 'y: { $ref: "a.yaml#/paths/~1a" }\n')
  writeFileSync(join(base, 'c.yaml'), 'p: { $ref: "d.yaml#/p" }\n')
  writeFileSync(join(base, 'd.yaml'), 'p: { $ref: "c.yaml#/p" }\n')
  assert.deepEqual((await load(base, { openapi: ['a.yaml'] })).routes, ['/b'])
})

test('what is nested too deeply is left out with a problem, in YAML and in an entity', async (t) => {
  const base = makeFolder(t)
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}\n`
  writeFileSync(join(base, 'a.yaml'), `${apiDocument('A', '/a')}x: ${deep}`)
  writeFileSync(join(base, 'b.yaml'), apiDocument('B', '/b'))
  writeFileSync(join(base, 'catalog-info.yaml'), `apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: x }\nspec: ${deep}`)
  const { routes, problems } = await load(base, { openapi: ['a.yaml', 'b.yaml'], backstage: ['catalog-info.yaml'] })
  assert.deepEqual([routes, problems.map((problem) => problem.split(' ')[0])], [['/b'], ['unreadable', 'unreadable']])
})

test('a Backstage and a Kong whose pages never end, each with another cursor, are given up', async () => {
  const endless = await web((request, response) => {
    const cursor = Number(new URL(request.url ?? '', 'http://x').searchParams.get(request.url?.startsWith('/api') === true ? 'cursor' : 'offset')) + 1
    const entity = { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'one', uid: '1', etag: '1' }, spec: {} }
    const page = request.url?.startsWith('/api') === true
      ? { items: [entity], totalItems: 1, pageInfo: { nextCursor: String(cursor) } }
      : { data: [{ id: 'one', name: 'one' }], offset: String(cursor), next: `/services?offset=${cursor}` }
    if (request.url?.startsWith('/config') === true) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page))
  })
  const circle = /the pages of .* run in a circle/
  await assert.rejects(readBackstageApi(backstageApiSchema.parse({ url: endless.url }), undefined, { backoffMs: 1 }), circle)
  await assert.rejects(readKongAdmin(kongAdminSchema.parse({ admin_url: endless.url }), '', { backoffMs: 1 }), circle)
})

test('a file whose time lies ahead is not taken for changed again and again', async (t) => {
  const path = join(makeFolder(t), 'a.yaml')
  writeFileSync(path, apiDocument('A', '/a'))
  const ahead = new Date(Date.now() + 365 * 86_400_000)
  utimesSync(path, ahead, ahead)
  while ((await signatureOf(path, true)).endsWith(' fresh')) await new Promise((resolve) => setTimeout(resolve, 100))
  assert.equal(await signatureOf(path, true), await signatureOf(path, false))
})
