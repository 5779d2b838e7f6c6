/** Overlays for the documents: applied as the specification says, they end the findings that they were made of. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import SwaggerParser from '@apidevtools/swagger-parser'
import { parse } from 'yaml'
import { driftInLogs } from '../../../services/cli/drift/from-logs.ts'
import type { DriftKind } from '../../../services/cli/drift/finding.ts'
import type { Comparison, DriftOptions } from '../../../services/cli/drift/options.ts'
import { suggestOverlays } from '../../../services/cli/drift/overlay.ts'
import { readWritten, standingAt } from '../../../services/cli/drift/standing.ts'
import type { Written } from '../../../services/cli/drift/standing.ts'
import { suggestDocuments } from '../../../services/cli/drift/suggest.ts'
import { writeSuggestions } from '../../../services/cli/drift/suggest-files.ts'
import { openLog } from '../../../services/cli/report/records.ts'
import { temporaryFolder } from '../../folder.ts'
import { logLine } from './traffic.ts'

const folder = temporaryFolder()
const nothing: Written = new Map()

interface Overlay { overlay: string, extends?: string, actions: Array<{ target: string, update: Record<string, unknown> }> }
type Node = Record<string, unknown>

const operation = (...statuses: string[]): object => ({ responses: Object.fromEntries(statuses.map((status) => [status, { description: '' }])) })
const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } }
const documents = {
  'items.json': {
    '/items': { get: operation('200') },
    '/items/{id}': { parameters: [id], get: operation('200'), delete: { ...operation('204'), operationId: 'deleteItem' } },
    "/o'items/{id}.json": { parameters: [id], get: operation('200') },
    '/any': { 'x-amazon-apigateway-any-method': operation('200') },
  },
  'parts.json': { '/parts/{id}': { parameters: [id], get: operation('200') } },
}

const requests = [
  { uri: '/v1/items', status: 206 }, { uri: '/v1/items', status: 404 }, { uri: '/v2/items', status: 409 },
  { uri: '/v1/items/7', method: 'PUT' }, { uri: '/v2/items/7', method: 'PATCH', status: 202 }, { uri: '/v1/items/7', method: 'POST', status: 405 },
  { uri: "/v1/o'items/7.json", status: 418 }, { uri: "/v1/o'items/7.json", method: 'PUT', status: 200 },
  { uri: '/v1/any', method: 'POST', status: 503 }, { uri: '/v1/parts/7', method: 'PUT', status: 204 }, { uri: '/v1/parts/7', status: 304 },
  { uri: '/v1/items/7/prices' }, { uri: '/elsewhere', method: 'POST', status: 201 }, { uri: '/nobody/declares/me', service: 'billing' },
]

function writeDocument (path: string, paths: object): string {
  const servers = [{ url: '/v1' }, { url: '/v2' }]
  mkdirSync(resolve(path, '..'), { recursive: true })
  writeFileSync(path, JSON.stringify({ openapi: '3.1.0', info: { title: path.slice(folder.length), version: '1' }, 'x-service': 'stock', servers, paths }))
  return path
}

const openapi = Object.entries(documents).map(([name, paths]) => writeDocument(join(folder, 'apis', name), paths))
const log = join(folder, 'access.ndjson')
writeFileSync(log, requests.map((request, index) => `${logLine(index, { service: 'stock', ...request, time: Date.UTC(2026, 7, 20) + index })}\n`).join(''))

async function compare (options: Partial<DriftOptions> = {}): Promise<Comparison> {
  return await driftInLogs([openLog(log)], { format: 'kong', unusedDays: 30, minRequests: 1, top: 20, failOn: 'warning', openapi, ...options })
}

function findingsOf ({ result: { findings } }: Comparison): string[] {
  return findings.filter(({ kind }) => kind !== 'unused-operation').map(({ kind, level, method, route, status }) =>
    [level, kind, method, route, status ?? ''].filter((part) => part !== '').join(' ')).sort()
}

/** The members that a target names, one after the other. */
function membersOf (target: string): string[] {
  assert.match(target, /^\$(?:\.\w+|\[(['"])(?:(?!\1)[^\\]|\\.)*\1\])+$/)
  return Array.from(target.matchAll(/\.(\w+)|\[(['"])((?:(?!\2)[^\\]|\\.)*)\2\]/g), ([, word, , quoted]) => word ?? quoted!.replace(/\\(.)/g, '$1'))
}

/** Overlay 1.0.0, section 4.4: properties of the update are merged into the object, and lists are joined. */
function apply (document: Node, { actions }: Overlay): Node {
  const changed = structuredClone(document)
  for (const { target, update } of actions) {
    const found = membersOf(target).reduce<unknown>((node, name) => (node as Node)[name], changed)
    assert.ok(found !== undefined, `${target} leads nowhere`)
    merge(found as Node, update)
  }
  return changed
}

function merge (into: Node, update: Node): void {
  for (const [name, value] of Object.entries(update)) {
    const known = into[name]
    if (typeof known === 'object' && typeof value === 'object') merge(known as Node, value as Node)
    else into[name] = value
  }
}

test('the overlays, applied to their documents, end the findings; what backends refuse stays', async () => {
  const before = await compare()
  assert.equal(findingsOf(before).length, 14)
  const files = writeSuggestions(suggestOverlays(before, { minRequests: 1 }, join(folder, 'suggested'), nothing), join(folder, 'suggested'), 'overlay')
  assert.deepEqual(files.map((file) => file.slice(folder.length)), ['/suggested/stock.overlay.yaml', '/suggested/stock-2.overlay.yaml'])
  const changed: string[] = []
  for (const file of files) {
    const overlay = parse(readFileSync(file, 'utf8')) as Overlay
    const source = resolve(folder, 'suggested', overlay.extends ?? assert.fail())
    const document = apply(JSON.parse(readFileSync(source, 'utf8')) as Node, overlay)
    await SwaggerParser.validate(structuredClone(document) as never)
    writeFileSync(source.replace('.json', '.changed.json'), JSON.stringify(document))
    changed.push(source.replace('.json', '.changed.json'))
  }
  assert.deepEqual(findingsOf(await compare({ openapi: changed })), [
    'error undocumented-path /nobody/declares/me', 'note undeclared-method POST /v1/items/{id}',
  ])
})

test('an overlay names what it changes, and --kind chooses', async () => {
  const targets = async (...kind: DriftKind[]): Promise<string[]> => {
    const overlays = suggestOverlays(await compare({ kind }), { minRequests: 1, kinds: kind }, folder, nothing)
    return overlays.flatMap(({ document }) => (document as unknown as Overlay).actions.map(({ target }) => target))
  }
  assert.deepEqual(await targets('undocumented-path'), ['$.paths'])
  assert.deepEqual(await targets('undeclared-method'), ["$.paths['/items/{id}']", '$.paths["/o\'items/{id}.json"]', "$.paths['/parts/{id}']"])
  assert.deepEqual(await targets('undeclared-status'), [
    '$.paths["/o\'items/{id}.json"].get.responses', "$.paths['/any']['x-amazon-apigateway-any-method'].responses",
    "$.paths['/items'].get.responses", "$.paths['/parts/{id}'].get.responses",
  ])
})

test('a document of the missing operations declares undeclared methods, too, below every base path', async () => {
  const files = writeSuggestions(suggestDocuments(await compare(), { minRequests: 1 }), join(folder, 'documents'))
  const kind: DriftKind[] = ['undocumented-path', 'undeclared-method']
  assert.deepEqual(findingsOf(await compare({ openapi: [...openapi, ...files], kind })), ['note undeclared-method POST /v1/items/{id}'])
})

test('statuses go where the operation stands, also behind references; what stands in another file is left out', async () => {
  const shared = { get: operation('200') }
  const paths = {
    '/named': { $ref: '#/components/pathItems/Named' },
    '/same/{id}': { $ref: '#/paths/~1items~1%7Bid%7D' },
    '/items/{id}': shared,
    '/file': { $ref: './file.json' },
  }
  const source = join(folder, 'referring', 'stock.json')
  mkdirSync(join(folder, 'referring'))
  writeFileSync(join(folder, 'referring', 'file.json'), JSON.stringify(shared))
  writeFileSync(source, JSON.stringify({ openapi: '3.1.0', info: { title: 'S', version: '1' }, paths, components: { pathItems: { Named: shared } } }))
  const uris = ['/named', '/same/7', '/items/7', '/file']
  const path = join(folder, 'referring.ndjson')
  writeFileSync(path, uris.map((uri, index) => `${logLine(index, { service: 'stock', uri, status: 404, time: Date.UTC(2026, 7, 20) })}\n`).join(''))
  const find = async (document: string): Promise<Comparison> =>
    await driftInLogs([openLog(path)], { format: 'kong', unusedDays: 30, minRequests: 1, top: 20, failOn: 'warning', openapi: [document] })
  const before = await find(source)
  const [suggestion] = suggestOverlays(before, { minRequests: 1 }, folder, await readWritten([source, source, 'https://example.com/a.json', 'a.yaml#inline', '']))
  const overlay = suggestion?.document as unknown as Overlay
  assert.deepEqual(overlay.actions.map(({ target }) => target), ['$.components.pathItems.Named.get.responses', "$.paths['/items/{id}'].get.responses"])
  const changed = source.replace('stock.json', 'changed.json')
  writeFileSync(changed, JSON.stringify(apply(JSON.parse(readFileSync(source, 'utf8')) as Node, overlay)))
  assert.equal(findingsOf(before).length, 4)
  assert.deepEqual(findingsOf(await find(changed)), ['warning undeclared-status GET /file 404'])
})

test('a reference that leads in a circle, or out of the document, leads nowhere', () => {
  const references = { a: '#/b', b: '#/a', c: '#/c/d', out: 'x.json', odd: '#/%' }
  const document = { ...Object.fromEntries(Object.entries(references).map(([name, $ref]) => [name, { $ref }])), beside: { $ref: '#/a', get: 1 } }
  for (const name of ['a', 'c', 'out', 'odd', 'none']) assert.equal(standingAt(document, [name, 'get']), undefined, name)
  assert.deepEqual(standingAt(document, ['beside', 'get']), ['beside', 'get'])
})
