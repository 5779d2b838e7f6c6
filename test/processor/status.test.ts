import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBoard } from '../../services/processor/status.ts'
import type { Board, Status } from '../../services/processor/status.ts'

const nothing = { add: () => {}, set: () => {}, record: () => {} }
const catalog = {} as Status['catalog']

function boardOf (...inputs: string[]): Board {
  const board = createBoard(nothing, inputs)
  board.set('gatelens_store_up', {}, 1)
  board.set('gatelens_spool_bytes', {}, 0)
  board.set('gatelens_state_writable', {}, 1)
  return board
}

function statusOf (board: Board): Status {
  return board.status({ spoolBytes: 1000, catalog })
}

test('all inputs together are caught up once each has told that nothing of it waits', () => {
  const board = boardOf('a', 'b')
  assert.equal(board.isCaughtUp(), false)
  board.set('gatelens_input_lag_bytes', { input: 'a' }, 0)
  assert.equal(board.isCaughtUp(), false, 'b has told nothing yet')
  board.set('gatelens_input_lag_records', { input: 'b' }, 3)
  board.set('gatelens_input_lag_bytes', { input: 'a' }, 0)
  assert.equal(board.isCaughtUp(), false, 'the newest word of a says nothing of b')
  board.set('gatelens_input_lag_records', { input: 'b' }, 0)
  assert.equal(board.isCaughtUp(), true)
  board.set('gatelens_input_unreadable', { input: 'b' }, 1)
  assert.equal(board.isCaughtUp(), false, 'nobody knows the lag of a group that cannot be asked')
  board.set('gatelens_input_unreadable', { input: 'b' }, 0)
  board.set('gatelens_spool_bytes', {}, 1)
  assert.equal(board.isCaughtUp(), false)
})

test('one input that stands still, or cannot be read, decides the word for the whole', () => {
  const board = boardOf('a', 'b')
  assert.equal(statusOf(board).status, 'ready')
  board.set('gatelens_input_unreadable', { input: 'a' }, 2)
  board.set('gatelens_input_unreadable', { input: 'b' }, 0)
  assert.equal(statusOf(board).status, 'degraded')
  board.set('gatelens_input_stalled_seconds', { input: 'b' }, 61)
  board.set('gatelens_input_stalled_seconds', { input: 'a' }, 0)
  assert.equal(statusOf(board).status, 'blocked')
  const { a, b } = statusOf(board).inputs
  assert.deepEqual([a?.stalled_seconds, a?.unreadable, b?.stalled_seconds, b?.unreadable], [0, 2, 61, 0])
})
