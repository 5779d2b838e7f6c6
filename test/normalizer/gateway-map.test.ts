/** The gateway map belongs to no gateway: readers of two others make their own orders of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, readOpenApi } from '../../normalizer/index.ts'
import type { GatewayHeader, GatewayPath, GatewayRule, MatchRequest, Normalizer } from '../../normalizer/index.ts'

interface HttpMatch {
  path?: { type: 'Exact' | 'PathPrefix' | 'RegularExpression', value: string }
  method?: string
  headers?: Array<{ name: string, value: string, type?: 'Exact' | 'RegularExpression' }>
}
interface HttpRule { matches: HttpMatch[], backend: string, isPrefixReplaced?: boolean }
interface HttpRoute { name: string, hostnames?: string[], rules: HttpRule[] }

const pathKinds = { Exact: 'exact', PathPrefix: 'segments', RegularExpression: 'regex' } as const

/**
 * HTTPRoutes of the Kubernetes Gateway API: the longer host, exact paths, the longer prefix, a method, more headers, the order.
 * https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
 */
function orderHttpRoutes (routes: readonly HttpRoute[]): GatewayRule[] {
  const ranked = routes.flatMap(({ name, hostnames = [], rules }) => rules.flatMap(({ matches, backend, isPrefixReplaced = false }) => {
    const route = { name, service: backend }
    return matches.flatMap((match) => (hostnames.length === 0 ? [undefined] : hostnames).map((host) => {
      const { path = { type: 'PathPrefix', value: '/' }, method, headers = [] } = match
      const hosts = host === undefined ? [] : [host]
      const rule: GatewayRule = {
        route,
        hosts,
        path: { kind: pathKinds[path.type], value: path.value },
        methods: method === undefined ? [] : [method],
        headers: headers.map(headerOf),
        strip: isPrefixReplaced,
      }
      const isWild = host?.startsWith('*') === true
      const ofHost = [host === undefined ? 0 : isWild ? 1 : 2, host?.length ?? 0]
      const rank = [...ofHost, Number(path.type === 'Exact'), path.value.length, Number(method !== undefined), headers.length]
      return { rule, rank }
    }))
  }))
  const compare = (a: number[], b: number[]): number =>
    a.map((value, index) => b[index]! - value).find((difference) => difference !== 0) ?? 0
  return ranked.sort((a, b) => compare(a.rank, b.rank)).map(({ rule }) => rule)
}

function headerOf ({ name, value, type = 'Exact' }: { name: string, value: string, type?: string }): GatewayHeader {
  return type === 'Exact' ? { name, values: [value] } : { name, patterns: [value] }
}

interface Location { modifier: '' | '=' | '^~' | '~', path: string, backend: string }

/** NGINX's locations: `=`, a `^~` prefix, patterns in order, then the longest prefix. https://nginx.org/r/location */
function orderLocations (locations: readonly Location[]): GatewayRule[] {
  const longest = (a: Location, b: Location): number => b.path.length - a.path.length
  const of = (...modifiers: string[]): Location[] => locations.filter(({ modifier }) => modifiers.includes(modifier))
  return [...of('='), ...of('^~').sort(longest), ...of('~'), ...of('').sort(longest)].map(({ modifier, path, backend }) => {
    const form: GatewayPath = modifier === '~' ? { kind: 'regex', value: `.*(?:${path})` } : { kind: modifier === '=' ? 'exact' : 'prefix', value: path }
    return { route: { name: `${modifier}${path}`, service: backend }, path: form }
  })
}

function chooser (rules: readonly GatewayRule[]): (request: Partial<MatchRequest>) => string | undefined {
  const normalizer = compile([], { gateway: { rules } })
  return (request) => normalizer.match({ method: 'GET', path: '/', headers: {}, host: 'shop.example.com', ...request }).gateway?.service
}

const get = (path: string, more: Partial<HttpMatch> = {}): HttpMatch => ({ path: { type: 'PathPrefix', value: path }, ...more })

