import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from './fuzz/fuzz.ts'

const seed = 20_261_121
const count = 20_000

test(`${count} random and mutated targets give declared labels, the same answer twice, and take few steps (seed ${seed})`, (t) => {
  const result = fuzz(seed, count)
  t.diagnostic(JSON.stringify(result))
  assert.equal(Object.keys(result.outcomes).length, 5)
})
