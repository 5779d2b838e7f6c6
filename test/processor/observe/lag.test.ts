import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InputState } from '../../../services/processor/contract.ts'
import { createLagWatch } from '../../../services/processor/observe/lag.ts'

interface Watched { lag: ReturnType<typeof createLagWatch>, look: () => [number, number], pass: (seconds: number) => void }

function watch (): Watched {
  let now = 1_000_000
  const told: Partial<InputState> = {}
  const lag = createLagWatch({ input: (id, state) => { if (id === 'log') Object.assign(told, state) } }, () => now)
  return {
    lag,
    look: () => {
      lag.tell()
      return [told.lag_seconds ?? -1, told.stalled_seconds ?? -1]
    },
    pass: (seconds) => { now += 1000 * seconds },
  }
}

test('records that wait unread are a lag that grows until something is committed', () => {
  const { lag, look, pass } = watch()
  lag.waits('log', true)
  pass(30)
  assert.deepEqual(look(), [30, 30])
  const { committed } = lag.take('log', 1_000_000)
  pass(5)
  assert.deepEqual(look(), [35, 35], 'a batch that was taken is no progress yet')
  committed()
  assert.deepEqual(look(), [0, 0])
  pass(4)
  assert.deepEqual(look(), [4, 4], 'more waits')
  lag.waits('log', false)
  assert.deepEqual(look(), [0, 0])
})

test('an input that catches up is behind and does not stand still', () => {
  const { lag, look, pass } = watch()
  lag.waits('log', true)
  for (const age of [500, 400, 300]) {
    const { committed } = lag.take('log', 1_000_000 - 1000 * age)
    pass(1)
    assert.equal(look()[1], 1)
    assert.ok(look()[0] > age)
    committed()
  }
})

test('what waits in a spool is not committed, and no standstill', () => {
  const { lag, look, pass } = watch()
  const first = lag.take('log', 1_000_000)
  first.spooled()
  pass(100)
  assert.deepEqual(look(), [100, 0])
  const second = lag.take('log', 1_100_000)
  pass(20)
  assert.deepEqual(look(), [120, 20], 'the spool takes no more')
  second.spooled()
  first.committed()
  assert.deepEqual(look(), [20, 0])
  second.committed()
  assert.deepEqual(look(), [0, 0])
})

test('a batch whose clock is ahead, or that has no event, is as old as it waits', () => {
  const { lag, look, pass } = watch()
  lag.take('log', 9_000_000)
  lag.take('log', Infinity)
  pass(7)
  assert.deepEqual(look(), [7, 7])
})

test('inputs do not know of each other', () => {
  const { lag, look, pass } = watch()
  lag.waits('other', true)
  lag.waits('log', false)
  pass(9)
  assert.deepEqual(look(), [0, 0])
})
