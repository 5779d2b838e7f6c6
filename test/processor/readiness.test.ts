import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Board } from '../../services/processor/readiness.ts'
import type { KnownSink, Status } from '../../services/processor/readiness.ts'

const catalog = {} as Status['catalog']
const store: KnownSink = { name: 'store', maxBytes: 1000, whenFull: 'block' }

function boardOf (inputs: string[], sinks: KnownSink[] = [], shown = new Map<string, number>()): Board {
  const board = new Board({ set: (metric, labels, value) => { shown.set([metric, ...Object.values(labels)].join(' '), value) } }, { inputs, store, sinks })
  board.sink('store', { up: true, spool_bytes: 0 })
  return board
}

test('all inputs together are caught up once each has told that nothing of it waits', () => {
  const board = boardOf(['a', 'b'])
  assert.equal(board.isCaughtUp(), false)
  board.input('a', { lag_bytes: 0 })
  assert.equal(board.isCaughtUp(), false, 'b has told nothing yet')
  board.input('b', { lag_records: 3 })
  board.input('a', { lag_bytes: 0 })
  assert.equal(board.isCaughtUp(), false, 'the newest word of a says nothing of b')
  board.input('b', { lag_records: 0 })
  assert.equal(board.isCaughtUp(), true)
  board.input('b', { unreadable: 1 })
  assert.equal(board.isCaughtUp(), false, 'nobody knows the lag of a group that cannot be asked')
  board.input('b', { unreadable: 0 })
  board.sink('store', { spool_bytes: 1 })
  assert.equal(board.isCaughtUp(), false)
})

test('a further sink that is away does not keep time from going on by the clock', () => {
  const board = boardOf(['a'], [{ name: 'archive', maxBytes: 1000, whenFull: 'block' }])
  board.input('a', { lag_bytes: 0 })
  board.sink('archive', { up: false, spool_bytes: 500 })
  assert.equal(board.isCaughtUp(), true)
  assert.equal(board.status(catalog).status, 'degraded')
})

test('one input that stands still, or cannot be read, decides the word for the whole', () => {
  const board = boardOf(['a', 'b'])
  assert.equal(board.status(catalog).status, 'ready')
  board.input('a', { unreadable: 2 })
  board.input('b', { unreadable: 0 })
  assert.equal(board.status(catalog).status, 'degraded')
  board.input('b', { stalled_seconds: 61 })
  board.input('a', { stalled_seconds: 0 })
  assert.equal(board.status(catalog).status, 'blocked')
  const { a, b } = board.status(catalog).inputs
  assert.deepEqual([a?.stalled_seconds, a?.unreadable, b?.stalled_seconds, b?.unreadable], [0, 2, 61, 0])
})

test('a sink that is away and has no room left blocks, unless it drops', () => {
  for (const [whenFull, word] of [['block', 'blocked'], ['drop', 'degraded']] as const) {
    const board = boardOf(['a'], [{ name: 'archive', maxBytes: 1000, whenFull }])
    board.sink('archive', { up: false, spool_bytes: 960, stalled_seconds: 30 })
    const { status, sinks } = board.status(catalog)
    assert.equal(status, word)
    assert.deepEqual(sinks, { archive: { up: false, stalled_seconds: 30, spool: { bytes: 960, max_bytes: 1000 } } })
  }
})

test('state is writable again once all of it is', () => {
  const shown = new Map<string, number>()
  const board = boardOf(['a'], [], shown)
  board.state('the checkpoint of a', false)
  board.state('the spool of store', false)
  board.state('the spool of store', true)
  assert.deepEqual([board.status(catalog).state.writable, shown.get('gatelens_state_writable')], [false, 0])
  board.state('the checkpoint of a', true)
  assert.deepEqual([board.status(catalog).state.writable, shown.get('gatelens_state_writable')], [true, 1])
})

test('what the parts tell is shown as gauges, under the labels of the parts', () => {
  const shown = new Map<string, number>()
  const board = boardOf(['a'], [], shown)
  board.input('a', { lag_bytes: 7, unreadable: 1 })
  board.detection(0.5)
  assert.deepEqual([...shown], [
    ['gatelens_state_writable', 1], ['gatelens_spool_max_bytes store', 1000], ['gatelens_sink_up store', 1], ['gatelens_spool_bytes store', 0],
    ['gatelens_input_lag_bytes a', 7], ['gatelens_input_unreadable a', 1], ['gatelens_detect_seconds', 0.5],
  ])
})
