import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextTurn } from '../../services/processor/catalog/live/timetable.ts'
import type { Turn } from '../../services/processor/catalog/live/timetable.ts'
import { fc } from '../property.ts'

const pace = { intervalMs: 300_000, retryMs: 5000 }

test('a source that answers is asked again one interval later, at most a tenth earlier', () => {
  assert.deepEqual(nextTurn(undefined, { failed: false }, 1000, pace, 1), { at: 301_000, failures: 0 })
  assert.deepEqual(nextTurn({ at: 0, failures: 7 }, { failed: false }, 1000, pace, 0), { at: 271_000, failures: 0 })
})

test('pauses after failures double up to the interval', () => {
  let turn: Turn | undefined
  const pauses: number[] = []
  for (let failure = 0; failure < 9; failure++) {
    turn = nextTurn(turn, { failed: true }, 0, pace, 1)
    pauses.push(turn.at / 1000)
  }
  assert.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300])
})

test('a server that asks for more time gets it, up to an hour', () => {
  assert.equal(nextTurn(undefined, { failed: true, retryAfterMs: 60_000 }, 0, pace, 0).at, 60_000)
  assert.equal(nextTurn(undefined, { failed: true, retryAfterMs: 1e9 }, 0, pace, 0).at, 3_600_000)
})

test('whatever happens, a source is asked again, never at once and never later than an hour or one interval', () => {
  const random = fc.double({ min: 0, max: 1, noNaN: true })
  const outcome = fc.record({ failed: fc.boolean(), retryAfterMs: fc.nat(1e10), random })
  fc.assert(fc.property(fc.array(outcome, { maxLength: 50 }), (outcomes) => {
    let turn: Turn | undefined
    for (const { random, ...outcome } of outcomes) {
      const now = turn?.at ?? 0
      turn = nextTurn(turn, outcome, now, pace, random)
      assert.ok(turn.at - now >= pace.retryMs / 2 && turn.at - now <= 3_600_000, JSON.stringify([outcome, turn.at - now]))
    }
  }))
})
