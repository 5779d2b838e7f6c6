/** A scan into slots must read what JSON.parse reads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanSlots } from '../../services/processor/decode/json-slots.ts'
import { readSlots } from '../../services/processor/decode/json.ts'
import { entity, some, wholes } from '../../services/processor/decode/shape.ts'
import { fillSlots, planSlots } from '../../services/processor/decode/slots.ts'
import { anyText, fc, runs } from '../property.ts'

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
  count: { path: ['y'], shape: 'count' },
  last: { path: ['y'], shape: { ofLast: 'a' } },
})

const names = fc.constantFrom('a', 'b', 'c', 'd', 'x', 'y', 'x-1', 'x-2', 'other', '')
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
  }), runs(600))
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
    '{"y":[{"a":1},{"a":2}],"y":[{"b":1}]}',
    '{"y":[{"a":1},{"b":2}]}',
    '{"y":[{"a":1}],"y":{"a":2}}',
    '{"y":[{"a":1,"a":3},[{"a":4}]]}',
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

test('what stood the same in many records is read anew where it changes', () => {
  const record = fc.record({ value: objects, space: fc.constantFrom(undefined, 1), change: fc.constantFrom('', 'cut', 'longer', 'dropped') })
  fc.assert(fc.property(fc.array(record, { minLength: 2, maxLength: 3 }), objects, (kinds, last) => {
    const scanned = plan()
    const read = (text: string): void => {
      if (scanSlots(Buffer.from(text), scanned)) assert.deepEqual(scanned.values, parsed(text), text)
    }
    // Members around the ones that change, so often that all of them are known together.
    for (let index = 0; index < 150; index++) {
      const { value, space, change } = kinds[index % 50 === 49 ? 1 : 0]!
      const steady = { o: 'other', a: 'upstream', n: index % 40 === 39 ? 80801 : 8080, 'o-2': true, d: { a: 'x' } }
      const inner = { o: 'other', 'x-1': '60', a: `${index % 7}`, 'x-2': 1, p: [], x: 'y' }
      const text = JSON.stringify({ ...steady, b: inner, ...value }, null, space)
      read(change === 'cut' && index % 25 === 24 ? text.replace('upstream', 'upstrea') : text)
      if (change === 'longer') read(text.replace('"other"', '"others"'))
      if (change === 'dropped' && index % 30 === 29) read(text.replace(/"x-1": ?"60",/, ''))
    }
    read(JSON.stringify(last))
  }), { numRuns: 25 })
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

test('a record that is too long for a scan is read whole, and the next one is not mixed up with it', () => {
  const scanned = plan()
  const long = JSON.stringify({ other: 'x'.repeat(70_000), a: 'long', b: { a: 'long' } })
  assert.equal(scanSlots(Buffer.from(JSON.stringify({ a: 'x'.repeat(65_000), o: '"' })), scanned), true)
  assert.equal(scanSlots(Buffer.from(long), scanned), false)
  assert.equal(readSlots(Buffer.from(long), scanned), undefined)
  assert.deepEqual([scanned.values.a, scanned.values.text], ['long', 'long'])
  // What stands behind the end is of the records before.
  for (const text of ['{"a":"xx', '{"a":"xx\\', '{"o":"xx', '{"o":[{"a":', '{"b":{"a":"x"', '{"y":[{"a":1', '{"a":12', '{"o":tr']) {
    assert.equal(scanSlots(Buffer.from(text), scanned), false, text)
  }
})

test('what is no strict JSON object is not read', () => {
  const scanned = plan()
  for (const text of ['', '[]', '{', '{}x', '{"a":01}', '{"b":{"a":"}', '{"a":"\u0001"}', '{"a":tru}', '{"b":{"a"}}', '{"b":{"c":{,}}}', '{"a":1,}', '{"b":{"c":1']) {
    assert.equal(scanSlots(Buffer.from(text), scanned), false, text)
  }
})
