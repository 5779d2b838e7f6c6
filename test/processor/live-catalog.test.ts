import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startLiveCatalog } from '../../services/processor/catalog/live/live.ts'
import type { LiveCatalog, LiveOptions } from '../../services/processor/catalog/live/live.ts'
import { catalogSchema } from '../../services/processor/catalog/config.ts'
import { createLog } from '../../services/runtime/log.ts'
import { until } from '../until.ts'
import { apiDocument, serveDocuments } from './document-server.ts'
import { makeFolder } from './input/fixture.ts'

/** Files are looked at all the time, which costs little; a fetch starts a thread, so servers are asked on demand, */
const quick = { files: '20ms', remote: '1h', retry: '1h', grace: '1h' }
/** or where a test is about that, at their own pace. */
const paced = { ...quick, remote: '20ms', retry: '10ms' }
const silent = { add: () => {}, set: () => {} }

async function start (t: TestContext, base: string, catalog: object, telemetry: LiveOptions['telemetry'] = silent): Promise<LiveCatalog> {
  const config = catalogSchema.parse({ refresh: quick, ...catalog })
  const live = await startLiveCatalog({ config, base, state: join(base, 'state'), telemetry, log: createLog('test', 'silent') })
  t.after(() => live.close())
  return live
}

const routes = (live: LiveCatalog): string[] => live.current().endpoints.map(({ route }) => route)

test('a changed, a new and a deleted file make another catalog, and the same content makes none', async (t) => {
  const base = makeFolder(t)
  mkdirSync(join(base, 'apis'))
  writeFileSync(join(base, 'apis/a.yaml'), apiDocument('A', '/a'))
  const live = await start(t, base, { openapi: ['apis'] })
  assert.deepEqual(routes(live), ['/a'])
  const first = live.current()
  writeFileSync(join(base, 'apis/a.yaml'), apiDocument('A', '/a'))
  await live.refresh()
  assert.equal(live.current(), first)
  writeFileSync(join(base, 'apis/b.yaml'), apiDocument('B', '/b'))
  await until(() => routes(live).length === 2)
  assert.notEqual(live.current().digest, first.digest)
  rmSync(join(base, 'apis/a.yaml'))
  await until(() => routes(live).join() === '/b')
})

test('a file that is cut, emptied or broken leaves what it declared before, and is told until it is mended', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'a.json'), JSON.stringify({ openapi: '3.0.0', info: {}, paths: { '/a': { get: {} } } }))
  writeFileSync(join(base, 'b.yaml'), apiDocument('B', '/b'))
  const live = await start(t, base, { openapi: ['*.{json,yaml}'] })
  for (const [json, yaml] of [['{"openapi":"3.0.0","paths":{"/x":', ''], ['', 'openapi: [']] as const) {
    writeFileSync(join(base, 'a.json'), json)
    writeFileSync(join(base, 'b.yaml'), yaml)
    await live.refresh()
    assert.deepEqual(routes(live), ['/a', '/b'])
    assert.equal(live.status().stale, true)
    assert.match(JSON.stringify(live.status().sources), /files cannot be used as they are now/)
  }
  writeFileSync(join(base, 'next'), apiDocument('B', '/b', '/c'))
  renameSync(join(base, 'next'), join(base, 'b.yaml'))
  writeFileSync(join(base, 'a.json'), JSON.stringify({ openapi: '3.0.0', info: {}, paths: { '/a2': { get: {} } } }))
  await until(() => routes(live).join() === '/a2,/b,/c')
  assert.equal(live.status().stale, false)
})

test('a URL is asked with its ETag, and a change is taken over', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/a.yaml': apiDocument('A', '/a') })
  const live = await start(t, base, { openapi: [`${server.url}/a.yaml`], refresh: paced })
  const first = live.current()
  await until(() => server.answers.filter((answer) => answer === '304 /a.yaml').length >= 2)
  assert.equal(live.current(), first)
  assert.equal(server.answers.filter((answer) => answer === '200 /a.yaml').length, 1)
  server.pages.set('/a.yaml', apiDocument('A', '/a', '/b'))
  await until(() => routes(live).length === 2)
  assert.deepEqual(live.status().sources.map(({ source, problem }) => [source, problem]), [[`${server.url}/a.yaml`, null]])
})

test('a URL that fails or gives something else keeps what it declared, while the others move on', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/a.yaml': apiDocument('A', '/a'), '/b.yaml': apiDocument('B', '/b') })
  const live = await start(t, base, { openapi: [`${server.url}/a.yaml`, { url: `${server.url}/b.yaml`, service: 'billing' }] })
  server.pages.set('/a.yaml', '<html>Sign in</html>')
  server.pages.set('/b.yaml', apiDocument('B', '/b2'))
  await live.refresh()
  assert.deepEqual(routes(live), ['/a', '/b2'])
  assert.equal(live.current().endpoints[1]?.service, 'billing')
  server.pages.set('/a.yaml', (_, response) => response.writeHead(500).end())
  await live.refresh()
  assert.deepEqual(routes(live), ['/a', '/b2'])
  const { stale, problems, sources } = live.status()
  assert.deepEqual([stale, problems], [true, 1])
  assert.match(sources[0]?.problem ?? '', /the server answered 500; what was read last stays in use/)
  server.pages.set('/a.yaml', apiDocument('A', '/a'))
  await live.refresh()
  assert.equal(live.status().stale, false)
})

