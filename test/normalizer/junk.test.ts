import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compile, createInference, inferRoute, isInferenceState, lintCatalog, open, orderKongRoutes,
  prepare, readBackstage, readKong, readOpenApi, readRouteName,
} from '../../normalizer/index.ts'

const document = { openapi: '3.0.0', paths: { '/a/{id}': { get: {} }, '/files/{path+}': { get: {} }, '/{a}-{b}.{c}': { get: {} } } }
const api = readOpenApi(document, { service: 's', source: 's.yaml' })
const nested = Array.from({ length: 20_000 }).reduce<unknown>((inner) => [inner], [])

const junk: unknown[] = [
  undefined, null, 0, Number.NaN, 1n, true, '', {}, [], () => 1, Symbol('s'), 'x'.repeat(100_000), '\ud800', '/\udfff/\ud800',
  Object.create(null), new Map(), /x/, [null], [[]], [{}], [1, 'a', null], nested, { paths: null }, { routes: 5 }, { routes: [null, 5, {}] },
  { tree: null }, { paths: [], problems: [] }, { toString: 5, valueOf: 5 },
]

/** Any argument of any function. */
type Any = (...values: unknown[]) => unknown

const whole: Record<string, unknown> = {
  compile,
  prepare,
  open,
  createInference,
  inferRoute,
  isInferenceState,
  lintCatalog,
  orderKongRoutes,
  readBackstage,
  readKong,
  readOpenApi,
  readRouteName,
}

for (const [name, call] of Object.entries(whole)) {
  test(`${name} takes junk for any argument`, () => {
    for (const value of junk) {
      (call as Any)(value);
      (call as Any)(value, value);
      (call as Any)([value], value);
      (call as Any)(value, { source: value, service: value, gateway: value });
      (call as Any)([], value);
      (call as Any)([api], { gateway: { rules: value } })
    }
  })
}

test('a normalizer takes junk for any argument and any field of a request', () => {
  const normalizer = compile([api], { gateway: orderKongRoutes([{ name: 'r', service: 's', paths: ['/r'], hosts: ['*.x'] }]) })
  for (const value of junk) {
    for (const call of [normalizer.match, normalizer.explain, normalizer.infer, normalizer.params]) (call as Any)(value, value)
    for (const field of ['method', 'path', 'host', 'service', 'route', 'upstream', 'headers']) {
      const request = { method: 'GET', path: '/a/1', [field]: value };
      (normalizer.match as Any)(request);
      (normalizer.explain as Any)(request)
    }
  }
})

test('a gateway map takes junk for any field of a route', () => {
  for (const value of junk) {
    for (const field of ['name', 'id', 'service', 'paths', 'hosts', 'methods', 'headers', 'strip_path', 'regex_priority', 'service_url']) {
      const gateway = (orderKongRoutes as Any)([{ name: 'r', service: 's', paths: ['/r', '~('], [field]: value }]);
      (compile as Any)([api], { gateway });
      (lintCatalog as Any)([api], { gateway })
    }
  }
})

test('an inference takes junk for any argument', () => {
  for (const value of junk) {
    const inference = createInference()
    for (const call of [inference.infer, inference.adopt, inference.load]) (call as Any)(value, value, value);
    (inference.adopt as Any)('s', '/a/{id}', value);
    (inference.adopt as Any)('s', 'GET /a/{id}', { method: value, path: value })
    assert.equal(typeof inference.size, 'number')
  }
})

test('a normalizer opened from junk matches nothing', () => {
  for (const value of junk) assert.equal((open as Any)(value) !== undefined && open(value as never).match({ method: 'GET', path: '/a/1' }).outcome, 'unmatched')
})
