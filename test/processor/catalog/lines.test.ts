/** Findings of documents that are no files: they bear a line all the same where the text is known. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadCatalog } from '../../../services/processor/catalog/load.ts'
import type { CatalogSources } from '../../../services/processor/catalog/load.ts'
import { catalogSchema } from '../../../services/processor/catalog/config.ts'
import { serveDocuments } from '../document-server.ts'
import { makeFolder } from '../input/fixture.ts'
import { livingBackstage } from './living-backstage.ts'

const document = `openapi: 3.1.0
info: { title: Orders, version: '1' }
paths:
  /orders/{id}:
    get: { operationId: one, responses: { 200: { description: fine } } }
  /orders/{order}:
    get: { operationId: two, responses: { 200: { description: fine } } }
  /part: { $ref: '#/components/pathItems/gone' }
`

async function findings (base: string, sources: object): Promise<string[]> {
  const config: CatalogSources = catalogSchema.parse(sources)
  const { problems } = await loadCatalog(config, { base, lint: true })
  return problems.filter(({ code }) => ['same-shape', 'unresolved-reference', 'unreadable', 'not-openapi'].includes(code))
    .map(({ code, source, line }) => `${source.replaceAll(`${base}/`, '')}:${line} ${code}`).sort()
}

test('findings of a document behind a URL bear the line in its text, in YAML and in JSON', async (t) => {
  const json = JSON.stringify({ openapi: '3.1.0', info: { title: 'J', version: '1' }, paths: { '/a/{x}': { get: {} }, '/a/{y}': { get: {} } } }, null, 1)
  const server = await serveDocuments(t, { '/orders.yaml': document, '/a.json': json })
  assert.deepEqual(await findings(makeFolder(t), { openapi: [`${server.url}/orders.yaml`, `${server.url}/a.json`] }), [
    `${server.url}/a.json:11 same-shape`,
    `${server.url}/orders.yaml:6 same-shape`,
    `${server.url}/orders.yaml:8 unresolved-reference`,
  ])
})

test('the lines of a file are those that people see, whatever its encoding and line ends', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'wide.yaml'), `\uFEFF${document}`, 'utf16le')
  writeFileSync(join(base, 'crlf.yaml'), `\uFEFF${document.replaceAll('\n', '\r\n')}`)
  assert.deepEqual(await findings(base, { openapi: ['*.yaml'] }), [
    'crlf.yaml:6 same-shape', 'crlf.yaml:8 unresolved-reference', 'wide.yaml:6 same-shape', 'wide.yaml:8 unresolved-reference',
  ])
})

test('findings of a JSON file bear its lines, also those of dead references, though its text is not kept', async (t) => {
  const base = makeFolder(t)
  const paths = { '/a/{x}': { get: {} }, '/a/{y}': { get: {} }, '/b': { $ref: '#/components/pathItems/gone' } }
  const json = JSON.stringify({ openapi: '3.1.0', info: { title: 'J', version: '1' }, paths }, null, 1)
  writeFileSync(join(base, 'a.json'), json)
  writeFileSync(join(base, 'wide.json'), `\uFEFF${json}`, 'utf16le')
  assert.deepEqual(await findings(base, { openapi: ['*.json'] }), [
    'a.json:11 same-shape', 'a.json:14 unresolved-reference', 'wide.json:11 same-shape', 'wide.json:14 unresolved-reference',
  ])
})

const entity = (name: string, definition: string): string => `apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: ${name} }
spec:
  type: openapi
  owner: team
  lifecycle: production
  definition: ${definition}
`
const indented = (text: string): string => text.split('\n').map((line) => `    ${line}`).join('\n')

test('findings of a definition inside an entity bear the line of the file: of its literal text, its structure, or its key', async (t) => {
  const base = makeFolder(t)
  const texts = [
    entity('literal', `|\n${indented(document)}`),
    entity('structure', `\n${indented(document)}`),
    entity('quoted', JSON.stringify(document)),
    entity('broken', `|\n${indented('openapi: 3.1.0\npaths: [\ninfo: {}')}`),
    entity('other', '|\n    hello: world'),
  ]
  writeFileSync(join(base, 'catalog-info.yaml'), texts.join('---\n'))
  const lines = texts.join('---\n').split('\n')
  const from = (name: string): number => lines.findIndex((line) => line.includes(`name: ${name} }`)) + 6
  const at = (name: string, line: number): string => `catalog-info.yaml:${from(name) + line}`
  assert.deepEqual(await findings(base, { backstage: ['catalog-info.yaml'] }), [
    `${at('literal', 6)} same-shape`, `${at('literal', 8)} unresolved-reference`,
    `${at('structure', 6)} same-shape`, `${at('structure', 8)} unresolved-reference`,
    `${at('quoted', 0)} same-shape`, `${at('quoted', 0)} unresolved-reference`,
    `${at('broken', 3)} unreadable`,
    `${at('other', 1)} not-openapi`,
  ].sort())
})

test('findings of a definition that a Backstage serves bear the line of the definition', async (t) => {
  const backstage = await livingBackstage()
  backstage.put('API', 'orders', { type: 'openapi', lifecycle: 'production', owner: 'team', definition: document })
  const found = await findings(makeFolder(t), { backstage: [{ url: backstage.url }] })
  assert.deepEqual(found.map((finding) => finding.replace(/^.*#/, '')), ['orders:6 same-shape', 'orders:8 unresolved-reference'])
})