test('the first start goes on without a URL that cannot be reached, and takes it in later', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'a.yaml'), apiDocument('A', '/a'))
  const server = await serveDocuments(t, {})
  const live = await start(t, base, { openapi: ['a.yaml', `${server.url}/b.yaml`], refresh: paced })
  assert.deepEqual([routes(live), live.status().problems], [['/a'], 1])
  server.pages.set('/b.yaml', apiDocument('B', '/b'))
  await until(() => routes(live).join() === '/a,/b')
  assert.equal(live.status().problems, 0)
})

test('a source that is away is asked at its own pace, and its problem stays while others change', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'a.yaml'), apiDocument('A', '/a'))
  const server = await serveDocuments(t, {})
  const live = await start(t, base, { openapi: ['a.yaml', `${server.url}/b.yaml`], refresh: quick })
  writeFileSync(join(base, 'a.yaml'), apiDocument('A', '/a2'))
  await until(() => routes(live).join() === '/a2')
  assert.deepEqual([server.answers, live.status().problems, live.status().stale], [['404 /b.yaml'], 1, true])
})

test('a path that leads nowhere is an error at the start; later what was read last stays', async (t) => {
  const base = makeFolder(t)
  await assert.rejects(start(t, base, { openapi: ['nowhere'] }), { code: 'CATALOG_EMPTY' })
  mkdirSync(join(base, 'apis'))
  writeFileSync(join(base, 'apis/a.yaml'), apiDocument('A', '/a'))
  const live = await start(t, base, { openapi: ['apis'] })
  renameSync(join(base, 'apis'), join(base, 'away'))
  await live.refresh()
  assert.deepEqual([routes(live), live.status().stale], [['/a'], true])
  renameSync(join(base, 'away'), join(base, 'apis'))
  await live.refresh()
  assert.deepEqual([routes(live), live.status().stale], [['/a'], false])
})

test('a start while a URL is away uses what an earlier process read of it', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/a.yaml': apiDocument('A', '/a') })
  const source = `${server.url.replace('//', '//user:hunter2@')}/a.yaml`
  const early = await start(t, base, { openapi: [source] })
  const { digest } = early.current()
  for (const file of readdirSync(join(base, 'state/catalog'))) assert.doesNotMatch(readFileSync(join(base, 'state/catalog', file), 'latin1'), /hunter2/)
  await early.close()
  server.pages.set('/a.yaml', (request) => request.destroy())
  const late = await start(t, base, { openapi: [source] })
  assert.doesNotMatch(JSON.stringify([late.status(), late.current().problems]), /hunter2/)
  assert.deepEqual([routes(late), late.current().digest, late.status().stale], [['/a'], digest, true])
})

test('a document that needs more memory than there is is left out, and the process lives', async (t) => {
  const base = makeFolder(t)
  writeFileSync(join(base, 'a.yaml'), apiDocument('A', '/a'))
  const paths = Object.fromEntries(Array.from({ length: 30_000 }, (_, number) => [`/p${number}/{id}`, { get: { responses: { 200: {} } } }]))
  writeFileSync(join(base, 'b.json'), JSON.stringify({ openapi: '3.0.0', info: { title: 'B', version: '1' }, paths }))
  const live = await start(t, base, { openapi: ['a.yaml', 'b.json'], compile: { memory: '40MiB' } })
  assert.deepEqual(routes(live), ['/a'])
  assert.match(live.current().problems.map(({ message }) => message).join(), /the document was left out: reading took more than 42 MB \(catalog.compile.memory\)/)
})

test('a compile that fails is not tried again for answers that say nothing new', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/a.yaml': apiDocument('A', '/a') })
  writeFileSync(join(base, 'partners.yaml'), 'partners: []\n')
  const outcomes: string[] = []
  const telemetry: LiveOptions['telemetry'] = { ...silent, add: (_, { outcome }, count) => { if (count > 0) outcomes.push(String(outcome)) } }
  const failures = (): number => outcomes.filter((outcome) => outcome === 'failed').length
  const sources = { openapi: [`${server.url}/a.yaml`], partners: 'partners.yaml', refresh: { ...paced, files: '1h' } }
  const live = await start(t, base, sources, telemetry)
  for (const file of readdirSync(join(base, 'state/catalog'))) rmSync(join(base, 'state/catalog', file))
  writeFileSync(join(base, 'partners.yaml'), 'partners: 7\n')
  await live.refresh()
  const [failed, answered] = [failures(), server.answers.length]
  await until(() => server.answers.length > answered + 3)
  await live.refresh()
  assert.deepEqual([failed, failures(), routes(live)], [1, 2, ['/a']])
  server.pages.set('/a.yaml', apiDocument('A', '/b'))
  await until(() => failures() > 2)
  writeFileSync(join(base, 'partners.yaml'), 'partners: []\n')
  server.pages.set('/a.yaml', apiDocument('A', '/c'))
  await until(() => routes(live).join() === '/c')
  assert.equal(live.status().problems, 0)
})
