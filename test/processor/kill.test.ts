import { test } from 'node:test'
import { killWhileFollowing } from './kill-scenario.ts'

test('a processor that is killed while it follows a growing file stores every record exactly once', async (t) => {
  await killWhileFollowing(t, { records: 10_000, kills: 2 })
})
