/** Explanations must agree with the matcher: whatever is asked, the winner that they name is the one that answers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, readKong, readOpenApi } from '../../normalizer/index.ts'
import type { MatchRequest, Normalizer } from '../../normalizer/index.ts'
import { anyText, fc, runs } from '../property.ts'

const segment = fc.constantFrom('a', 'b', 'ab', 'v1', 'a', '{x}', '{y}', '{x}', '{x}.b', 'a{x}', '{x}-{y}', '{p+}')
const key = fc.tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '/', '#s'))
  .map(([parts, end]) => `/${parts.join('/')}${end}`)
const methods = fc.subarray(['get', 'post', 'x-amazon-apigateway-any-method'], { minLength: 1 })
const servers = ['/', '/v1', 'https://h1.example', 'https://h1.example/v1', 'https://h2.example/a', 'https://{t}.example']
const document = fc.record({
  service: fc.constantFrom('one', 'two', 'three'),
  servers: fc.subarray(servers, { maxLength: 2 }),
  paths: fc.uniqueArray(fc.tuple(key, methods), { maxLength: 7, selector: ([path]) => path }),
})
const part = fc.constantFrom('a', 'b', 'ab', 'v1', 'q', 'a.b', 'a-b', '%61', '', '.', '..', 'x%2Fy')
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'DELETE'),
  path: fc.tuple(fc.constantFrom('', '', 'https://h2.example'), fc.array(part, { maxLength: 5 }), fc.constantFrom('', '', '/', '?q=1', '#f'))
    .map(([origin, parts, end]) => `${origin}/${parts.join('/')}${end}`),
  host: fc.constantFrom('', 'h1.example', 'h2.example', 'z.example', 'elsewhere'),
  service: fc.constantFrom('', '', 'one', 'two', 'unknown'),
  route: fc.constantFrom('', '', 'first', 'GET /a/{x}'),
})
const routes = fc.constantFrom(undefined, {
  _format_version: '3.0',
  services: [
    {
      name: 'one',
      url: 'http://one.internal/v1',
      routes: [{ name: 'first', paths: ['/a'] }, { name: 'second', paths: ['/v1'], strip_path: false }],
    },
    { name: 'two', url: 'http://two.internal', routes: [{ name: 'third', paths: ['~/b/(?<rest>.*)'], methods: ['GET'] }] },
  ],
})

test('the winner of an explanation is what the matcher answers, and the rules that it names put it first', () => {
  const documents = fc.array(document, { minLength: 1, maxLength: 4 })
  fc.assert(fc.property(documents, routes, fc.array(request, { minLength: 12, maxLength: 12 }), (drawn, kong, requests) => {
    const normalizer = compileAll(drawn, kong)
    for (const asked of requests) check(normalizer, asked, JSON.stringify({ drawn, kong: kong !== undefined, asked }))
  }), runs(100))
})

test('any target is explained without a throw, and its path is the one that was compared', () => {
  const normalizer = compileAll([{ service: 'one', servers: [], paths: [['/a/{x}', ['get']]] }], undefined)
  const text = fc.string()
  const targets = fc.oneof(anyText(), text.map((rest) => `/${rest}`), text.map((rest) => `a://${rest}`), fc.webUrl(), fc.anything())
  fc.assert(fc.property(targets, (target) => {
    const { match, target: steps } = normalizer.explain({ method: 'GET', path: target as string })
    assert.equal(steps.malformed !== '', match.outcome === 'malformed')
    assert.equal(steps.path, match.path)
  }), runs(1000))
})

interface Drawn { service: string, servers: string[], paths: Array<[string, string[]]> }

function compileAll (drawn: readonly Drawn[], kong: unknown): Normalizer {
  const apis = drawn.map(({ service, servers, paths }, index) => readOpenApi({
    openapi: '3.1.0',
    servers: servers.map((url) => ({ url })),
    paths: Object.fromEntries(paths.map(([path, methods]) =>
      [path, Object.fromEntries(methods.map((method) => [method, { operationId: `${index} ${method} ${path}` }]))])),
  }, { service, source: `${index}.yaml` }))
  return compile(apis, kong === undefined ? {} : { gateway: readKong(kong, { source: 'kong.yml' }).gateway })
}

function check (normalizer: Normalizer, asked: MatchRequest, context: string): void {
  const { match, candidates, rule, allowed, nearest } = normalizer.explain(asked)
  assert.deepEqual(match, normalizer.match(asked), context)
  const winners = candidates.filter(({ outcome }) => outcome === 'winner')
  const answered = match.endpoint === undefined ? [] : [[match.endpoint, match.route]]
  assert.deepEqual(winners.map(({ endpoint, route }) => [endpoint, route]), answered, context)
  assert.ok(winners.length === 0 || candidates[0] === winners[0], context)
  assert.equal(candidates.some(({ outcome }) => outcome === 'rival'), match.outcome === 'ambiguous', context)
  // Only a name that is a template may put a candidate first that the order of the rules does not.
  if (asked.route?.includes('/') === false) assert.doesNotMatch(candidates.map(({ reason }) => reason).join('\n'), /carries another template/, context)
  if (allowed.length > 0) assert.equal(match.outcome, 'method_not_declared', context)
  if (nearest !== undefined) assert.equal(match.outcome, 'unmatched', context)
  assert.match(rule, /^(?:rule [1-8]: |no declared template fits)/, context)
}
