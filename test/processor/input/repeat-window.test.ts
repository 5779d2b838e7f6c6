import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { KnownEvent } from '../../../services/processor/input/definition.ts'
import { RepeatWindow } from '../../../services/processor/input/repeat-window.ts'

const hour = 3_600_000

/** An event whose id is its own when `own` says so, else follows from its place. */
function event (number: number, { own = true, offset = number * 1000, time = 1_700_000_000_000 } = {}): KnownEvent {
  const id = createHash('sha256').update(String(number)).digest('hex').slice(0, 32)
  return { event_id: id, request_id: own ? id : '', source_offset: offset, time }
}

test('what came before is known, and nothing else is', () => {
  const window = new RepeatWindow({ age: hour, records: 100_000 })
  const numbers = Array.from({ length: 100_000 }, (_, number) => number)
  assert.equal(numbers.filter((number) => window.addEvent(event(number))).length, 0)
  assert.equal(numbers.filter((number) => !window.addEvent(event(number, { offset: 7 }))).length, 0)
})

test('numbers that hardly differ are no more alike than others', () => {
  const window = new RepeatWindow({ age: hour, records: 200_000 })
  for (let number = 0; number < 100_000; number++) {
    const id = number.toString(16).padStart(32, '0')
    assert.equal(window.addEvent({ event_id: id, request_id: id, source_offset: 0, time: 0 }), false)
    assert.equal(window.addReject(number * 2 ** 20), false)
  }
})

test('an event without an id of the gateway is known by place and time, whatever its id was published as', () => {
  const window = new RepeatWindow({ age: hour, records: 100 })
  assert.equal(window.addEvent(event(1, { own: false, offset: 5 })), false)
  assert.equal(window.addEvent(event(2, { own: false, offset: 5 })), true)
  assert.equal(window.addEvent(event(3, { own: false, offset: 5, time: 1 })), false)
  assert.equal(window.addEvent(event(1, { own: false, offset: 6 })), false)
  assert.equal(window.addReject(5), false)
  const hashed = { ...event(4), request_id: 'request 4' }
  assert.equal(window.addEvent(hashed), false)
  assert.equal(window.addEvent({ ...hashed, event_id: event(5).event_id }), true)
  assert.equal(window.addEvent({ ...hashed, source_offset: 1 }), true)
})

test('the oldest are forgotten when there are too many, or they are too old, and what comes again stays', () => {
  let now = 0
  const window = new RepeatWindow({ age: hour, records: 10 }, () => now)
  for (let number = 0; number < 30; number++) {
    window.addEvent(event(number))
    assert.equal(window.addEvent(event(0)), true)
    assert.ok(window.size <= 20)
  }
  assert.equal(window.addEvent(event(29)), true)
  assert.equal(window.addEvent(event(1)), false)
  now = hour
  window.addEvent(event(100))
  assert.equal(window.addEvent(event(1)), true)
  now = 2 * hour
  window.addEvent(event(101))
  assert.equal(window.addEvent(event(29)), false)
})
