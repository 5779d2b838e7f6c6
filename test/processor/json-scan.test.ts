/** The byte scanner must read what JSON.parse reads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanJson } from '../../services/processor/decode/json-scan.ts'
import { compileShape } from '../../services/processor/decode/shape.ts'
import type { Shape } from '../../services/processor/decode/shape.ts'
import { findJsonFault } from '../../services/runtime/json-fault.ts'
import { anyText, fc, runs } from '../property.ts'

const names = fc.constantFrom('a', 'b', 'ab', 'x-1', 'x-2', 'x-', 'name', 'ключ', '', 'constructor')
const leaf = fc.oneof(fc.string(), anyText(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(), fc.constant(null),
  fc.constantFrom(-1, 0, -0.5, 1e21, 1e-7, 9007199254740994, 1787220930123, '\\', '"', '\\"', 'a'.repeat(70), '\u2028'))
const { value } = fc.letrec<{ value: unknown, object: object }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, tie('object'), fc.array(tie('value'), { maxLength: 3 })),
  object: fc.dictionary(names, tie('value'), { maxKeys: 5 }),
}))
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof({ depthSize: 'small' }, fc.constantFrom<Shape>('whole', 'fresh'),
    fc.record({ members: fc.dictionary(names, tie('shape'), { maxKeys: 4 }), prefixes: fc.constantFrom([], ['x-']), repeats: fc.boolean() }),
    fc.record({ elements: tie('shape') })),
}))
const objects = fc.dictionary(names, value, { maxKeys: 6 })
const shapes: fc.Arbitrary<Exclude<Shape, string>> = fc.record({ members: fc.dictionary(names, shape, { maxKeys: 6 }), prefixes: fc.constantFrom([], ['x-']) })
const spaced = fc.constantFrom(undefined, 1, '\t')

/** What a scan of `source` is to give: its wanted parts, as JSON.parse reads them. */
function prune (source: unknown, wanted: Shape): unknown {
  if (typeof wanted === 'string' || typeof source !== 'object' || source === null) return source
  if ('elements' in wanted) return Array.isArray(source) ? source.map((item) => prune(item, wanted.elements)) : source
  if (Array.isArray(source)) return source
  return Object.fromEntries(Object.entries(source).flatMap(([name, inner]): Array<[string, unknown]> => {
    if (Object.hasOwn(wanted.members, name)) return [[name, prune(inner, wanted.members[name] ?? 'whole')]]
    return wanted.prefixes?.some((prefix) => name.startsWith(prefix)) === true ? [[name, inner]] : []
  }))
}

test('a scan gives the wanted parts exactly as JSON.parse does', () => {
  fc.assert(fc.property(objects, shapes, spaced, (object, wanted, space) => {
    const text = JSON.stringify(object, null, space)
    assert.deepEqual(scanJson(Buffer.from(text), compileShape(wanted)), prune(JSON.parse(Buffer.from(text).toString()), wanted))
  }), runs(2000))
})

test('a scan of changed bytes gives what JSON.parse gives, or nothing', () => {
  const edit = fc.record({ at: fc.nat(400), remove: fc.nat(3), insert: fc.string({ unit: fc.constantFrom(...'{}[]",:\\ -0.eEnul\u0000é'), maxLength: 3 }) })
  fc.assert(fc.property(objects, shapes, edit, (object, wanted, { at, remove, insert }) => {
    const whole = Buffer.from(JSON.stringify(object))
    const place = at % (whole.length + 1)
    const bytes = Buffer.concat([whole.subarray(0, place), Buffer.from(insert), whole.subarray(place + remove)])
    const scanned = scanJson(bytes, compileShape(wanted))
    const parsed = tryParse(bytes)
    if (scanned !== undefined && parsed !== undefined) assert.deepEqual(scanned, prune(parsed, wanted))
    // Inside a text that is not wanted, a bad escape or a control character goes unseen.
    if (parsed === undefined && !/[\\\p{Cc}]/u.test(bytes.toString())) assert.equal(scanned, undefined)
  }), runs(2000))
})

test('a name with an escape, wanted or not, is left to JSON.parse', () => {
  const wanted = compileShape({ members: { method: 'whole' }, prefixes: ['x-'] })
  for (const name of ['x-\\n', 'me\\u0074hod', 'a\\"b', 'other\\\\']) assert.equal(scanJson(Buffer.from(`{"${name}":1,"b":2}`), wanted), undefined, name)
  assert.deepEqual(scanJson(Buffer.from('{"x-n":1,"method":2,"b":3}'), wanted), { 'x-n': 1, method: 2 })
})

test('where JSON.parse refuses, a fault is found at a place in the text, and nowhere else', () => {
  fc.assert(fc.property(fc.oneof(fc.json(), fc.json().map((text) => text.slice(0, -1)), fc.string({ unit: fc.constantFrom(...'{}[]",:\\ -01.eEnultrfas') })), (text) => {
    const bytes = Buffer.from(text)
    const { kind, at } = findJsonFault(bytes)
    if (tryParse(bytes) === undefined) assert.ok(at <= bytes.length)
    else assert.equal(kind, 'truncated', 'a whole text has no impossible byte')
    if (kind === 'invalid') assert.equal(tryParse(Buffer.concat([bytes.subarray(0, at + 1), Buffer.from('"]}')])), undefined)
  }), runs(1000))
})

test('objects that come again are read the same, also when they only begin alike', () => {
  const wanted = compileShape({ members: { route: { members: { name: 'whole' }, repeats: true } } })
  const long = 'x'.repeat(300)
  for (const name of ['one', 'one', 'two', `${long}1`, `${long}2`, `${long}1`, 'one']) {
    assert.deepEqual(scanJson(Buffer.from(`{"route":{"name":"${name}","id":1},"b":[{}]}`), wanted), { route: { name } })
  }
})

test('what is no strict JSON object is not read', () => {
  const wanted = compileShape({ members: { a: 'whole' } })
  for (const text of ['', '[]', '1', '{', '{}x', '{"a":01}', '{"a":1.}', '{"a":+1}', '{"a":1e}', '{"a":tru}', '{"a":"\u0001"}', '{"a":"\\x"}', '{,}', '{"a":1,}', '{"b":[1,]}', '{"b":{"c"}}', '{a:1}',
    `{"b":${'['.repeat(100)}${']'.repeat(100)}}`]) assert.equal(scanJson(Buffer.from(text), wanted), undefined, text)
})

function tryParse (bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
