import { test } from 'node:test'
import { flood } from './flood.ts'

test('ten million random paths stay within the budgets and leave the memory flat', async () => {
  await flood(10_000_000, 10)
})
