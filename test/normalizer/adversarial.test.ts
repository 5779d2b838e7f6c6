import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, readOpenApi } from '../../normalizer/index.ts'
import { hashOf } from '../../normalizer/edges.ts'
import { declare } from '../../normalizer/forms.ts'
import { compilePattern } from '../../normalizer/pattern.ts'
import { createSearcher } from '../../normalizer/search.ts'
import type { Searcher } from '../../normalizer/search.ts'
import { openFilter } from '../../normalizer/select.ts'
import { compileMixed, fitsMixed } from '../../normalizer/segment.ts'
import { buildTree } from '../../normalizer/tree.ts'

test('greedy parameters cost a number of steps that grows with the path, not with its square', () => {
  const searcher = searcherOf(['/{a+}/x/{b+}/x/{c+}/y', '/{a+}/{b+}/{c+}/{d+}/z', '/x/{a+}/x/{b+}/w'])
  const [short, long] = [stepsFor(searcher, 'x/', 400), stepsFor(searcher, 'x/', 800)]
  assert.ok(long < short * 2.1, `${short} steps for 400 segments, ${long} for 800`)
})

test('a tree full of alternatives is searched at most once', () => {
  const keys = Array.from({ length: 2 ** 10 }, (_, index) =>
    '/' + Array.from({ length: 10 }, (_, bit) => (index >> bit) % 2 === 1 ? 'a' : `{p${bit}}`).join('/'))
  const searcher = searcherOf(keys.map((key) => `${key}/end`))
  const steps = stepsFor(searcher, 'a/', 11)
  assert.ok(steps <= 2 ** 11 * 2, `${steps} steps`)
})

test('a path deeper than every template costs no step', () => {
  const searcher = searcherOf(['/a/{b}/c'])
  assert.equal(stepsFor(searcher, 'a/', 50_000), 0)
})

test('a hundred kilobytes match, or do not, as short paths do', () => {
  const keys = ['/users/{id}', '/users/{id}.json', '/d/{a}-{b}-{c}-{d}', '/g/{rest+}', '/g/{rest+}/end', '/p/{a}/{b}']
  const normalizer = compile([readOpenApi(documentOf(keys), { service: 's', source: 'x' })])
  const routeOf = (path: string): string => normalizer.match({ method: 'GET', path }).route
  assert.equal(routeOf(`/users/${'x'.repeat(100_000)}`), '/users/{id}')
  assert.equal(routeOf(`/users/${'x.json'.repeat(17_000)}`), '/users/{id}.json')
  assert.equal(routeOf(`/d/${'-'.repeat(100_000)}`), '/d/{a}-{b}-{c}-{d}')
  assert.equal(routeOf(`/g/${'a/'.repeat(50_000)}end`), '/g/{rest+}/end')
  assert.equal(routeOf(`/g/${'a/'.repeat(50_000)}x`), '/g/{rest+}')
  assert.equal(routeOf(`/p/${'%41'.repeat(30_000)}/${'%zz'.repeat(30_000)}`), '/p/{a}/{b}')
  assert.equal(routeOf(`/users/${'../'.repeat(30_000)}users/1`), '/users/{id}')
  assert.equal(routeOf('/'.repeat(100_000)), '')
  assert.equal(normalizer.infer(`/${'a/'.repeat(50_000)}`), '/a/a/a/a/a/a/a/a/a/a/a/{*}')
  assert.equal(normalizer.infer(`/${'1a-'.repeat(50_000)}`), '/{text}')
})

test('a template of a hundred thousand segments is no stack overflow', () => {
  const key = `/${Array.from({ length: 100_000 }, (_, index) => index % 2 === 0 ? 'a' : '{b}').join('/')}`
  const normalizer = compile([readOpenApi(documentOf([key]), { service: 's', source: 'x' })])
  const request = { method: 'GET', path: key.replaceAll('{b}', 'b') }
  const match = normalizer.match(request)
  assert.equal(match.outcome, 'matched')
  assert.equal(Object.keys(normalizer.params(request, match)).length, 50_000)
})

