import { test } from 'node:test'
import { killWhileFollowing } from './kill-scenario.ts'

test('a processor that is killed while it follows a growing file has every record exactly once, in the store and in a file sink', async (t) => {
  await killWhileFollowing(t, { records: 10_000, kills: 2, archive: true })
})
