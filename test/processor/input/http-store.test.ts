/** What is sent again to the http input changes nothing, over restarts of the processor and while the store is away. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { processorSchema } from '../../../services/processor/config.ts'
import { startProcessor } from '../../../services/processor/processor.ts'
import type { Processor } from '../../../services/processor/processor.ts'
import { createLog } from '../../../services/runtime/log.ts'
import { migrate } from '../../../services/store/migrate.ts'
import { reservePort } from '../../port.ts'
import { until } from '../../until.ts'
import { kongRecord } from '../kong-fixture.ts'
import { nginxLine } from '../nginx-fixture.ts'
import { startStoreProcess } from '../store-fixture.ts'
import { makeFolder } from './fixture.ts'
import { post } from './http-sender.ts'
import type { Answer } from './http-sender.ts'

/** Rows of a day ago, so that the time of the events says nothing of when they were stored. */
const time = Date.now() - 86_400_000
const kongBody = `[${[1, 2, 3].map((number) => kongRecord(number, time)).join()}]`
const otherBody = [3, 4].map((number) => kongRecord(number, time)).join('\n')
const edgeBody = `${nginxLine(1, time)}\n${nginxLine(1, time)}\nnonsense\n`

interface Urls { kong: string, edge: string }

async function start (t: TestContext, folder: string, storeUrl: string, urls: Urls): Promise<Processor> {
  const input = (name: keyof Urls, format: string): object => ({ type: 'http', name, format, listen: new URL(urls[name]).host, batch: { linger: '1ms' } })
  const config = processorSchema.parse({
    inputs: [input('kong', 'kong'), input('edge', 'nginx')], store: { url: storeUrl }, metrics: { listen: '127.0.0.1:0' },
  })
  const processor = await startProcessor(config, { prepareStore: migrate, base: folder, log: createLog('test', 'silent') })
  t.after(() => processor.close())
  return processor
}

/** Sends until it is answered otherwise than with 503. */
async function send (url: string, body: string): Promise<Answer> {
  let answer: Answer | undefined
  await until(async () => {
    answer = await firstAnswer(url, body)
    return answer.status !== 503
  })
  return answer!
}

/** Sends until somebody listens. */
async function firstAnswer (url: string, body: string): Promise<Answer> {
  let answer: Answer | undefined
  await until(async () => {
    answer = await post(url, body, { headers: { 'content-type': 'text/plain' } }).catch(() => undefined)
    return answer !== undefined
  })
  return answer!
}

async function outcomesOf (processor: Processor): Promise<Record<string, number>> {
  const metrics = await (await fetch(`${processor.url}/metrics`)).text()
  const sums: Record<string, number> = {}
  for (const [, outcome = '', count] of metrics.matchAll(/^gatelens_events_total\{.*outcome="(\w+)".*\} (\d+)/gm)) sums[outcome] = (sums[outcome] ?? 0) + Number(count)
  return sums
}

const urlOf = async (): Promise<string> => `http://127.0.0.1:${await reservePort()}/`

test('what is sent again is known in the same run, after a restart, and after a run that left it in the spool', async (t) => {
  const folder = makeFolder(t)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const urls = { kong: await urlOf(), edge: await urlOf() }
  const rows = async (): Promise<unknown> => (await store.query('SELECT (SELECT count() FROM gatelens.requests) AS requests, (SELECT sum(requests) FROM gatelens.requests_1m) AS minutes, (SELECT count() FROM gatelens.rejected) AS rejected'))[0]
  const first = await start(t, folder, store.url, urls)
  assert.deepEqual((await send(urls.kong, kongBody)).body, { received: 3, repeated: 0, rejected: 0 })
  assert.deepEqual((await send(urls.kong, kongBody)).body, { received: 3, repeated: 3, rejected: 0 })
  assert.deepEqual((await send(urls.kong, otherBody)).body, { received: 2, repeated: 1, rejected: 0 })
  assert.deepEqual((await send(urls.edge, edgeBody)).body, { received: 3, repeated: 0, rejected: 1 })
  assert.deepEqual((await send(urls.edge, edgeBody)).body, { received: 3, repeated: 3, rejected: 0 })
  assert.deepEqual((await send(urls.edge, `\n${edgeBody}`)).body, { received: 3, repeated: 0, rejected: 1 }, 'lines without ids are others in another body')
  // What is acknowledged may be in the spool still, and then counts as received alone.
  await until(async () => isDeepStrictEqual(await outcomesOf(first), { received: 17, published: 8, filtered: 0, rejected: 2, repeated: 7 }))
  await first.close()
  assert.deepEqual(await rows(), { requests: 8, minutes: 8, rejected: 2 })

  const second = await start(t, folder, store.url, urls)
  assert.deepEqual((await send(urls.kong, kongBody)).body, { received: 3, repeated: 3, rejected: 0 })
  assert.deepEqual((await send(urls.kong, otherBody)).body, { received: 2, repeated: 2, rejected: 0 })
  assert.deepEqual((await send(urls.edge, edgeBody)).body, { received: 3, repeated: 3, rejected: 0 })
  await store.stop()
  const later = `${kongRecord(9, time)}\n`
  assert.deepEqual((await send(urls.kong, later)).body, { received: 1, repeated: 0, rejected: 0 })
  await second.close()

  const third = await start(t, folder, store.url, urls)
  assert.equal((await firstAnswer(urls.kong, later)).status, 503, 'what is stored is not known while the store is away')
  const again = await startStoreProcess(t, join(folder, 'store'), store.port)
  assert.deepEqual((await send(urls.kong, later)).body, { received: 1, repeated: 1, rejected: 0 })
  await third.close()
  assert.deepEqual(await again.query('SELECT (SELECT count() FROM gatelens.requests) AS requests, (SELECT sum(requests) FROM gatelens.requests_1m) AS minutes, (SELECT count() FROM gatelens.rejected) AS rejected'),
    [{ requests: 9, minutes: 9, rejected: 2 }])
})
