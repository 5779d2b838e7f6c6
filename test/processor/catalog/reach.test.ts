/** What documents and entities may lead to, and what is passed over. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { loadCatalog } from '../../../services/processor/catalog/load.ts'
import { catalogSchema } from '../../../services/processor/catalog/config.ts'
import { apiDocument } from '../document-server.ts'
import { makeFolder } from '../input/fixture.ts'

interface Loaded { routes: string[], problems: string[], passedOver: number }

async function load (base: string, sources: object): Promise<Loaded> {
  const { endpoints, problems, passedOver } = await loadCatalog(catalogSchema.parse(sources), { base })
  const told = problems.map(({ severity, code, source, line = 0, message }) => `${severity} ${code} ${source.replace(`${base}/`, '')}:${line} ${message.replaceAll(`${base}/`, '')}`)
  return { routes: endpoints.map(({ method, route }) => `${method} ${route}`).sort(), problems: told.sort(), passedOver }
}

function makeFiles (t: TestContext, files: Record<string, string>): string {
  const base = makeFolder(t)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, name)), { recursive: true })
    writeFileSync(join(base, name), text)
  }
  return base
}

const referring = (reference: string): string => `openapi: 3.0.0\ninfo: { title: R, version: '1' }\npaths:\n  /ok: { get: {} }\n  /away: { $ref: ${JSON.stringify(reference)} }\n`
const item = 'get: { operationId: away }\n'

for (const [name, reference] of Object.entries({
  'a device': '/dev/zero',
  'an absolute path': '/etc/hostname',
  'a file URL': 'file:///dev/zero',
  'a path that escapes': '../../../../../../../../dev/zero',
  'a path that escapes with percent-encoded dots': '%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/dev/zero',
  'a link that escapes': 'link.yaml',
  'a FIFO': 'fifo.yaml',
  'a socket or folder': '.',
  'a URL': 'http://127.0.0.1:1/a.yaml',
  'a large file': 'large.yaml',
})) {
  test(`a reference to ${name} is not followed, and is told with the line of who refers`, async (t) => {
    const base = makeFiles(t, { 'd/a.yaml': referring(reference), 'd/large.yaml': `${item}${'#'.repeat(5000)}\n` })
    symlinkSync('/dev/zero', join(base, 'd/link.yaml'))
    execFileSync('mkfifo', [join(base, 'd/fifo.yaml')])
    const { routes, problems } = await load(base, { openapi: ['d/a.yaml'], files: { max_bytes: 4000 } })
    assert.deepEqual(routes, ['GET /ok'])
    assert.equal(problems.length, 1, problems.join('\n'))
    assert.ok(problems[0]?.startsWith(`error unresolved-reference d/a.yaml:5 The reference ${reference} is not followed: `), problems[0])
  })
}

test('a folder that is allowed may be referred to, also by an absolute path and through a link', async (t) => {
  const outside = makeFiles(t, { 'item.yaml': item })
  const base = makeFiles(t, { 'd/a.yaml': referring(`${outside}/item.yaml`), 'd/b.yaml': referring('./link.yaml').replaceAll('/ok', '/ok2').replaceAll('/away', '/away2') })
  symlinkSync(join(outside, 'item.yaml'), join(base, 'd/link.yaml'))
  const refused = await load(base, { openapi: ['d/a.yaml', 'd/b.yaml'] })
  assert.deepEqual([refused.routes, refused.problems.length], [['GET /ok', 'GET /ok2'], 2])
  const allowed = await load(base, { openapi: ['d/a.yaml', 'd/b.yaml'], files: { folders: [outside] } })
  assert.deepEqual([allowed.routes, allowed.problems], [['GET /away', 'GET /away2', 'GET /ok', 'GET /ok2'], []])
})

test('a link in a folder that leads out of it is told and not followed', async (t) => {
  const outside = makeFiles(t, { 'b.yaml': apiDocument('B', '/b') })
  const base = makeFiles(t, { 'd/a.yaml': apiDocument('A', '/a') })
  symlinkSync(join(outside, 'b.yaml'), join(base, 'd/b.yaml'))
  const { routes, problems } = await load(base, { openapi: ['d'] })
  assert.deepEqual(routes, ['GET /a'])
  assert.match(problems.join('\n'), /^error not-followed d\/b\.yaml:0 The symbolic link is not followed: it leads out of the folders of the catalog/)
  assert.deepEqual((await load(base, { openapi: ['d', join(base, 'd/b.yaml')] })).routes, ['GET /a', 'GET /b'])
})

test('entities lead nowhere outside either, by a location or a definition', async (t) => {
  const outside = makeFiles(t, { 'api.yaml': apiDocument('A', '/a'), 'catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: far }\nspec: { owner: x }\n' })
  const base = makeFiles(t, {
    'c/catalog-info.yaml': `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: l }\nspec: { target: ${outside}/catalog-info.yaml }\n` +
      `---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: a }\nspec: { type: openapi, owner: x, definition: { $text: ${outside}/api.yaml } }\n`,
  })
  const { routes, problems } = await load(base, { backstage: ['c/catalog-info.yaml'] })
  assert.deepEqual(routes, [])
  assert.deepEqual(problems.map((problem) => problem.slice(0, 40)), ['error location c/catalog-info.yaml:9 api'.slice(0, 40), 'warning location c/catalog-info.yaml:4 an absolute'.slice(0, 40)])
})

test('files in a folder that are no API documents are passed over and counted', async (t) => {
  const base = makeFiles(t, {
    'a.yaml': apiDocument('A', '/a'),
    'tsconfig.json': '{\n  // comments\n  "a": 1,\n}\n',
    'redocly.yaml': 'apis: { main: { root: ./a.yaml } }\nopenapi:\n  theme: {}\n',
    'application.yml': 'swagger:\n  enabled: true\n',
    'chart/values.yaml': '{{- if .Values.on }}\na: {{ .Values.a }}\n{{- end }}\n',
    'skeleton/openapi.yaml': 'openapi: 3.0.0\n{%- if values.title %}\ninfo: { title: ${{ values.title }} }\n{%- endif %}\npaths: {}\n',
    'list.json': '[1, 2]',
    'empty.yaml': '',
    'text.yaml': 'just text\n',
  })
  for (const source of ['.', '**/*.{yaml,yml,json}']) {
    assert.deepEqual(await load(base, { openapi: [source] }), { routes: ['GET /a'], problems: [], passedOver: 8 })
  }
})

