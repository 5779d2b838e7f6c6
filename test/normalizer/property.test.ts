import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, createInference, inferRoute, readBackstage, readKong, readOpenApi } from '../../normalizer/index.ts'
import type { MatchRequest, Normalizer } from '../../normalizer/index.ts'
import { compilePattern } from '../../normalizer/pattern.ts'
import { anyText, fc, runs } from '../property.ts'
import { ask } from './oracle.ts'
import type { OracleTemplate } from './oracle.ts'

const segment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'ab', 'a-b', 'a.b', 'me') },
  { weight: 4, arbitrary: fc.constantFrom('{x}', '{y}') },
  { weight: 3, arbitrary: fc.constantFrom('{x}.b', 'a{x}', '{x}-{y}', '{x}.{y}', 'a{x}b', '{x}a', '{x}-{y}-{z}', 'a-{x}') }
)
const joined = ([parts, slash]: [string[], boolean]): string => `/${parts.join('/')}${slash && parts.length > 0 ? '/' : ''}`
const key = fc.tuple(fc.array(segment, { maxLength: 4 }), fc.boolean()).map(joined)
const template = fc.record({
  base: fc.constantFrom('', '', '/a', '/v1'),
  key,
  methods: fc.subarray(['GET', 'POST', 'DELETE'], { minLength: 1 }),
})
const part = fc.constantFrom('a', 'b', 'ab', 'a-b', 'a.b', 'me', 'x', 'a-b-c', 'aab', 'v1', '-', 'b.a', 'a-')
const several = fc.uniqueArray(template, { minLength: 1, maxLength: 12, selector: ({ key }) => key })
const path = fc.tuple(fc.array(part, { maxLength: 5 }), fc.boolean()).map(joined)

test('the tree answers as the plain statement of the rules does', () => {
  const bases = fc.constantFrom('', '/a', '/v1')
  const methods = fc.constantFrom('GET', 'POST', 'HEAD')
  fc.assert(fc.property(several, bases, fc.array(path, { minLength: 8, maxLength: 8 }), methods,
    (drawn, base, paths, method) => {
      const templates = drawn.map((item) => ({ ...item, base }))
      const normalizer = compileTemplates(templates)
      for (const target of paths) {
        const match = normalizer.match({ method, path: target })
        const { outcome, endpoint } = match
        assert.deepEqual({ outcome, key: endpoint?.template ?? '' }, ask(templates, method, target), `${method} ${target} in ${JSON.stringify(templates)}`)
      }
    }), runs(800))
})

test('a request made from a template finds a template that is at least as specific', () => {
  const value = fc.constantFrom('1', 'a.b.c', 'x:y', 'a%2Fb', '%7Etilde', 'caf%C3%A9', '...', '~x', '$x', "o'x", '%zz', '@me', 'x'.repeat(200))
  fc.assert(fc.property(several, fc.nat(), fc.array(value, { minLength: 9, maxLength: 9 }),
    (drawn, choice, values) => {
      const templates = drawn.map((item) => ({ ...item, base: '/v1' }))
      const chosen = templates[choice % templates.length]!
      let used = 0
      const target = chosen.base + chosen.key.replace(/\{[^}]*\}/g, () => values[used++]!)
      const match = compileTemplates(templates).match({ method: chosen.methods[0]!, path: target })
      assert.notEqual(match.outcome, 'unmatched', `${target} in ${JSON.stringify(templates)}`)
      assert.equal(match.stripped, false)
    }), runs(400))
})