test('rules of the Gateway API: exact before the longest prefix, before a method, before more headers, before the order', () => {
  const choose = chooser(orderHttpRoutes([{
    name: 'shop',
    rules: [
      { matches: [get('/')], backend: 'all' },
      { matches: [get('/orders')], backend: 'orders' },
      { matches: [get('/orders/new')], backend: 'new' },
      { matches: [{ path: { type: 'Exact', value: '/orders/new' } }], backend: 'exactly-new' },
      { matches: [get('/orders', { headers: [{ name: 'X-Beta', value: 'yes' }] })], backend: 'beta' },
      { matches: [get('/orders', { headers: [{ name: 'X-Beta', value: 'yes' }, { name: 'X-Team', value: '^a', type: 'RegularExpression' }] })], backend: 'beta-team' },
      { matches: [get('/orders', { method: 'POST' })], backend: 'post' },
      { matches: [get('/orders')], backend: 'never' },
    ],
  }]))
  assert.equal(choose({ path: '/orders/new' }), 'exactly-new')
  assert.equal(choose({ path: '/orders/new/1' }), 'new')
  assert.equal(choose({ path: '/orders/7' }), 'orders')
  assert.equal(choose({ path: '/orders' }), 'orders')
  assert.equal(choose({ path: '/ordersx' }), 'all', 'a prefix ends where a segment ends')
  assert.equal(choose({ path: '/orders', headers: { 'x-beta': 'yes' } }), 'beta')
  assert.equal(choose({ path: '/orders', headers: { 'x-beta': 'yes', 'x-team': 'alpha' } }), 'beta-team')
  assert.equal(choose({ path: '/orders', method: 'POST', headers: { 'x-beta': 'yes', 'x-team': 'alpha' } }), 'post')
})

test('rules of the Gateway API: a host without a wildcard before one with, and that before none', () => {
  const choose = chooser(orderHttpRoutes([
    { name: 'any', rules: [{ matches: [get('/orders/long/prefix'), get('/')], backend: 'any' }] },
    { name: 'wild', hostnames: ['*.example.com'], rules: [{ matches: [get('/')], backend: 'wild' }] },
    { name: 'plain', hostnames: ['shop.example.com'], rules: [{ matches: [get('/')], backend: 'plain' }] },
  ]))
  assert.equal(choose({ path: '/orders/long/prefix' }), 'plain')
  assert.equal(choose({ host: 'other.example.com' }), 'wild')
  assert.equal(choose({ host: 'example.org' }), 'any')
})

test('a prefix that a rule of whole segments strips leaves the path that the document declares', () => {
  const document = { openapi: '3.1.0', info: { title: 'orders', version: '1' }, paths: { '/items/{id}': { get: {} } } }
  const normalizer: Normalizer = compile([readOpenApi(document, { service: 'orders', source: 'orders.yaml' })], {
    gateway: { rules: orderHttpRoutes([{ name: 'shop', rules: [{ matches: [get('/shop/')], backend: 'orders', isPrefixReplaced: true }] }]) },
  })
  const { outcome, endpoint, gateway } = normalizer.match({ method: 'GET', path: '/shop/items/7' })
  assert.deepEqual([outcome, endpoint?.template, gateway?.name], ['matched', '/items/{id}', 'shop'])
  assert.equal(normalizer.match({ method: 'GET', path: '/shopping/items/7' }).gateway, undefined)
})

test('locations of NGINX: the exact one, a final prefix, patterns anywhere in the path, then the longest prefix', () => {
  const choose = chooser(orderLocations([
    { modifier: '', path: '/', backend: 'all' },
    { modifier: '', path: '/images/big', backend: 'big' },
    { modifier: '~', path: '\\.png$', backend: 'pictures' },
    { modifier: '^~', path: '/static/', backend: 'static' },
    { modifier: '=', path: '/', backend: 'home' },
  ]))
  const paths = ['/', '/x', '/images/bigger', '/images/big/a.png', '/static/a.png', '/a/b.png', '/a/b.png/c']
  assert.deepEqual(paths.map((path) => choose({ path })), ['home', 'all', 'big', 'pictures', 'static', 'pictures', 'all'])
})

test('a rule without a path that can be told is found by the name of its route alone', () => {
  const normalizer = compile([], { gateway: { rules: [{ route: { name: 'wasm', service: 's' }, path: { kind: 'none' } }] } })
  assert.equal(normalizer.match({ method: 'GET', path: '/a' }).gateway, undefined)
  assert.equal(normalizer.match({ method: 'GET', path: '/a', route: 'wasm' }).gateway?.name, 'wasm')
})
