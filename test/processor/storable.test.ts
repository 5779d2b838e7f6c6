import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EnrichedEvent } from '../../services/processor/event.ts'
import { rejectUnstorable } from '../../services/processor/storable.ts'
import { makeEvent } from './event-fixture.ts'

function detailOf (given: Partial<EnrichedEvent>): string | undefined {
  return rejectUnstorable(makeEvent(given), 100)?.detail
}

test('a time that a column or its retention cannot hold is a reject, and the last that they can is none', () => {
  const held = [0, 1, Date.UTC(1975, 5), Date.UTC(2100, 5), Date.UTC(2103, 11, 31, 23, 59, 59, 999)]
  const lost = [-1, -1000, Date.UTC(1899, 0), Date.UTC(2104, 0), Date.UTC(2106, 5), Date.UTC(2140, 0), NaN, Infinity]
  for (const time of held) assert.equal(detailOf({ time }), undefined, String(time))
  for (const time of lost) assert.equal(detailOf({ time }), 'time: out of the range that is stored', String(time))
})

test('a number out of the range of its column is a reject that says which, and a figure that is not given is none', () => {
  const lost: Array<[keyof EnrichedEvent, number[]]> = [
    ['status', [-1, 65_536]], ['upstream_status', [-1, 65_536]], ['attempts', [-1, 256]], ['request_bytes', [-1, 2 ** 64]], ['response_bytes', [-5]],
    ['limit', [-1]], ['remaining', [-1]],
  ]
  for (const [name, values] of lost) {
    for (const value of values) assert.equal(detailOf({ [name]: value }), `${name}: out of the range that is stored`)
  }
  const unknown = { upstream_ms: null, duration_ms: null, request_bytes: null, response_bytes: null, attempts: null }
  assert.equal(detailOf({ upstream_status: null, limit: null, remaining: null, ...unknown }), undefined)
  assert.equal(detailOf({ status: 65_535, attempts: 255 }), undefined)
})

test('the reject says where the record is, and nothing of what it holds', () => {
  assert.deepEqual(rejectUnstorable(makeEvent({ time: -1, source: 'a:b', source_offset: 7 }), 100),
    { reason: 'invalid_field', detail: 'time: out of the range that is stored', source: 'a:b', source_offset: 7, length: 100 })
})
