import { test } from 'node:test'
import { killWhileSending } from './http-kill-scenario.ts'

test('a processor that is killed twenty times while senders repeat what was not acknowledged stores every record exactly once', async (t) => {
  await killWhileSending(t, { kills: 20, senders: 4, bodies: 100 })
})
