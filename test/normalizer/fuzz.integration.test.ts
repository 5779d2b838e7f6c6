import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from './fuzz/fuzz.ts'

const count = 1_000_000

for (const seed of [1, 22, 333, 4444, 55_555]) {
  test(`${count} random and mutated targets give declared labels, the same answer twice, and take few steps (seed ${seed})`, (t) => {
    const result = fuzz(seed, count)
    t.diagnostic(JSON.stringify(result))
    assert.equal(Object.keys(result.outcomes).length, 5)
  })
}
