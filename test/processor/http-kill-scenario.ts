import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { pause } from '../../services/runtime/shutdown.ts'
import { reservePort } from '../port.ts'
import { seeded } from '../seeded.ts'
import { until } from '../until.ts'
import { firstMessage, startChild } from './child.ts'
import { makeFolder } from './input/fixture.ts'
import { post } from './input/http-sender.ts'
import { kongRecord } from './kong-fixture.ts'
import { nginxLine } from './nginx-fixture.ts'
import { startStoreProcess } from './store-fixture.ts'

/** How much is sent and how often the processor is killed meanwhile. */
export interface KillOptions { kills: number, senders: number, bodies: number }

/** An http input of the scenario, and the text of some records as it takes them. */
interface Target { format: string, url: string, bodyOf (numbers: readonly number[]): string }

/** Records of one sender: those of a body follow each other, so that none is in two bodies unless it is repeated on purpose. */
const bodyRecords = 7

/**
 * Kills a processor so often, at moments that a seed chooses, while senders POST to two of its inputs and send again what was not
 * acknowledged; now and then they send what was acknowledged, too: the same body, or its records in another one. Asserts that each
 * record is stored once.
 */
export async function killWhileSending (t: TestContext, { kills, senders, bodies }: KillOptions): Promise<void> {
  const folder = makeFolder(t)
  const random = seeded(20261129)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const [kong, edge] = [await reservePort(), await reservePort()]
  const config = join(folder, 'gatelens.yaml')
  writeFileSync(config, `
inputs:
  - { type: http, name: kong, listen: '127.0.0.1:${kong}', batch: { linger: 20ms } }
  - { type: http, name: edge, listen: '127.0.0.1:${edge}', format: nginx, batch: { linger: 20ms } }
store: { url: '${store.url}' }
metrics: { listen: '127.0.0.1:0' }
log: { level: error }
`)
  const targets: Target[] = [
    { format: 'kong', url: `http://127.0.0.1:${kong}/`, bodyOf: (numbers) => `[${numbers.map((number) => kongRecord(number, timeOf(number))).join()}]` },
    { format: 'nginx', url: `http://127.0.0.1:${edge}/`, bodyOf: (numbers) => numbers.map((number) => `${nginxLine(number, timeOf(number))}\n`).join('') },
  ]
  let acknowledged = 0
  const stopped = new AbortController()
  t.after(() => stopped.abort())
  const work = Array.from({ length: senders * targets.length }, async (_, sender) => {
    const target = targets[sender % targets.length]!
    const base = Math.floor(sender / targets.length) * bodies
    for (let body = 0; body < bodies && !stopped.signal.aborted; body++) {
      const numbers = Array.from({ length: bodyRecords }, (_, index) => (base + body) * bodyRecords + index)
      await sendUntilStored(target.url, target.bodyOf(numbers), stopped.signal)
      acknowledged++
      if (body % 5 === 1) await sendUntilStored(target.url, target.bodyOf(numbers), stopped.signal)
      // Only a request id of the gateway's own tells a record in another body.
      if (body % 5 === 3 && target.format === 'kong') await sendUntilStored(target.url, target.bodyOf(numbers.slice(1, 5)), stopped.signal)
    }
  })
  const all = senders * targets.length * bodies
  for (let kill = 0; kill < kills; kill++) {
    const child = startChild('./processor-child.ts', [config])
    await firstMessage(child)
    const share = Math.ceil(all * (kill + 0.5 + random() / 2) / kills) - 1
    // Every fourth life ends while it starts, or before it takes anything.
    if (kill % 4 === 3) await pause(random() * 100)
    else while (acknowledged < Math.min(share, all - 1)) await pause(random() * 10)
    await child.end('SIGKILL')
  }
  const last = startChild('./processor-child.ts', [config])
  t.after(() => last.end('SIGKILL'))
  await firstMessage(last)
  await Promise.all(work)
  assert.equal(acknowledged, all)
  const each = senders * bodies * bodyRecords
  const found = async (): Promise<unknown> => {
    const rows = await store.query('SELECT source, count() AS rows, uniqExact(path, params, time) AS different FROM gatelens.requests GROUP BY source ORDER BY source')
    const [sums] = await store.query(`SELECT (SELECT sum(requests) FROM gatelens.requests_1m) AS minutes, (SELECT sum(requests) FROM gatelens.requests_1h) AS hours,
      (SELECT sum(requests) FROM gatelens.drift_1d) AS drift, (SELECT count() FROM gatelens.rejected) AS rejected`)
    return { rows, ...sums }
  }
  const exact = {
    rows: ['edge:http', 'kong:http'].map((source) => ({ source, rows: each, different: each })), minutes: 2 * each, hours: 2 * each, drift: 2 * each, rejected: 0,
  }
  // What is acknowledged may be in the spool still.
  await until(async () => isDeepStrictEqual(await found(), exact) || (await store.query('SELECT count() AS rows FROM gatelens.requests'))[0]?.rows as number > 2 * each)
  await last.end('SIGTERM')
  assert.deepEqual(await found(), exact)
}

/** Epoch ms: more than an hour ago, as what waited long at its sender is. */
function timeOf (number: number): number {
  return Date.UTC(2026, 7, 20) + number * 500
}

async function sendUntilStored (url: string, body: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const answer = await post(url, body, { headers: { 'content-type': 'text/plain' } }).catch(() => undefined)
    if (answer?.status === 200) return
    assert.ok(answer === undefined || answer.status === 503, `${answer?.status} ${JSON.stringify(answer?.body)}`)
    await pause(20, signal)
  }
}