test('a broken file in a folder that looks like a document is told', async (t) => {
  const base = makeFiles(t, {
    'a.yaml': apiDocument('A', '/a'),
    'cut.yaml': "openapi: 3.0.0\ninfo: { title: 'cut\n",
    'cut.json': '{\n  "openapi": "3.0.0",\n  "paths": {',
    'quoted.yml': '"swagger": "2.0"\npaths: [\n',
    'forgotten.yaml': 'openapi:\npaths: { /f: { get: {} } }\n',
  })
  const { routes, problems, passedOver } = await load(base, { openapi: ['.'] })
  assert.deepEqual(problems.map((problem) => problem.split(' ').slice(0, 3).join(' ').replace(/:\d+$/, '')), [
    'error unknown-format forgotten.yaml', 'error unreadable cut.json', 'error unreadable cut.yaml', 'error unreadable quoted.yml',
  ])
  assert.deepEqual([routes, passedOver], [['GET /a', 'GET /f'], 0])
})

test('a file that is named is read or told, whatever it holds', async (t) => {
  const base = makeFiles(t, { 'redocly.yaml': 'openapi:\n  theme: {}\n', 'tsconfig.json': '{ // no\n}', 'other.yaml': 'a: 1\n' })
  const { problems, passedOver } = await load(base, { openapi: ['redocly.yaml', 'tsconfig.json', 'other.yaml'] })
  assert.deepEqual(problems.map((problem) => problem.split(' ')[1]).sort(), ['no-paths', 'not-openapi', 'unknown-format', 'unreadable'])
  assert.equal(passedOver, 0)
})

test('exclude leaves out files of folders and globs, and none that are named', async (t) => {
  const base = makeFiles(t, { 'a.yaml': apiDocument('A', '/a'), 'old/b.yaml': apiDocument('B', '/b'), 'x/templates/c.yaml': apiDocument('C', '/c') })
  const exclude = ['old/*', '**/templates/**']
  assert.deepEqual((await load(base, { openapi: ['.'], exclude })).routes, ['GET /a'])
  assert.deepEqual((await load(base, { openapi: ['**/*.yaml'], exclude })).routes, ['GET /a'])
  assert.deepEqual((await load(base, { openapi: ['.', 'old/b.yaml'], exclude })).routes, ['GET /a', 'GET /b'])
})