test('parameters put back into the template give the path', () => {
  fc.assert(fc.property(several, fc.array(path, { minLength: 6, maxLength: 6 }), (drawn, paths) => {
    const normalizer = compileTemplates(drawn.map((item) => ({ ...item, base: '' })))
    for (const target of paths) {
      const request = { method: 'GET', path: target }
      const match = normalizer.match(request)
      if (match.endpoint === undefined) continue
      const values = normalizer.params(request, match)
      const counts = new Map<string, number>()
      const back = match.endpoint.template.replace(/\{([^}]*)\}/g, (_, name: string) => {
        const count = (counts.get(name) ?? 0) + 1
        counts.set(name, count)
        return values[count === 1 ? name : `${name}_${count}`] ?? '?'
      })
      assert.equal(back.replace(/\/$/, ''), target.replace(/\/$/, ''))
    }
  }), runs(300))
})

test('greedy parameters agree with the plain statement of the rules', () => {
  const greedy = fc.array(fc.constantFrom('a', 'b', '{x}', '{x+}', '{y+}'), { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
  fc.assert(fc.property(greedy, fc.array(path, { minLength: 10, maxLength: 10 }), (only, paths) => {
    const templates = [{ base: '', key: only, methods: ['GET'] }]
    const normalizer = compileTemplates(templates)
    for (const target of paths) {
      const match = normalizer.match({ method: 'GET', path: target })
      assert.equal(match.outcome, ask(templates, 'GET', target).outcome, `${target} by ${only}`)
      if (match.outcome === 'matched') normalizer.params({ method: 'GET', path: target }, match)
    }
  }), runs(600))
})

test('nothing that is put in makes the library throw', () => {
  const junk = fc.anything({ maxDepth: 4, withBigInt: true, withDate: true, withMap: true, withNullPrototype: true })
  const normalizer = compileTemplates([{ base: '/v1', key: '/users/{id}.json', methods: ['GET'] }, { base: '', key: '/f/{x+}', methods: ['GET'] }])
  fc.assert(fc.property(junk, anyText(), fc.string({ unit: 'grapheme' }), (value, text, name) => {
    const odd = { method: value, path: text, host: value, service: value, route: value, headers: value, upstream: value }
    const inputs = [value, odd, { method: 'GET', path: `/v1/users/${text}`, host: name }]
    for (const input of inputs as MatchRequest[]) {
      const match = normalizer.match(input)
      assert.ok(['matched', 'method_not_declared', 'ambiguous', 'unmatched', 'malformed'].includes(match.outcome))
      normalizer.params(input, match)
      normalizer.explain(input)
    }
    assert.equal(typeof normalizer.infer(text), 'string')
    assert.equal(typeof inferRoute(value as string), 'string')
    normalizer.params(value as MatchRequest, value as ReturnType<Normalizer['match']>)
  }), runs(300))
})

test('documents, entities and gateway files of any shape become values and problems', () => {
  const names = fc.constantFrom('openapi', 'swagger', 'paths', '/x', 'get', 'parameters', 'servers', 'url', 'variables', '$ref', 'host',
    'basePath', 'info', 'title', 'kind', 'metadata', 'name', 'spec', 'relations', 'services', 'routes', 'consumers', 'enum', 'default', 'targetRef', 'definition', 'in', 'additionalOperations')
  const values = fc.constantFrom<unknown>('3.0.0', '2.0', '#/paths/~1x', '#', 'API', 'Component', 'https://{a}/{b}', '/x/{y', 'path', null, 1, true, '')
  const leaf = fc.oneof(values, fc.string())
  const { tree } = fc.letrec<{ tree: unknown, node: unknown }>((tie) => ({
    tree: fc.oneof({ maxDepth: 5 }, leaf, tie('node'), fc.array(tie('tree'), { maxLength: 3 })),
    node: fc.dictionary(names, tie('tree'), { maxKeys: 6 }),
  }))
  fc.assert(fc.property(tree, (value) => {
    const api = readOpenApi(value, { service: 's', source: 'x' })
    const kong = readKong(value, { source: 'kong.yml' })
    readBackstage(value, { source: 'c' })
    readBackstage([value, value], { source: 'c' })
    const normalizer = compile([api, api], { gateway: kong.gateway })
    normalizer.match({ method: 'GET', path: '/x' })
    compile([], { gateway: value as typeof kong.gateway })
  }), runs(600))
})

test('the same catalog and request always give the same answer', () => {
  fc.assert(fc.property(fc.array(template, { maxLength: 10 }), fc.array(path, { minLength: 5, maxLength: 5 }), (templates, paths) => {
    const [one, two] = [compileTemplates(templates), compileTemplates(templates)]
    const first = paths.map((target) => one.match({ method: 'GET', path: target }))
    assert.deepEqual([...paths].reverse().map((target) => two.match({ method: 'GET', path: target })).reverse(), first)
  }), runs(100))
})

test('inference stays within its budget, and gives the same labels after a restart', () => {
  const traffic = fc.array(fc.tuple(fc.constantFrom('s', 't'), fc.webPath({ size: 'small' })), { maxLength: 80 })
  fc.assert(fc.property(traffic, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 5 }), (requests, total, perLevel) => {
    const limits = { perLevel, total }
    const inference = createInference(limits)
    const labels = requests.map(([service, target]) => inference.infer(service, target))
    const distinct = (given: string[]): number => new Set(given.map((label, index) => label === '__other__' ? label : `${requests[index]![0]} ${label}`)).size
    // Each of the 12 positions of a route may be widened, once, and gives it another label then.
    assert.ok(distinct(labels) <= 13 * total + 1)
    assert.ok(inference.size <= total)
    const again = createInference(limits)
    again.load(JSON.parse(JSON.stringify(inference.save())))
    assert.deepEqual(again.save(), inference.save())
    const known = requests.map(([service, target]) => inference.infer(service, target))
    assert.deepEqual(requests.map(([service, target]) => inference.infer(service, target)), known)
    assert.ok(distinct(known) <= total + 1)
    assert.deepEqual(requests.map(([service, target]) => again.infer(service, target)), known)
  }), runs(100))
})