test('an inner literal that nearly repeats is looked for in one pass', () => {
  const literal = `${'a'.repeat(2000)}b`
  const pattern = compileMixed({ kind: 'mixed', literals: ['', literal, ''], names: [['x'], ['y']] })
  let reads = 0
  const text = { charCodeAt: () => { reads++; return 97 } } as unknown as string
  assert.equal(fitsMixed(pattern, text, 0, 100_000), false)
  assert.ok(reads < 400_000, `${reads} characters read`)
})

test('a gateway pattern that would explode elsewhere answers', () => {
  for (const source of ['/(a+)+$', '/(a|a)*b', '/(a*)*(a*)*(a*)*c', '/(?:a?){30}a{30}$']) {
    assert.equal(compilePattern(source)?.matchLength(`/${'a'.repeat(5000)}!`), -1, source)
  }
  assert.equal(compilePattern('(a)\\1'), null)
  assert.equal(compilePattern('a(?=b)'), null)
  assert.equal(compilePattern('(?:(?:a{100}){100}){100}'), null)
  assert.equal(compilePattern('a{1,100000}'), null)
  assert.equal(compilePattern('[a-f]{1,1000}/')?.matchLength(`${'a'.repeat(1000)}/`), 1001)
  assert.equal(compilePattern('[a-f]{1,1000}/')?.matchLength(`${'a'.repeat(1001)}/`), -1)
  // Nothing, a thousand million times.
  assert.equal(compilePattern('(?:(?:(?:){999}){999}){999}a')?.matchLength('a'), 1)
})

test('variables of a server that would make millions of places are not all spelled out', () => {
  const names = Array.from({ length: 40 }, (_, index) => `v${index}`)
  const variables = Object.fromEntries(names.map((name) => [name, { default: '/a', enum: ['a', 'b', 'c'] }]))
  const servers = [{ url: `https://${names.map((name) => `{${name}}`).join('.')}/${names.map((name) => `{${name}}`).join('/')}`, variables }]
  const api = readOpenApi({ openapi: '3.1.0', paths: { '/items': { get: {} } }, servers }, { service: 's', source: 'x' })
  assert.ok(api.servers.length <= 4096, `${api.servers.length} servers`)
  assert.equal(compile([api]).match({ method: 'GET', path: '/items' }).outcome, 'matched')
})

test('two segments with the same hash are not the same segment', () => {
  const normalizer = compile([readOpenApi(documentOf(['/Aa/x', '/{p}/y']), { service: 's', source: 'x' })])
  assert.equal(normalizer.match({ method: 'GET', path: '/BB/x' }).outcome, 'unmatched')
  assert.equal(normalizer.match({ method: 'GET', path: '/BB/y' }).route, '/{p}/y')
  // Characters that stand 32 apart may change places: a hash goes once around in between.
  const [own, other] = [`a${'x'.repeat(31)}b`, `b${'x'.repeat(31)}a`]
  assert.equal(hashOf(own), hashOf(other))
  const both = compile([readOpenApi(documentOf([`/${own}/x`, '/{p}/y', `/one/${own}`, `/one/${other}`]), { service: 's', source: 'x' })])
  assert.equal(both.match({ method: 'GET', path: `/${other}/x` }).outcome, 'unmatched')
  assert.equal(both.match({ method: 'GET', path: `/${other}/y` }).route, '/{p}/y')
  for (const text of [own, other]) assert.equal(both.match({ method: 'GET', path: `/one/${text}` }).route, `/one/${text}`)
})

function searcherOf (keys: string[]): Searcher {
  return createSearcher(buildTree(declare([readOpenApi(documentOf(keys), { service: 's', source: 'x' })]).branches))
}

function stepsFor (searcher: Searcher, piece: string, count: number): number {
  const before = searcher.steps()
  assert.ok(searcher.scan(`/${piece.repeat(count)}`))
  assert.equal(searcher.find(1, openFilter), false)
  return searcher.steps() - before
}

function documentOf (keys: string[]): unknown {
  return { openapi: '3.0.0', paths: Object.fromEntries(keys.map((key) => [key, { get: {} }])) }
}
