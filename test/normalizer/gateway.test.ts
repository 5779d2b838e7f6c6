/** Kong's priorities where a line of a golden case cannot say it: headers, TLS names, and gateways with thousands of routes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, readKong, readOpenApi } from '../../normalizer/index.ts'
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
