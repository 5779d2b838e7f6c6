import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before } from 'node:test'
import type { TestContext } from 'node:test'
import { pause } from '../../../services/runtime/shutdown.ts'
import { temporaryFolder } from '../../folder.ts'
import { startKafka } from '../../integration/kafka.ts'
import type { KafkaServer } from '../../integration/kafka.ts'
import type { Launched } from '../../integration/launch.ts'
import { scenario, until } from '../../integration/scenario.ts'
import { kongRecord } from '../kong-fixture.ts'
import { prepareTables, startStoreProcess } from '../store-fixture.ts'
import type { RunningStore } from '../store-fixture.ts'
import { makeTopic, produce, startMember, startProcessor } from './kafka-fixture.ts'

const folder = temporaryFolder()
let kafka: KafkaServer

before(async () => {
  kafka = await startKafka(join(folder, 'kafka'))
})

after(async () => {
  await kafka?.kill()
})

scenario('processors that are killed, stopped, started and joined store every record once', async (t) => {
  const topic = await makeTopic(kafka, 'chaos', 4)
  const store = await startStoreProcess(t, join(folder, 'store-chaos'))
  await prepareTables(store.client)
  const start = (name: string): Launched => startProcessor(t, name, { folder, kafka, topic, url: store.url })
  const stored = (): Promise<Count> => count(store, 'gatelens.requests')
  const source = trickle(t, topic, stored)
  let first = start('first')
  await grown(t, stored)
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGTERM'] as const) {
    const second = start('second')
    await first.end('SIGKILL')
    first = start('first')
    await grown(t, stored)
    await second.end(signal)
    await grown(t, stored)
  }
  const total = await source.end()
  await until(t, `all of ${total}`, async () => (await stored()).ids >= total)
  await first.end('SIGTERM')
  assert.deepEqual(await stored(), { rows: total, ids: total })
  assert.deepEqual(await store.query('SELECT sum(requests) AS requests FROM gatelens.requests_1m'), [{ requests: total }])
})

scenario('members that write several batches at a time store records once each while the broker is killed and started again', async (t) => {
  const { topic, stored, start, total } = await prepareMembers(t, 'restart', 20_000)
  const members = [start('first'), start('second')]
  for (let round = 0; round < 2; round++) {
    await grown(t, stored, total)
    await kafka.kill()
    await kafka.start()
  }
  await until(t, `all of ${total} in ${topic}`, async () => (await stored()).ids >= total)
  await Promise.all(members.map((member) => member.end('SIGTERM')))
  assert.deepEqual(await stored(), { rows: total, ids: total })
})

scenario('a member that stood still for longer than its session takes part again when it goes on', async (t) => {
  const { topic, stored, start, total } = await prepareMembers(t, 'still', 4000)
  const still = start('still')
  await grown(t, stored, total)
  still.process.kill('SIGSTOP')
  const other = start('other')
  await until(t, 'the other to do what was left', async () => (await stored()).ids >= total)
  still.process.kill('SIGCONT')
  await other.end('SIGKILL')
  await produce(kafka, topic, numbers(1000, total), 4)
  await until(t, 'the member that goes on to do what came since', async () => (await stored()).ids >= total + 1000)
  await still.end('SIGTERM')
  assert.deepEqual(await stored(), { rows: total + 1000, ids: total + 1000 })
})

scenario('a broker that stands still with its connections open is waited for', async (t) => {
  const { stored, start, total } = await prepareMembers(t, 'hung', 8000)
  const members = [start('first'), start('second')]
  await grown(t, stored, total)
  kafka.hold()
  // Longer than kafkajs waits for an answer, so that its requests fail one after the other.
  await pause(40_000)
  kafka.resume()
  await until(t, `all of ${total}`, async () => (await stored()).ids >= total)
  await Promise.all(members.map((member) => member.end('SIGTERM')))
  assert.deepEqual(await stored(), { rows: total, ids: total })
})

/** Rows and distinct events of a table. */
interface Count { rows: number, ids: number }

interface Members {
  topic: string
  total: number
  stored: () => Promise<Count>
  start: (name: string) => Launched
}

/** A topic with some numbers in it, and members that write them to a table of their own, several batches at a time. */
async function prepareMembers (t: TestContext, topic: string, total: number): Promise<Members> {
  await makeTopic(kafka, topic, 4)
  const store = await startStoreProcess(t, join(folder, `store-${topic}`))
  await store.client.command({
    query: `CREATE TABLE ${topic} (event_id String, place String, position UInt64) ENGINE = MergeTree ORDER BY event_id
      SETTINGS non_replicated_deduplication_window = 10000`,
  })
  await produce(kafka, topic, numbers(total), 4)
  const options = { brokers: [kafka.broker], topics: [topic], group: topic, session_timeout: '2s', batch: { records: 100, linger: '50ms' } }
  return {
    topic,
    total,
    stored: () => count(store, topic),
    start: (name) => startMember(t, name, { url: store.url, table: topic, options }),
  }
}

/**
 * Writes records in small portions until it is ended, so that there is something to do all the time; never far ahead of
 * what is stored, so that little is left to do in the end, however slow the machine is. `end` gives how many there are.
 */
function trickle (t: TestContext, topic: string, stored: () => Promise<Count>): { end (): Promise<number> } {
  const ending = new AbortController()
  const over = AbortSignal.any([ending.signal, t.signal])
  const produced = (async () => {
    let total = 0
    for (; !over.aborted; total += 400) {
      await produce(kafka, topic, numbers(400, total).map((number) => kongRecord(Number(number))), 4)
      await until(t, 'a short backlog', async () => over.aborted || total - (await stored()).ids < 2000)
      await pause(400, over)
    }
    return total
  })()
  // Whoever ends it gets the failure, but may wait for records that never come before that.
  produced.catch((error: unknown) => console.error(error))
  return {
    end: async () => {
      ending.abort()
      return await produced
    },
  }
}

/** Waits until something more is stored, so a member is at work, or all of `total` is. */
async function grown (t: TestContext, stored: () => Promise<Count>, total = Infinity): Promise<void> {
  const { rows: before } = await stored()
  await until(t, `more than ${before} rows`, async () => {
    const { rows } = await stored()
    return rows > before || rows >= total
  })
}

async function count (store: RunningStore, table: string): Promise<Count> {
  const [row] = await store.query(`SELECT count() AS rows, uniqExact(event_id) AS ids FROM ${table}`)
  return { rows: Number(row?.rows), ids: Number(row?.ids) }
}

function numbers (count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index))
}
