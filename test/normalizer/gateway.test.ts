/** Kong's priorities where a line of a golden case cannot say it: headers, TLS names, and gateways with thousands of routes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, orderKongRoutes, readKong, readOpenApi } from '../../normalizer/index.ts'
import type { MatchRequest } from '../../normalizer/index.ts'

/** The name of the route that a request takes; every route is named after its place. */
function router (routes: readonly object[]): (request: Partial<MatchRequest>) => string | undefined {
  const named = routes.map((route, index) => ({ name: `r${index}`, ...route }))
  const declarative = { _format_version: '3.0', services: [{ name: 's', url: 'http://s.internal', routes: named }] }
  const api = readOpenApi({ openapi: '3.1.0', paths: { '/{rest+}': { get: {} } } }, { service: 's', source: 's' })
  const normalizer = compile([api], { gateway: readKong(declarative, { source: 'kong.yml' }).gateway })
  return (request) => normalizer.match({ method: 'GET', path: '/', ...request }).gateway?.name
}

test('a route with hosts and TLS names has one criterion more than one with hosts only', () => {
  const route = router([{ hosts: ['a.test'], paths: ['/x/y'] }, { hosts: ['a.test'], paths: ['/x'], snis: ['a.test'] }])
  assert.equal(route({ path: '/x/y', host: 'a.test' }), 'r1')
})

test('TLS names stand in for hosts, but do not count as plain hosts', () => {
  const route = router([{ snis: ['a.test.'], paths: ['/x'] }, { hosts: ['*.test'], paths: ['/x/y'] }])
  assert.equal(route({ path: '/x/y', host: 'a.test' }), 'r1')
  assert.equal(route({ path: '/x/z', host: 'a.test' }), 'r0')
  assert.equal(route({ path: '/x/z', host: 'b.test' }), undefined)
})

test('a pattern for a header is one of the criteria, and is searched for without regard to case', () => {
  const route = router([{ paths: ['/x'] }, { paths: ['/x'], headers: { 'X-Agent': ['~*^(?:bot|crawl)er$'], accept: ['a', '~*json'] } }])
  assert.equal(route({ path: '/x', headers: { 'x-agent': 'Crawler', accept: 'application/JSON' } }), 'r1')
  assert.equal(route({ path: '/x', headers: { 'x-agent': 'boter', accept: 'A' } }), 'r1')
  assert.equal(route({ path: '/x', headers: { 'x-agent': 'a crawler', accept: 'a' } }), 'r0')
  assert.equal(route({ path: '/x', headers: { 'x-agent': 'boter' } }), 'r0')
  assert.equal(route({ path: '/x' }), 'r0', 'headers that nobody tells do not speak for a route')
})

test('a pattern for a header that is not understood lets every value through', () => {
  const route = router([{ paths: ['/x'] }, { paths: ['/x'], headers: { 'x-agent': ['~*(?=bot)'] } }])
  assert.equal(route({ path: '/x', headers: { 'x-agent': 'any' } }), 'r1')
})

test('routes with wildcard hosts are found under every label of the host, in the order of priorities', () => {
  const route = router([
    { hosts: ['*.test'] }, { hosts: ['*.b.test', 'b.*'], paths: ['/x'] }, { hosts: ['a.b.*'], paths: ['/x/y'] }, { hosts: ['*.b.test:8443'], methods: ['GET'], paths: ['/x'] },
    { hosts: ['a*.test'], paths: ['/odd'] }, { hosts: ['*.b.test', 'a.b.test'], paths: ['/x/y/z'] }, { paths: ['/'] },
  ])
  const answers = [['a.b.test:80', '/x/y/z'], ['a.b.test:80', '/x/y'], ['a.b.test:8443', '/x'], ['A.B.test:80', '/x'], ['b.org', '/x'], ['b.test', '/x'], ['b.test', '/y'],
    ['.test', '/x'], ['b.', '/x'], ['abc.test', '/odd'], ['c.org', '/x'], ['', '/x/y']]
    .map(([host = '', path = '']) => `${host} ${path} ${route({ path, host })}`)
  assert.deepEqual(answers, ['a.b.test:80 /x/y/z r5', 'a.b.test:80 /x/y r2', 'a.b.test:8443 /x r3', 'A.B.test:80 /x r1', 'b.org /x r1', 'b.test /x r1', 'b.test /y r6',
    '.test /x r6', 'b. /x r6', 'abc.test /odd r4', 'c.org /x r6', ' /x/y r6'])
})

test('each of thousands of wildcard hosts and patterns finds its own route', () => {
  const count = 2000
  const hosts = router(Array.from({ length: count }, (_, index) => ({ hosts: [`*.t${index}.example.com`], paths: ['/'] })))
  const patterns = router(Array.from({ length: count }, (_, index) => ({ paths: [`~/(?<tenant>[^#?/]+)/s${index}/items$`] })))
  for (const index of [0, 19, 199, count - 1]) {
    assert.equal(hosts({ path: '/a', host: `x.t${index}.example.com` }), `r${index}`)
    assert.equal(patterns({ path: `/acme/s${index}/items` }), `r${index}`)
  }
  assert.equal(patterns({ path: `/acme/s${count}/items` }), undefined)
})

test('a pattern is not passed over for a literal that only some of its matches hold', () => {
  const route = router([{ paths: ['~/a(?:/long-literal)?/x$'] }, { paths: ['~/(?i)b/Folded/y$'] }, { paths: ['~/(?:c/one|d/other)/z$'] }, { paths: ['~/[a-z]+(?:/never){0}/w$'] }])
  assert.deepEqual(['/a/x', '/a/long-literal/x', '/B/fOLDED/Y', '/c/one/z', '/d/other/z', '/e/w'].map((path) => route({ path })), ['r0', 'r0', 'r1', 'r2', 'r2', 'r3'])
})

test('a header that a request does not have is not found on objects, whatever its name', () => {
  const routes = [{ name: 'odd', service: 's', paths: ['/a'], headers: { constructor: ['~*function'] } }, { name: 'plain', service: 's', paths: ['/a'] }]
  const normalizer = compile([], { gateway: orderKongRoutes(routes) })
  const gatewayRoute = (headers: Record<string, string>): unknown => normalizer.explain({ method: 'GET', path: '/a', headers }).match.gateway?.name
  assert.equal(gatewayRoute({}), 'plain')
  assert.equal(gatewayRoute({ constructor: 'a function' }), 'odd')
})
