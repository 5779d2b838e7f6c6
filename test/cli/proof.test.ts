/** When the demo may judge, and what it claims. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDelivered, prove } from '../../services/cli/demo/proof.ts'

const stored = { rows: 10, unique: 10, rolled: 10, routes: 2, rejected: 0 }
const logged = { all: 10, traffic: 10 }

test('a batch that lands while the tables are counted is waited for', () => {
  assert.equal(isDelivered({ ...stored, rows: 9 }, logged), false)
  assert.equal(isDelivered({ ...stored, rolled: 9 }, logged), false)
  assert.equal(isDelivered(stored, logged), true)
})

test('a row too many, too few or twice breaks the proof', () => {
  const nothing = { all: 0, traffic: 0 }
  const breaches = { reported: [], stored: [] }
  const holds = (change: Partial<typeof stored>): boolean =>
    prove({ sent: 10, before: nothing, logged, stored: { ...stored, ...change }, reported: 10, breaches }).every((proof) => proof.holds)
  assert.equal(holds({}), true)
  const changes = [{ rows: 11 }, { rows: 9 }, { unique: 9 }, { rolled: 11 }, { rejected: 1 }]
  for (const change of changes) assert.equal(holds(change), false, JSON.stringify(change))
})
