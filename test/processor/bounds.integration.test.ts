import { test } from 'node:test'
import { flood } from './flood.ts'

test('three million random paths stay within the budgets and leave the memory flat', async () => {
  await flood(3_000_000, 10)
})
