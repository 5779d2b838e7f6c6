/** Sources of a live catalog that are slow, hang or come late, beside others that are well. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import type { LiveCatalog } from '../../services/processor/catalog/live/live.ts'
import { until } from '../until.ts'
import { playback, recording } from './catalog/playback.ts'
import { web } from './catalog/web.ts'
import { apiDocument, serveDocuments } from './document-server.ts'
import { makeFolder } from './input/fixture.ts'
import { startQuietCatalog } from './live-fixture.ts'

const routes = (live: LiveCatalog): string => live.current().endpoints.map(({ route }) => route).sort().join()

test('a Backstage and a Kong that hang hold up neither files nor URLs, nor their changes', async (t) => {
  const base = makeFolder(t)
  const silent = await web(() => {})
  const server = await serveDocuments(t, { '/b.yaml': apiDocument('B', '/b') })
  writeFileSync(join(base, 'a.yaml'), apiDocument('A', '/a'))
  const live = await startQuietCatalog(t, base, {
    openapi: ['a.yaml', `${server.url}/b.yaml`],
    backstage: [{ url: silent.url, timeout: '1h' }],
    kong: { admin_url: silent.url, timeout: '1h' },
    refresh: { files: '20ms', remote: '50ms', retry: '1h', grace: '0ms' },
  })
  await until(() => routes(live) === '/a,/b')
  writeFileSync(join(base, 'a.yaml'), apiDocument('A', '/a2'))
  await until(() => routes(live) === '/a2,/b')
  server.pages.set('/b.yaml', apiDocument('B', '/b2'))
  await until(() => routes(live) === '/a2,/b2')
  const { missing, sources, warnings } = live.status()
  assert.deepEqual(missing, [`${silent.url}/`, `${silent.url}/`])
  assert.deepEqual(sources.filter(({ problem }) => problem !== null).map(({ problem }) => problem?.split(';')[0]), Array(2).fill('nothing has been read of it yet'))
  assert.ok(warnings >= 2)
  assert.equal(live.isWhole(), false)
  await until(() => silent.seen.length === 2)
  assert.deepEqual(silent.seen.map(({ url }) => url?.split('?')[0]).sort(), ['/api/catalog/entities/by-query', '/config'])
})

test('a first start goes on after the grace, names what is missing, and takes it in when it answers', async (t) => {
  const base = makeFolder(t)
  const state: { late?: ServerResponse } = {}
  const server = await serveDocuments(t, { '/a.yaml': (_, response) => { state.late = response } })
  const live = await startQuietCatalog(t, base, {
    openapi: [`${server.url}/a.yaml`], fetch: { timeout: '1h' }, refresh: { files: '1h', remote: '1h', retry: '1h', grace: '10ms' },
  })
  assert.deepEqual([routes(live), live.isWhole(), live.status().missing], ['', false, [`${server.url}/a.yaml`]])
  await until(() => state.late !== undefined)
  state.late?.writeHead(200).end(apiDocument('A', '/a'))
  await until(() => routes(live) === '/a')
  const { missing, warnings, stale } = live.status()
  assert.deepEqual([live.isWhole(), missing, warnings, stale], [true, [], 0, false])
})

test('no source is asked twice at a time, and who asks for a look gets one that begins after', async (t) => {
  const base = makeFolder(t)
  const state = { asking: 0, most: 0, version: 1 }
  const server = await serveDocuments(t, {
    '/a.yaml': (_, response) => {
      const { version } = state
      state.most = Math.max(state.most, ++state.asking)
      setTimeout(() => {
        state.asking--
        response.writeHead(200).end(apiDocument('A', `/v${version}`))
      }, 100)
    },
  })
  const live = await startQuietCatalog(t, base, { openapi: [`${server.url}/a.yaml`], refresh: { files: '1h', remote: '10ms', retry: '10ms', grace: '1h' } })
  for (const version of [2, 3, 4]) {
    state.version = version
    await Promise.all([live.refresh(), live.refresh()])
    assert.equal(routes(live), `/v${version}`)
  }
  assert.equal(state.most, 1)
})

test('one answer that needs too much memory is left out, and the others that were asked with it are read', async (t) => {
  const base = makeFolder(t)
  const paths = Object.fromEntries(Array.from({ length: 60_000 }, (_, number) => [`/p${number}/{id}`, { get: { responses: { 200: {} } } }]))
  const silent = await web(() => {})
  const server = await serveDocuments(t, {
    '/large.json': JSON.stringify({ openapi: '3.0.0', info: { title: 'L', version: '1' }, paths }),
    '/a.yaml': apiDocument('A', '/a'),
  })
  const live = await startQuietCatalog(t, base, {
    openapi: [`${server.url}/large.json`, `${server.url}/a.yaml`],
    kong: { admin_url: silent.url, timeout: '1h' },
    compile: { memory: '80MiB' },
    refresh: { files: '1h', remote: '1h', retry: '1h', grace: '0ms' },
  })
  await until(() => routes(live) === '/a')
  const problemOf = (name: string): string => live.status().sources.find(({ source }) => source.endsWith(name))?.problem ?? ''
  await until(() => problemOf('/large.json').startsWith('the document was left out: reading took more than 84 MB (catalog.compile.memory)'))
  assert.deepEqual(live.status().missing, [`${server.url}/large.json`, `${silent.url}/`].sort())
})

test('one answer that takes too long to read does not hold up those that come behind it', async (t) => {
  const base = makeFolder(t)
  // With a merge key a text is read by the parser that keeps positions: this one takes it many seconds.
  const text = `openapi: 3.1.0\ninfo: { <<: { title: E }, version: '1' }\npaths:\n${Array.from({ length: 200_000 }, (_, number) =>
    `  /p${number}/{id}: { get: { responses: { 200: { description: fine } } } }\n`).join('')}`
  let tell = (): void => {}
  const asked = new Promise<void>((resolve) => { tell = resolve })
  const server = await serveDocuments(t, {
    '/endless.yaml': (_, response) => { response.on('finish', tell).writeHead(200).end(text) },
    '/a.yaml': (_, response) => { asked.then(() => setTimeout(() => { response.writeHead(200).end(apiDocument('A', '/a')) }, 500), () => {}) },
  })
  const openapi = [`${server.url}/endless.yaml`, `${server.url}/a.yaml`]
  const live = await startQuietCatalog(t, base, {
    openapi, compile: { timeout: '60s' }, refresh: { files: '1h', remote: '1h', retry: '1h', grace: '0ms' },
  })
  await until(() => routes(live) === '/a')
  assert.deepEqual(live.status().missing, [`${server.url}/endless.yaml`])
})

test('a token that is refused is read anew from its file', async (t) => {
  const base = makeFolder(t)
  const state = { token: 'one' }
  const server = await serveDocuments(t, {
    '/a.yaml': (request, response) => {
      const isKnown = request.headers.authorization === `Bearer ${state.token}`
      response.writeHead(isKnown ? 200 : 401).end(isKnown ? apiDocument('A', `/${state.token}`) : '')
    },
  })
  const sources = (token: string): object => ({ openapi: [{ url: `${server.url}/a.yaml`, token }] })
  const given = { token: 'one' }
  const live = await startQuietCatalog(t, base, sources('one'), () => sources(given.token))
  assert.equal(routes(live), '/one')
  state.token = 'two'
  await live.refresh()
  assert.deepEqual([routes(live), live.status().stale], ['/one', true])
  given.token = 'two'
  await live.refresh()
  assert.deepEqual([routes(live), live.status().stale], ['/two', false])
})

test('a Kong that comes back after a start without it is taken in, and its problem is gone', async (t) => {
  const base = makeFolder(t)
  const state = { isAway: true }
  const kong = await playback({
    exchanges: recording('kong-admin/without-database.json'),
    interfere: (_, response) => {
      if (state.isAway) response.writeHead(404).end()
      return state.isAway
    },
  })
  const live = await startQuietCatalog(t, base, { kong: { admin_url: kong.url } })
  assert.deepEqual([live.status().problems, live.status().missing.length], [1, 1])
  state.isAway = false
  await live.refresh()
  assert.deepEqual([live.status().problems, live.status().missing.length, live.isWhole()], [0, 0, true])
})
