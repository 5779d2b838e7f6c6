import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGauges } from '../../services/processor/status.ts'
import type { Gauges, Status } from '../../services/processor/status.ts'

const nothing = { add: () => {}, set: () => {}, record: () => {} }
const catalog = {} as Status['catalog']

function gaugesOf (...inputs: string[]): Gauges {
  const gauges = createGauges(nothing, inputs)
  gauges.set('gatelens_store_up', {}, 1)
  gauges.set('gatelens_spool_bytes', {}, 0)
  gauges.set('gatelens_state_writable', {}, 1)
  return gauges
}

function statusOf (gauges: Gauges): Status {
  return gauges.status({ spoolBytes: 1000, catalog })
}

test('all inputs together are caught up once each has told that nothing of it waits', () => {
  const gauges = gaugesOf('a', 'b')
  assert.equal(gauges.isCaughtUp(), false)
  gauges.set('gatelens_input_lag_bytes', { input: 'a' }, 0)
  assert.equal(gauges.isCaughtUp(), false, 'b has told nothing yet')
  gauges.set('gatelens_input_lag_records', { input: 'b' }, 3)
  gauges.set('gatelens_input_lag_bytes', { input: 'a' }, 0)
  assert.equal(gauges.isCaughtUp(), false, 'the newest word of a says nothing of b')
  gauges.set('gatelens_input_lag_records', { input: 'b' }, 0)
  assert.equal(gauges.isCaughtUp(), true)
  gauges.set('gatelens_input_unreadable', { input: 'b' }, 1)
  assert.equal(gauges.isCaughtUp(), false, 'nobody knows the lag of a group that cannot be asked')
  gauges.set('gatelens_input_unreadable', { input: 'b' }, 0)
  gauges.set('gatelens_spool_bytes', {}, 1)
  assert.equal(gauges.isCaughtUp(), false)
})

test('one input that stands still, or cannot be read, decides the word for the whole', () => {
  const gauges = gaugesOf('a', 'b')
  assert.equal(statusOf(gauges).status, 'ready')
  gauges.set('gatelens_input_unreadable', { input: 'a' }, 2)
  gauges.set('gatelens_input_unreadable', { input: 'b' }, 0)
  assert.equal(statusOf(gauges).status, 'degraded')
  gauges.set('gatelens_input_stalled_seconds', { input: 'b' }, 61)
  gauges.set('gatelens_input_stalled_seconds', { input: 'a' }, 0)
  assert.equal(statusOf(gauges).status, 'blocked')
  const { a, b } = statusOf(gauges).inputs
  assert.deepEqual([a?.stalled_seconds, a?.unreadable, b?.stalled_seconds, b?.unreadable], [0, 2, 61, 0])
})
