import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ToldReadiness } from '../../services/processor/readiness.ts'
import type { KnownSink, Status } from '../../services/processor/readiness.ts'

const catalog = {} as Status['catalog']
const store: KnownSink = { name: 'store', maxBytes: 1000, whenFull: 'block' }

function readinessOf (inputs: string[], sinks: KnownSink[] = [], shown = new Map<string, number>()): ToldReadiness {
  const readiness = new ToldReadiness({ set: (metric, labels, value) => { shown.set([metric, ...Object.values(labels)].join(' '), value) } }, { inputs, store, sinks })
  readiness.sink('store', { up: true, spool_bytes: 0 })
  return readiness
}

test('all inputs together are caught up once each has told that nothing of it waits', () => {
  const readiness = readinessOf(['a', 'b'])
  assert.equal(readiness.isCaughtUp(), false)
  readiness.input('a', { lag_bytes: 0 })
  assert.equal(readiness.isCaughtUp(), false, 'b has told nothing yet')
  readiness.input('b', { lag_records: 3 })
  readiness.input('a', { lag_bytes: 0 })
  assert.equal(readiness.isCaughtUp(), false, 'the newest word of a says nothing of b')
  readiness.input('b', { lag_records: 0 })
  assert.equal(readiness.isCaughtUp(), true)
  readiness.input('b', { unreadable: 1 })
  assert.equal(readiness.isCaughtUp(), false, 'nobody knows the lag of a group that cannot be asked')
  readiness.input('b', { unreadable: 0 })
  readiness.sink('store', { spool_bytes: 1 })
  assert.equal(readiness.isCaughtUp(), false)
})

test('a further sink that is away does not keep time from going on by the clock', () => {
  const readiness = readinessOf(['a'], [{ name: 'archive', maxBytes: 1000, whenFull: 'block' }])
  readiness.input('a', { lag_bytes: 0 })
  readiness.sink('archive', { up: false, spool_bytes: 500 })
  assert.equal(readiness.isCaughtUp(), true)
  assert.equal(readiness.status(catalog).status, 'degraded')
})

test('one input that stands still, or cannot be read, decides the word for the whole', () => {
  const readiness = readinessOf(['a', 'b'])
  assert.equal(readiness.status(catalog).status, 'ready')
  readiness.input('a', { unreadable: 2 })
  readiness.input('b', { unreadable: 0 })
  assert.equal(readiness.status(catalog).status, 'degraded')
  readiness.input('b', { stalled_seconds: 61 })
  readiness.input('a', { stalled_seconds: 0 })
  assert.equal(readiness.status(catalog).status, 'blocked')
  const { a, b } = readiness.status(catalog).inputs
  assert.deepEqual([a?.stalled_seconds, a?.unreadable, b?.stalled_seconds, b?.unreadable], [0, 2, 61, 0])
})

test('a sink that is away and has no room left blocks, unless it drops', () => {
  for (const [whenFull, word] of [['block', 'blocked'], ['drop', 'degraded']] as const) {
    const readiness = readinessOf(['a'], [{ name: 'archive', maxBytes: 1000, whenFull }])
    readiness.sink('archive', { up: false, spool_bytes: 960, stalled_seconds: 30 })
    const { status, sinks } = readiness.status(catalog)
    assert.equal(status, word)
    assert.deepEqual(sinks, { archive: { up: false, stalled_seconds: 30, spool: { bytes: 960, max_bytes: 1000 } } })
  }
})

test('state is writable again once all of it is', () => {
  const shown = new Map<string, number>()
  const readiness = readinessOf(['a'], [], shown)
  readiness.state('the checkpoint of a', false)
  readiness.state('the spool of store', false)
  readiness.state('the spool of store', true)
  assert.deepEqual([readiness.status(catalog).state.writable, shown.get('gatelens_state_writable')], [false, 0])
  readiness.state('the checkpoint of a', true)
  assert.deepEqual([readiness.status(catalog).state.writable, shown.get('gatelens_state_writable')], [true, 1])
})

test('what the parts tell is shown as gauges, under the labels of the parts', () => {
  const shown = new Map<string, number>()
  const readiness = readinessOf(['a'], [], shown)
  readiness.input('a', { lag_bytes: 7, unreadable: 1 })
  readiness.detection(0.5)
  assert.deepEqual([...shown], [
    ['gatelens_state_writable', 1], ['gatelens_spool_max_bytes store', 1000], ['gatelens_sink_up store', 1], ['gatelens_spool_bytes store', 0],
    ['gatelens_input_lag_bytes a', 7], ['gatelens_input_unreadable a', 1], ['gatelens_detect_seconds', 0.5],
  ])
})
