/** What a live catalog keeps, and what it lets go of. */
import assert from 'node:assert/strict'
import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { LiveCatalog } from '../../services/processor/catalog/live/live.ts'
import { playback, recording } from './catalog/playback.ts'
import { apiDocument, serveDocuments } from './document-server.ts'
import type { Page } from './document-server.ts'
import { normalizedEvent } from './event.ts'
import { makeFolder } from './input/fixture.ts'
import { startQuietCatalog } from './live-fixture.ts'

const routes = (live: LiveCatalog): string => live.current().endpoints.map(({ route }) => route).sort().join()

test('a consumer that comes to the gateway is found by its partner, though no route has changed', async (t) => {
  const base = makeFolder(t)
  const kong = (customId: string): string => `_format_version: "3.0"\nconsumers: [{ username: shop, custom_id: ${customId} }]\n`
  writeFileSync(join(base, 'kong.yml'), kong('old'))
  writeFileSync(join(base, 'partners.yaml'), 'partners: [{ name: acme, consumers: [shop] }]\n')
  const live = await startQuietCatalog(t, base, { kong: 'kong.yml', partners: 'partners.yaml' })
  const first = live.current()
  const partnerOf = (customId: string): string => live.current().findPartner(normalizedEvent({ consumer_custom_id: customId, consumer: 'x' })).name
  assert.deepEqual([partnerOf('old'), partnerOf('new')], ['acme', 'unmapped'])
  writeFileSync(join(base, 'kong.yml'), kong('new'))
  await live.refresh()
  assert.deepEqual([partnerOf('old'), partnerOf('new')], ['unmapped', 'acme'])
  assert.notEqual(live.current().digest, first.digest)
})

test('what is in use of a source that is away stays, also when nothing of it could be kept on disk', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/a.yaml': apiDocument('A', '/a'), '/b.yaml': apiDocument('B', '/b') })
  const live = await startQuietCatalog(t, base, { openapi: [`${server.url}/a.yaml`, `${server.url}/b.yaml`] })
  rmSync(join(base, 'state/catalog'), { recursive: true })
  writeFileSync(join(base, 'state/catalog'), 'not a folder')
  server.pages.set('/a.yaml', (_, response) => response.writeHead(503).end())
  server.pages.set('/b.yaml', apiDocument('B', '/b2'))
  await live.refresh()
  assert.deepEqual([routes(live), live.status().stale], ['/a,/b', true])
  server.pages.set('/a.yaml', apiDocument('A', '/a'))
  await live.refresh()
  assert.deepEqual([routes(live), live.status().stale], ['/a,/b2', false])
})

test('a start does not wait for a source that hangs when something of it is kept', async (t) => {
  const base = makeFolder(t)
  const state = { isHanging: false }
  const kong = await playback({ exchanges: recording('kong-admin/without-database.json'), interfere: () => state.isHanging })
  const sources = { kong: { admin_url: kong.url, timeout: '1h' } }
  const early = await startQuietCatalog(t, base, sources)
  await early.close()
  state.isHanging = true
  const late = await startQuietCatalog(t, base, { ...sources, refresh: { files: '1h', remote: '1h', retry: '1h', grace: '100ms' } })
  assert.equal(late.current().digest, early.current().digest)
  assert.match(late.status().sources[0]?.problem ?? '', /no answer since the start; what was read last stays in use/)
  assert.equal(late.status().stale, true)
})

test('a file whose size and time stamp are those from before is read when it was written', async (t) => {
  const base = makeFolder(t)
  const path = join(base, 'a.yaml')
  const long = new Date('2026-01-01')
  const write = (text: string): void => {
    writeFileSync(path, text)
    utimesSync(path, long, long)
  }
  write(apiDocument('A', '/one'))
  const live = await startQuietCatalog(t, base, { openapi: ['a.yaml'], refresh: { files: '20ms' } })
  write(apiDocument('A', '/two'))
  await new Promise<void>((resolve) => { live.onChange(resolve) })
  assert.equal(routes(live), '/two')
})

test('a definition that no entity leads to any more is not asked for again', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/one.yaml': apiDocument('One', '/one'), '/two.yaml': apiDocument('Two', '/two') })
  const entity = (page: string): string => `apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: api }
spec: { type: openapi, owner: team, lifecycle: production, definition: { $text: '${server.url}/${page}.yaml' } }
`
  writeFileSync(join(base, 'catalog-info.yaml'), entity('one'))
  const live = await startQuietCatalog(t, base, { backstage: ['catalog-info.yaml'], fetch: { hosts: ['127.0.0.1'] } })
  writeFileSync(join(base, 'catalog-info.yaml'), entity('two'))
  server.pages.delete('/one.yaml')
  await live.refresh()
  assert.deepEqual([routes(live), live.status().stale], ['/two', false])
  const asked = server.answers.filter((answer) => answer.endsWith('/one.yaml')).length
  await live.refresh()
  assert.equal(server.answers.filter((answer) => answer.endsWith('/one.yaml')).length, asked)
})

test('a file that is being written is not read half, though a URL is due', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/url.yaml': apiDocument('Url', '/url') })
  writeFileSync(join(base, 'a.yaml'), apiDocument('A', '/a', '/b', '/c'))
  const live = await startQuietCatalog(t, base, { openapi: ['a.yaml', `${server.url}/url.yaml`] })
  const seen = new Set<string>()
  live.onChange(() => seen.add(routes(live)))
  const paths = ['/a', '/b', '/d', '/e', '/f']
  const write = (count: number): void => { writeFileSync(join(base, 'a.yaml'), apiDocument('A', ...paths.slice(0, count))) }
  write(1)
  for (let count = 2; count <= paths.length; count++) setTimeout(write, 200 * count, count)
  await live.refresh()
  await live.refresh()
  assert.deepEqual([...seen], ['/a,/b,/d,/e,/f,/url'])
})

test('documents that a URL with a password refers to get the password as well, and no finding tells a key of the query', async (t) => {
  const base = makeFolder(t)
  const text = `${apiDocument('A', '/a')}  /ref: { $ref: './part.yaml' }\n  /gone: { $ref: '#/components/pathItems/gone' }\n`
  const guarded = (page: string): Page => (request, response) => {
    const isKnown = request.headers.authorization === `Basic ${Buffer.from('user:word-of-pass').toString('base64')}`
    response.writeHead(isKnown ? 200 : 401).end(isKnown ? page : '')
  }
  const server = await serveDocuments(t, { '/a.yaml?key=qu3ry': guarded(text), '/part.yaml': guarded('get: { operationId: part }\n') })
  const live = await startQuietCatalog(t, base, { openapi: [`${server.url.replace('//', '//user:word-of-pass@')}/a.yaml?key=qu3ry`] })
  const told = JSON.stringify([live.current().problems, live.status()])
  assert.equal(routes(live), '/a,/ref', told)
  assert.doesNotMatch(told, /qu3ry|word-of-pass/)
  assert.match(told, /unresolved-reference/)
})
