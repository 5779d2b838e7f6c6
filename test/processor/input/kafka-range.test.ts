import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cut, formatMark, isTooLong, parseMark } from '../../../services/processor/input/kafka-range.ts'
import type { Message, Place, Slice } from '../../../services/processor/input/kafka-range.ts'
import { placeOf } from '../../../services/processor/input/kafka-verdict.ts'
import { fc } from '../../property.ts'

const loose = { records: 1000, bytes: 1_000_000 }
const at = (position: number, ...intents: number[]): Place => ({ era: 'e', position, intents, next: position, held: [] })
const messages = (...offsets: number[]): Message[] => offsets.map((offset) => ({ offset: String(offset), value: Buffer.from(`m${offset}`) }))
const shown = (slices: Slice[]): string[] => slices.map(({ from, to, records }) => `[${from},${to}) ${records.map((record) => record.offset).join(' ')}`.trim())

test('a mark reads back as it was written, and metadata of others is no mark', () => {
  const whole = { era: 'a1', topic: 'id', epoch: 0, ends: [7, 9] }
  for (const mark of [whole, { ...whole, ends: [] }, { era: 'a1', ends: [] }, { era: 'a1', ends: [7] }, { era: 'a1', ends: [7, 9, 20_000] }]) assert.deepEqual(parseMark(formatMark(mark)), mark)
  for (const text of ['', 'null', '7', '[]', '{}', '{"to":5}', '{"era":3}', 'a1', '{"era":"a"']) assert.equal(parseMark(text), undefined, text)
  assert.deepEqual(parseMark('{"era":"a","to":7}'), { era: 'a', ends: [7] })
  for (const text of ['{"era":"a","to":"9"}', '{"era":"a","to":1e300}', '{"era":"a","then":"12"}']) assert.deepEqual(parseMark(text), { era: 'a', ends: [] })
  assert.deepEqual(parseMark('{"era":"a","to":9,"then":[1,-1,5]}'), { era: 'a', ends: [9, 10] })
})

test('a mark has room for hundreds of ranges, and says when a broker would refuse it', () => {
  const ends = (count: number): number[] => Array.from({ length: count }, (_, index) => 9_000_000_000 + 1000 * index)
  assert.equal(isTooLong({ era: 'a1b2c3d4', ends: ends(700) }), false)
  assert.equal(isTooLong({ era: 'a1b2c3d4', ends: ends(900) }), true)
})

test('a pending range that retention has cut keeps its bounds and gives what is left of it', () => {
  const place = placeOf({ offset: 40, metadata: '{"era":"a","to":60}', low: 57, high: 90 }, 'earliest', 'new')
  assert.deepEqual([place.position, place.intents, place.next], [40, [60], 57])
  assert.deepEqual(shown(cut(place, messages(57, 58, 59, 60, 61), loose).slices), ['[40,60) 57 58 59', '[60,62) 60 61'])
})

test('a pending range that retention has removed whole comes as an empty range, and the next joins it', () => {
  const place = placeOf({ offset: 40, metadata: '{"era":"a","to":60}', low: 80, high: 90 }, 'earliest', 'new')
  assert.deepEqual(shown(cut(place, messages(80, 81), loose).slices), ['[40,60)', '[60,82) 80 81'])
})

test('ranges end at the limit of records or bytes, or with the last message', () => {
  assert.deepEqual(shown(cut(at(3), messages(3, 4, 5, 6, 7), { records: 2, bytes: 1000 }).slices), ['[3,5) 3 4', '[5,7) 5 6', '[7,8) 7'])
  assert.deepEqual(shown(cut(at(3), messages(3, 4, 5), { records: 9, bytes: 4 }).slices), ['[3,5) 3 4', '[5,6) 5'])
  assert.deepEqual(shown(cut(at(3), messages(3, 4), { records: 9, bytes: 1 }).slices), ['[3,4) 3', '[4,5) 4'])
  assert.deepEqual(cut(at(3), [], loose).slices, [])
})

