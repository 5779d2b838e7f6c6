/** A scan into slots must read what JSON.parse reads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanSlots } from '../../services/processor/decode/json-slots.ts'
import { entity, some, wholes } from '../../services/processor/decode/shape.ts'
import { fillSlots, planSlots } from '../../services/processor/decode/slots.ts'
import { anyText, fc } from '../property.ts'

const plan = () => planSlots({
  a: { path: ['a'], shape: 'whole' },
  b: { path: ['b'], shape: 'object' },
  text: { path: ['b', 'a'], shape: 'fresh' },
  deep: { path: ['b', 'c', 'a'], shape: 'whole' },
  c: { path: ['b', 'c'], shape: 'object' },
  same: { path: ['b', 'b'], shape: 'fresh' },
  limits: { path: ['b'], shape: { gather: ['x', 'a'], prefixes: ['x-'] } },
  entity: { path: ['d'], shape: entity('a', 'b') },
  list: { path: ['x'], shape: { elements: some(wholes('a')) } },
})

const names = fc.constantFrom('a', 'b', 'c', 'd', 'x', 'x-1', 'x-2', 'other', '')
const texts = fc.constantFrom('', 'GET', 'a text that comes again and again', 'é\u2028', 'with "quotes" and \\', 'x'.repeat(100), 'tab\t', '48ea75c1c36d92a5')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, texts, fc.string(), anyText(), fc.double({ noNaN: true }), fc.integer(), fc.boolean(), fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(names, tie('value'), { maxKeys: 5 })),
}))
const objects = fc.dictionary(names, value, { maxKeys: 6 })

function parsed (text: string): unknown {
  const expected = plan()
  fillSlots(expected, JSON.parse(text) as Record<string, unknown>)
  const { values } = expected
  // What was parsed whole has members that are not wanted, too.
  return { ...values, entity: pick(values.entity, 'a', 'b'), list: Array.isArray(values.list) ? values.list.map((item) => pick(item, 'a')) : values.list }
}

function pick (found: unknown, ...wanted: string[]): unknown {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return found
  return Object.fromEntries(Object.entries(found).filter(([name]) => wanted.includes(name)))
}

test('a scan fills the slots as JSON.parse would, in one record after the other', () => {
  const scanned = plan()
  fc.assert(fc.property(fc.array(objects, { minLength: 1, maxLength: 3 }), fc.constantFrom(undefined, 1), (records, space) => {
    for (const record of records) {
      const text = JSON.stringify(record, null, space)
      if (scanSlots(Buffer.from(text), scanned)) assert.deepEqual(scanned.values, parsed(text))
      else assert.ok(/\\|"b":\{|"[^"]*[^"\x20-\x7e]/.test(text), text)
    }
  }), { numRuns: 3000 })
})

test('a member that comes twice in one record counts as it came last, with all that is in it', () => {
  const scanned = plan()
  for (const text of [
    '{"a":"one","a":"two"}',
    '{"b":{"a":"first","x-1":"5","c":{"a":1}},"b":{"b":"second"}}',
    '{"b":{"c":{"a":1},"c":{}}}',
    '{"b":{"a":"first","c":{"a":1}},"b":null}',
    '{"b":{"a":"first","c":{"a":1},"c":"none"}}',
    '{"b":"none","b":{"x-1":"1","x-1":"2","x":[1]}}',
    '{"d":{"a":1},"d":[]}',
  ]) {
    assert.equal(scanSlots(Buffer.from(text), scanned), true, text)
    assert.deepEqual(scanned.values, parsed(text), text)
  }
})

test('a text that was usual does not stand for one that only begins or ends like it', () => {
  const scanned = plan()
  const read = (a: string, b: string): unknown[] => {
    assert.ok(scanSlots(Buffer.from(`{"a":"${a}","o":"${b}","b":{"a":"${b}","b":"${a}"}}`), scanned))
    return [scanned.values.a, scanned.values.text, scanned.values.same]
  }
  for (const text of ['upstream', 'upstream', 'upstreams', 'upstrea', 'upstream', 'Upstream', 'upstreaM', 'up', '', 'up', 'p', 'a much longer text than that']) {
    for (const other of [text, `${text}x`, text.slice(1), 'ü']) assert.deepEqual(read(text, other), [text, other, text])
  }
})

test('names of members are found in any case where that is asked for, by a scan and in what was parsed whole', () => {
  const headers = () => planSlots({
    id: { path: ['h', 'id'], shape: 'fresh' },
    limits: { path: ['h'], shape: { gather: ['x'], prefixes: ['x-'] } },
    upper: { path: ['ID'], shape: 'whole' },
  }, ['h'])
  const [scanned, whole] = [headers(), headers()]
  for (const [text, id] of [['{"h":{"ID":"1","X":"a","x-B":"b"},"id":"2","ID":"3"}', '1'], ['{"h":{"id":"1","Id":"4","x":"a","X-b":"b"},"ID":"3"}', '4']] as const) {
    assert.equal(scanSlots(Buffer.from(text), scanned), true)
    fillSlots(whole, JSON.parse(text) as Record<string, unknown>)
    for (const { values } of [scanned, whole]) assert.deepEqual({ ...values }, { id, limits: { x: 'a', 'x-b': 'b' }, upper: '3' })
  }
})

test('what is no strict JSON object is not read', () => {
  const scanned = plan()
  for (const text of ['', '[]', '{', '{}x', '{"a":01}', '{"b":{"a":"}', '{"a":"\u0001"}', '{"a":tru}', '{"b":{"a"}}', '{"b":{"c":{,}}}', '{"a":1,}', '{"b":{"c":1']) {
    assert.equal(scanSlots(Buffer.from(text), scanned), false, text)
  }
})
