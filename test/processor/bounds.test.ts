import { test } from 'node:test'
import { flood } from './flood.ts'

test('random paths of all kinds stay within the budgets, and every request is counted', async () => {
  await flood(80_000, 20)
})