test('gateway patterns match what regular expressions match', () => {
  const atom = fc.constantFrom('a', 'b', '/', '.', '\\d', '[ab]', '[^a]', '\\w', 'ab', '(?:a|b)', '(?:a|ab)(?:c|bcd)', '(a|b/)', '\\.', '1', '[a-c1-3]', '(?:)', '\\b', '(?:^a|b)', '(?:a$|ab)', '$')
  const repeat = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{1,}')
  const source = fc.array(fc.tuple(atom, repeat), { minLength: 1, maxLength: 5 }).map((parts) =>
    parts.map(([text, times]) => times === '' || text === '\\b' ? text : `(?:${text})${times}`).join(''))
  const subjects = fc.array(fc.constantFrom('a', 'b', '/', '1', '.', 'c', 'd'), { maxLength: 9 })
  fc.assert(fc.property(source, fc.constantFrom('', '$'), subjects, (text, end, letters) => {
    const subject = letters.join('')
    const pattern = compilePattern(text + end)
    assert.ok(pattern !== null, text)
    const expected = new RegExp(`^(?:${text}${end})`).exec(subject)
    assert.equal(pattern.matchLength(subject), expected === null ? -1 : expected[0].length, `${text}${end} on ${subject}`)
    if (expected !== null) assert.ok(subject.startsWith(pattern.head))
  }), runs(1600))
})

function compileTemplates (templates: readonly OracleTemplate[]): Normalizer {
  const bases = [...new Set(templates.map(({ base }) => base))]
  return compile(bases.map((base) => {
    const paths: Record<string, Record<string, unknown>> = {}
    for (const item of templates) {
      if (item.base === base) paths[item.key] = Object.fromEntries(item.methods.map((method) => [method.toLowerCase(), { operationId: `${method} ${item.key}` }]))
    }
    return readOpenApi({ openapi: '3.0.0', servers: base === '' ? [] : [{ url: base }], paths }, { service: `s${base}`, source: `${base}.yaml` })
  }))
}
