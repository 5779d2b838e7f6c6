import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { createBalancer } from '../../services/gateway/balancer.ts'
import { entityId, randomHex, randomUuid } from '../../services/gateway/ids.ts'
import { escapePath, normalizePath, splitTarget } from '../../services/gateway/path.ts'
import { dropFromQuery, parseQuery, redactQuery } from '../../services/gateway/query.ts'
import { errorBody } from '../../services/gateway/respond.ts'
import { sparing } from '../../services/gateway/sparing.ts'
import { continueTrace } from '../../services/gateway/trace.ts'
import { fc } from '../property.ts'

test('normalising is idempotent, keeps the leading slash and leaves no dot segment', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('/', '.', 'a', '%', '2', 'e', 'E', 'F', '5', '\u00e9') }), (text) => {
    const once = normalizePath(`/${text}`)
    assert.ok(once.startsWith('/'))
    assert.ok(!/\/\.{0,2}\//.test(once), once)
    assert.match(escapePath(once), /^[\x21-\x7e]*$/)
  }))
})

test('a path of a megabyte is normalised in linear time', () => {
  for (const part of ['/..', '//', '/.', '%2e/', '/a/..']) assert.ok(normalizePath(`/${part.repeat(300_000)}`).startsWith('/'))
})

test('targets are split whatever they are', () => {
  assert.deepEqual(splitTarget('/a?b?c'), { authority: '', uri: '/a?b?c', path: '/a', query: 'b?c' })
  assert.deepEqual(splitTarget('/a?'), { authority: '', uri: '/a?', path: '/a', query: '' })
  assert.deepEqual(splitTarget('HTTP://a.test:1/b'), { authority: 'a.test:1', uri: '/b', path: '/b', query: undefined })
  for (const wrong of ['*', 'a', '', 'a.test:443', 'ftp://a/b', 'http:///']) assert.equal(splitTarget(wrong), undefined, wrong)
})

test('queries are read as OpenResty reads them', () => {
  assert.deepEqual({ ...parseQuery('a=1&a=2&a&b&c=&=x&&d=%C3%A9+%zz&%61=3') },
    { a: ['1', '2', true, '3'], b: true, c: '', d: 'é %zz' })
  assert.equal(Object.keys(parseQuery(Array.from({ length: 500 }, (_, index) => `p${index}=`).join('&'))).length, 100)
  assert.deepEqual({ ...parseQuery(undefined) }, {})
})

test('parameters are dropped and redacted by their decoded name, and the others stay byte for byte', () => {
  assert.equal(dropFromQuery('a=%20&k%65y=1&key=2&b', new Set(['key'])), 'a=%20&b')
  assert.equal(redactQuery('a=%20&K%65y=1&key&keys=2', new Set(['key'])), 'a=%20&K%65y=REDACTED&key&keys=2')
})

test('ids without a name are those that Kong derives', () => {
  // uuid5(uuid5(fd02801f-0957-4a15-a55a-c8d9606f30b5, 'consumers'), 'acme')
  assert.equal(entityId('consumers', 'acme'), '5fd13671-c5c4-56df-9b22-e5e826685754')
  assert.match(randomUuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(new Set(Array.from({ length: 5000 }, () => randomHex(16))).size, 5000)
})

test('traces are continued when they are valid and started when they are not', () => {
  const id = '4bf92f3577b34da6a3ce929d0e0e4736'
  const continued = continueTrace(`00-${id}-00f067aa0ba902b7-00`)
  assert.deepEqual([continued.id, continued.flags], [id, '00'])
  assert.notEqual(continued.span, '00f067aa0ba902b7')
  assert.equal(continueTrace(`cc-${id}-00f067aa0ba902b7-01-what-the-future-holds`).id, id)
  for (const wrong of [undefined, '', `ff-${id}-00f067aa0ba902b7-01`, `00-${id}-0000000000000000-01`, `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${id}-00f067aa0ba902b7-01-more`, `00-${id.toUpperCase()}-00f067aa0ba902b7-01`, `00-${id}-00f067aa0ba902b7`]) {
    const started = continueTrace(wrong)
    assert.notEqual(started.id, id, wrong)
    assert.equal(started.flags, '01')
  }
})

test('error bodies follow the Accept header', () => {
  const kind = (accept: string | undefined): string => errorBody(accept, 'a <b> "c"', 'id').type.split(';')[0] ?? ''
  assert.equal(kind(undefined), 'application/json')
  assert.equal(kind('text/html, */*;q=0.1'), 'text/html')
  assert.equal(kind('text/html;q=0.1, application/xml'), 'application/xml')
  assert.equal(kind('text/*'), 'text/plain')
  assert.equal(kind('image/png'), 'application/json')
  assert.equal(kind('text/html;q=0'), 'application/json')
  assert.equal(kind('constructor, text/html;q=0.5, __proto__'), 'text/html')
  assert.deepEqual(JSON.parse(errorBody(undefined, 'a <b> "c"', 'id').body), { message: 'a <b> "c"', request_id: 'id' })
  assert.match(errorBody('text/html', 'a <b>', 'id').body, /a &lt;b&gt;/)
})

test('targets take turns in proportion to their weights', () => {
  const targets = [5, 1, 1].map((weight, index) => ({ host: String.fromCharCode(97 + index), port: 1, weight }))
  const upstream = { name: 'u', hostHeader: '', targets, health: undefined }
  const sick = new Set<string>()
  const balancer = createBalancer(upstream, { available: (target) => !sick.has(target.host), report: () => undefined })
  const draw = (count: number): string => Array.from({ length: count }, () => balancer.next(new Set())?.host).join('')
  assert.equal(draw(7), 'aabacaa')
  const [a] = targets
  assert.ok(a)
  assert.notEqual(balancer.next(new Set([a]))?.host, 'a')
  sick.add('a').add('b').add('c')
  assert.equal(balancer.next(new Set()), undefined)
})

test('a warning that comes with every request is written every few seconds, with the number of times', () => {
  const lines: string[] = []
  let now = 0
  const warn = sparing(pino({ base: null, timestamp: false }, { write: (line: string) => { lines.push(line) } }), () => now)
  for (; now < 12_000; now += 10) warn({ service: 'a' }, 'broken')
  warn({ service: 'b' }, 'broken')
  assert.deepEqual(lines.map((line) => [JSON.parse(line).service, JSON.parse(line).times]), [['a', undefined], ['a', 500], ['a', 500], ['b', undefined]])
})