test('a pending range is given exactly, whatever the limits, and may need several fetches', () => {
  const first = cut(at(10, 14), messages(10, 11, 12), { records: 2, bytes: 1 })
  assert.deepEqual(first.slices, [])
  assert.deepEqual([first.rest.position, first.rest.intents, first.rest.next], [10, [14], 13])
  assert.deepEqual(shown(cut(first.rest, messages(13, 14, 15), { records: 2, bytes: 6 }).slices), ['[10,14) 10 11 12 13', '[14,16) 14 15'])
})

test('several pending ranges are given exactly, one after the other', () => {
  const first = cut(at(10, 12, 15, 16), messages(10, 11, 12, 13), { records: 1, bytes: 1 })
  assert.deepEqual(shown(first.slices), ['[10,12) 10 11'])
  assert.deepEqual(first.rest.intents, [15, 16])
  assert.deepEqual(shown(cut(first.rest, messages(14, 15, 16, 17), { records: 1, bytes: 100 }).slices), ['[12,15) 12 13 14', '[15,16) 15', '[16,17) 16', '[17,18) 17'])
  assert.deepEqual(shown(cut(at(10, 12, 15), messages(20), loose).slices), ['[10,12)', '[12,15)', '[15,21) 20'])
})

test('the end of a pending range may have been compacted away', () => {
  const { slices } = cut(at(10, 14), messages(10, 12, 17), loose)
  assert.deepEqual(shown(slices), ['[10,14) 10 12', '[14,18) 17'])
  assert.deepEqual(slices.map(({ again }) => again), [true, false])
})

test('tombstones take up offsets but are no records', () => {
  const mixed = messages(0, 1, 2).map((message, index) => index === 1 ? { ...message, value: null } : message)
  assert.deepEqual(shown(cut(at(0), mixed, loose).slices), ['[0,3) 0 2'])
  assert.deepEqual(shown(cut(at(0), [{ offset: '0', value: null }], loose).slices), ['[0,1)'])
})

test('messages that were taken already are passed over', () => {
  assert.deepEqual(shown(cut(at(5), messages(3, 4, 5, 6), loose).slices), ['[5,7) 5 6'])
})

test('a place that was cut is left as it was', () => {
  const place = at(10, 14)
  cut(place, messages(10, 11), loose)
  assert.deepEqual(place, at(10, 14))
})

test('however a log is fetched and wherever a member dies, ranges join end to end and come again the same', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 80 })
  const limits = fc.record({ records: fc.integer({ min: 1, max: 12 }), bytes: fc.integer({ min: 1, max: 60 }) })
  const deeds = fc.array(fc.record({ limits, fetch: fc.integer({ min: 1, max: 30 }), dies: fc.boolean() }), { minLength: 1, maxLength: 60 })
  fc.assert(fc.property(gaps, deeds, (steps, moves) => {
    const offsets = steps.reduce<number[]>((list, gap) => [...list, (list.at(-1) ?? -1) + gap], [])
    const delivered = new Map<string, string>()
    let place = at(0)
    for (const { limits: bounds, fetch, dies } of moves) {
      const { slices, rest } = cut(place, messages(...offsets.filter((offset) => offset >= place.next).slice(0, fetch)), bounds)
      for (const slice of slices) {
        const key = `${slice.from}-${slice.to}`
        assert.equal(delivered.get(key) ?? shown([slice])[0], shown([slice])[0])
        delivered.set(key, shown([slice])[0] ?? '')
      }
      const pending = slices.at(-1)
      place = dies && pending !== undefined ? at(pending.from, pending.to) : rest
    }
    const records = [...delivered.values()].flatMap((text) => text.split(' ').slice(1))
    assert.deepEqual(records, offsets.slice(0, records.length).map(String))
  }))
})

test('a range knows the epoch of its last record, as far as that ends it', () => {
  const written = messages(3, 4, 5).map((message, index) => ({ ...message, batchContext: { partitionLeaderEpoch: 7 + index } }))
  assert.deepEqual(cut(at(3), written, { records: 2, bytes: 1000 }).slices.map(({ epoch }) => epoch), [8, 9])
  const pending = cut(at(3, 10), [...written, ...messages(12)], loose).slices
  assert.deepEqual(pending.map(({ to, epoch }) => [to, epoch]), [[10, undefined], [13, undefined]])
  assert.equal(cut(at(3), messages(3), loose).slices[0]?.epoch, undefined)
})
