/** Sources that are asked over HTTP, as parts of a live catalog: Backstage, Kong, and documents that refer to others. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { LiveCatalog } from '../../services/processor/catalog/live/live.ts'
import { livingBackstage } from './catalog/living-backstage.ts'
import { playback, recording } from './catalog/playback.ts'
import { apiDocument, serveDocuments } from './document-server.ts'
import { makeFolder } from './input/fixture.ts'
import { startQuietCatalog } from './live-fixture.ts'

const routes = (live: LiveCatalog): string[] => live.current().endpoints.map(({ service, route }) => `${service} ${route}`)

test('a Backstage gives operations, owners and changes; while it is away all of it stays, also after a restart', async (t) => {
  const base = makeFolder(t)
  const backstage = await livingBackstage()
  const provides = [{ type: 'providesApi', targetRef: 'api:default/orders-api' }, { type: 'ownedBy', targetRef: 'group:default/team-orders' }]
  backstage.put('Component', 'orders', { type: 'service', lifecycle: 'production', owner: 'team-orders', providesApis: ['orders-api'] }, provides)
  backstage.put('API', 'orders-api', { type: 'openapi', lifecycle: 'production', owner: 'team-orders', definition: apiDocument('Orders', '/v1/orders') })
  const sources = { backstage: [{ url: backstage.url, token: 'secret' }] }
  const live = await startQuietCatalog(t, base, sources)
  assert.deepEqual(routes(live), ['orders /v1/orders'])
  assert.equal(live.current().services.get('orders')?.owner, 'team-orders')
  const first = live.current()
  await live.refresh()
  assert.equal(live.current(), first)
  const definition = `${apiDocument('Orders', '/v1/orders', '/v2/orders')}  /x: { $ref: 'file:///etc/hostname' }\n`
  backstage.put('API', 'orders-api', { type: 'openapi', lifecycle: 'production', owner: 'team-orders', definition })
  await live.refresh()
  assert.deepEqual(routes(live), ['orders /v1/orders', 'orders /v2/orders'])
  assert.match(JSON.stringify(live.current().problems), /file:\/\/\/etc\/hostname/)
  backstage.entities.clear()
  await live.refresh()
  assert.deepEqual([routes(live).length, live.status().stale], [2, true])
  await live.close()
  const late = await startQuietCatalog(t, base, sources)
  assert.deepEqual([routes(late).length, late.status().stale], [2, true])
})

test('a Kong gives routes and consumers, and no secret of it is written anywhere', async (t) => {
  const base = makeFolder(t)
  const exchanges = recording('kong-admin/without-database.json')
  const state = { isAway: false }
  const kong = await playback({
    exchanges,
    interfere: (_, response) => {
      if (state.isAway) response.writeHead(503).end()
      return state.isAway
    },
  })
  const live = await startQuietCatalog(t, base, { kong: { admin_url: kong.url } })
  const routeOf = (path: string): string | undefined => live.current().normalizer.match({ method: 'GET', path }).gateway?.name
  assert.equal(routeOf('/stock/7'), 'stock')
  for (const file of readdirSync(join(base, 'state/catalog'))) {
    assert.doesNotMatch(readFileSync(join(base, 'state/catalog', file), 'latin1'), /secret-|-secret|password|acme-issuer|client_id|key-of/)
  }
  state.isAway = true
  await live.refresh()
  assert.equal(routeOf('/stock/7'), 'stock')
  assert.match(live.status().sources[0]?.problem ?? '', /the server answered 503/)
})

test('a referenced document counts as a part of the one that refers to it', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, {
    '/api/root.yaml': 'openapi: 3.1.0\ninfo: { title: R, version: "1" }\npaths:\n  /a: { $ref: ./parts/a.yaml }\n',
    '/api/parts/a.yaml': 'get: { operationId: one }\n',
  })
  const live = await startQuietCatalog(t, base, { openapi: [`${server.url}/api/root.yaml`] })
  assert.deepEqual(live.current().endpoints.map(({ operationId }) => operationId), ['one'])
  server.pages.set('/api/parts/a.yaml', 'get: { operationId: two }\n')
  await live.refresh()
  assert.deepEqual(live.current().endpoints.map(({ operationId }) => operationId), ['two'])
  server.pages.set('/api/parts/a.yaml', (_, response) => response.writeHead(503).end())
  await live.refresh()
  assert.deepEqual([live.current().endpoints.length, live.status().stale], [1, true])
})

test('what is too large, endlessly redirected or cut does not get in, and does not hold up the rest', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, {
    '/fine.yaml': apiDocument('Fine', '/fine'),
    '/large.yaml': `${apiDocument('Large', '/large')}#${'x'.repeat(200_000)}\n`,
    '/circle.yaml': (_, response) => { response.writeHead(302, { location: '/circle.yaml' }).end() },
    '/cut.yaml': (_, response) => {
      response.writeHead(200, { 'content-length': 10_000 }).write(apiDocument('Cut', '/cut'))
      setTimeout(() => { response.destroy() }, 20)
    },
    '/away.yaml': (_, response) => { response.writeHead(302, { location: 'http://localhost:9/x.yaml' }).end() },
  })
  const names = ['large', 'circle', 'cut', 'away', 'fine']
  const live = await startQuietCatalog(t, base, { openapi: names.map((name) => `${server.url}/${name}.yaml`), fetch: { max_bytes: '100KB' } })
  assert.deepEqual(routes(live), ['fine /fine'])
  const problems = live.status().sources.map(({ source, problem }) => `${source.replace(/.*\//, '')} ${(problem ?? 'none').replace(/[:;.].*/, '')}`)
  assert.deepEqual(problems, [
    'away.yaml the host localhost',
    'circle.yaml more than 5 redirects',
    'cut.yaml no answer',
    'fine.yaml none',
    'large.yaml the answer is larger than 100000 bytes',
  ])
})

test('an answer without an end is given up at the time limit, and does not hold up the rest', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/slow.yaml': (_, response) => { response.writeHead(200).write('openapi: 3.1.0\n') } })
  writeFileSync(join(base, 'fine.yaml'), apiDocument('Fine', '/fine'))
  const live = await startQuietCatalog(t, base, { openapi: [`${server.url}/slow.yaml`, 'fine.yaml'], fetch: { timeout: '100ms' } })
  assert.deepEqual(routes(live), ['fine /fine'])
  assert.match(live.status().sources.at(-1)?.problem ?? '', /^no whole answer within 100 ms/)
})

test('a definition that a file has behind a URL is fetched when its host is allowed', async (t) => {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/orders.yaml': apiDocument('Orders', '/v1/orders') })
  writeFileSync(join(base, 'catalog-info.yaml'), `apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: orders-api }
spec: { type: openapi, owner: team, lifecycle: production, definition: { $text: '${server.url}/orders.yaml' } }
`)
  const refused = await startQuietCatalog(t, base, { backstage: ['catalog-info.yaml'] })
  assert.match(refused.current().problems.map(({ message }) => message).join(), /catalog\.fetch\.hosts does not name 127\.0\.0\.1/)
  assert.deepEqual([routes(refused), server.answers], [[], []])
  await refused.close()
  const live = await startQuietCatalog(t, base, { backstage: ['catalog-info.yaml'], fetch: { hosts: ['127.0.0.1'] } })
  assert.deepEqual(routes(live), ['orders-api /v1/orders'])
})
