/** One content is one catalog, whichever way it was loaded: by a start, a swap, a command, elsewhere, or from what was kept. */
import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deserialize, serialize } from 'node:v8'
import type { ApiDocument, Problem } from '../../normalizer/index.ts'
import { loadCatalog } from '../../services/processor/catalog/load.ts'
import type { Catalog } from '../../services/processor/catalog/load.ts'
import { sourceFolder } from '../built.ts'
import { apiDocument, serveDocuments } from './document-server.ts'
import { makeFolder } from './input/fixture.ts'
import { startQuietCatalog } from './live-fixture.ts'

const odd = 'openapi: 3.1.0\ninfo: { title: 42, version: 1.0 }\npaths:\n  no-slash: { get: { responses: {} } }\n  /undeclared/{id}: { get: { servers: [{ url: /own }] } }\n'
const told = ({ problems }: Pick<Catalog, 'problems'>): string[] => problems.map((problem: Problem) => JSON.stringify(Object.entries(problem).sort())).sort()
const routes = ({ endpoints }: Catalog): string => endpoints.map(({ route }) => route).sort().join()

/** The folder of the fixtures with one more document, which gives findings. */
function layOut (base: string): string {
  cpSync(join(sourceFolder(import.meta.dirname), 'catalog'), base, { recursive: true })
  writeFileSync(join(base, 'apis/odd.yaml'), odd)
  return base
}

test('a start, a swap, a restart, another folder and a command give the same content the same digest, and the same findings', async (t) => {
  const [base, elsewhere] = [layOut(makeFolder(t)), layOut(makeFolder(t))]
  const server = await serveDocuments(t, { '/far.yaml': odd })
  const files = { backstage: ['catalog-info.yaml'], kong: 'kong.yml', partners: 'partners.yaml' }
  const sources = { ...files, openapi: ['apis', { path: 'apis/odd.yaml', service: 'stock' }, `${server.url}/far.yaml`] }
  const live = await startQuietCatalog(t, base, sources)
  const command = await loadCatalog(sources, { base })
  assert.deepEqual([live.current().digest, told(live.current())], [command.digest, told(command)])
  assert.ok(told(command).some((problem) => problem.includes('missing-leading-slash') && problem.includes('"line",4')))
  for (const [path, digests] of [['/more', new Set([command.digest])], ['/other', new Set<string>()]] as const) {
    for (const folder of [base, elsewhere]) writeFileSync(join(folder, 'apis/more.yaml'), apiDocument('More', path))
    await live.refresh()
    const again = await loadCatalog(sources, { base })
    assert.deepEqual([live.current().digest, told(live.current())], [again.digest, told(again)])
    assert.equal((await loadCatalog(sources, { base: elsewhere, lint: true })).digest, again.digest)
    assert.ok(!digests.has(again.digest))
  }
  assert.equal(command.digest.startsWith(live.status().digest), false)
  assert.ok(live.current().digest.startsWith(live.status().digest))
  await live.close()
  assert.equal((await startQuietCatalog(t, base, sources)).current().digest, live.current().digest)
})

test('a document without operations that goes to another service makes another catalog', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'a.yaml'), 'openapi: 3.1.0\ninfo: {}\npaths: { /a: { parameters: [] } }\n')
  const digestFor = async (service: string): Promise<string> => (await loadCatalog({ openapi: [{ path: 'a.yaml', service }] }, { base })).digest
  assert.notEqual(await digestFor('one'), await digestFor('two'))
})

test('a document that has not changed is not parsed for a swap, and always for a start', async (t) => {
  const base = makeFolder(t)
  for (const name of ['a', 'b']) writeFileSync(join(base, `${name}.yaml`), apiDocument(name, `/${name}`))
  const sources = { openapi: ['a.yaml', 'b.yaml'] }
  const live = await startQuietCatalog(t, base, sources)
  assert.equal(routes(live.current()), '/a,/b')
  changeKept(join(base, 'state/catalog'))
  writeFileSync(join(base, 'b.yaml'), apiDocument('b', '/b2'))
  await live.refresh()
  assert.equal(routes(live.current()), '/b2,/kept')
  writeFileSync(join(base, 'a.yaml'), apiDocument('a', '/a2'))
  await live.refresh()
  assert.equal(routes(live.current()), '/a2,/b2')
  changeKept(join(base, 'state/catalog'))
  await live.close()
  const late = await startQuietCatalog(t, base, sources)
  writeFileSync(join(base, 'b.yaml'), apiDocument('b', '/b3'))
  await late.refresh()
  assert.equal(routes(late.current()), '/a2,/b3')
})

/** Makes one operation of what is kept of a.yaml another one, as an older program might have read it. */
function changeKept (folder: string): void {
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    const end = bytes.indexOf(10)
    const { api, ...rest } = deserialize(bytes.subarray(end + 1)) as { api?: ApiDocument }
    if (api?.api !== 'a') continue
    const paths = api.paths.map((path) => ({
      ...path, template: '/kept', operations: path.operations.map((item) => ({ ...item, endpoint: { ...item.endpoint, route: '/kept', template: '/kept' } })),
    }))
    writeFileSync(join(folder, name), Buffer.concat([bytes.subarray(0, end + 1), serialize({ ...rest, api: { ...api, paths } })]))
  }
}
