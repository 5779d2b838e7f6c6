/** What waits in the spool of a member of a consumer group is not the member's alone. */
import assert from 'node:assert/strict'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { temporaryFolder } from '../../folder.ts'
import { startKafka } from '../../integration/kafka.ts'
import type { KafkaServer } from '../../integration/kafka.ts'
import { scenario, until } from '../../integration/scenario.ts'
import { kongRecord } from '../kong-fixture.ts'
import { prepareTables, startStoreProcess } from '../store-fixture.ts'
import { committed, makeTopic, openReader, placeOf, produce, startProcessor } from './kafka-fixture.ts'

const folder = temporaryFolder()
let kafka: KafkaServer

before(async () => {
  kafka = await startKafka(join(folder, 'kafka'))
})

after(async () => {
  await kafka?.kill()
})

const records = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => kongRecord(from + index))

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  scenario(`what waits in the spool of a member that ends for good (${signal}) is stored by the others, once`, async (t) => {
    const topic = await makeTopic(kafka, `stranded-${signal.toLowerCase()}`, 4)
    const storeFolder = join(folder, `store-${topic}`)
    const first = await startStoreProcess(t, storeFolder)
    await prepareTables(first.client)
    const member = (name: string): ReturnType<typeof startProcessor> => startProcessor(t, name, { folder, kafka, topic, url: first.url })
    const spooled = (name: string): number => readdirSync(join(folder, `state-${topic}-${name}`, 'spool')).filter((file) => file.endsWith('.batch')).length
    member('stays')
    const leaves = member('leaves')
    await produce(kafka, topic, records(40), 4)
    await until(t, 'the first rows', async () => (await first.query('SELECT count() AS rows FROM gatelens.requests'))[0]?.rows === 40)
    await first.stop()
    // Several batches of each partition, more than one fetch brings.
    for (const round of [1, 2, 3]) {
      await produce(kafka, topic, records(1000, 1000 * round), 4)
      await until(t, 'both to spool', () => spooled('stays') >= 2 * round && spooled('leaves') >= 2 * round)
    }
    await leaves.end(signal)
    rmSync(join(folder, `state-${topic}-leaves`), { recursive: true })
    const store = await startStoreProcess(t, storeFolder, first.port)
    const stored = async (): Promise<unknown> => (await store.query('SELECT count() AS rows, uniqExact(event_id) AS ids FROM gatelens.requests'))[0]
    await until(t, 'all rows', async () => (await stored() as { ids: number }).ids === 3040)
    assert.deepEqual(await stored(), { rows: 3040, ids: 3040 })
    const counted = async (): Promise<unknown> => (await store.query('SELECT sum(requests) AS requests FROM gatelens.requests_1m'))[0]?.requests
    await until(t, 'the rollup of the last batch', async () => Number(await counted()) >= 3040)
    assert.equal(await counted(), 3040)
  })
}

scenario('batches that wait in a spool come again with their ranges, and none of them is committed before it is delivered', async (t) => {
  const topic = await makeTopic(kafka, 'waiting', 1)
  await produce(kafka, topic, Array.from({ length: 50 }, (_, index) => String(index)))
  const first = openReader(t, kafka, topic, { batch: { records: 10 } })
  const waiting = []
  for (let count = 0; count < 3; count++) {
    const batch = await first.next()
    assert.ok(batch !== undefined)
    batch.spooled?.()
    waiting.push(batch)
  }
  const [one, two, three] = waiting
  assert.deepEqual(waiting.map(placeOf), ['waiting/0 [0,10)', 'waiting/0 [10,20)', 'waiting/0 [20,30)'])
  assert.equal((await committed(kafka, topic, topic)).offset, 0)
  await one?.commit()
  assert.equal((await committed(kafka, topic, topic)).offset, 10)
  // The third is delivered before the second: the offset waits for that.
  const third = three?.commit()
  assert.equal((await committed(kafka, topic, topic)).offset, 10)
  await first.drop()
  await third
  const second = openReader(t, kafka, topic, { batch: { records: 100 } })
  const again = [await second.next()]
  again[0]?.spooled?.()
  again.push(await second.next())
  assert.deepEqual(again.map((batch) => batch?.range), [two?.range, three?.range])
  again[1]?.spooled?.()
  await Promise.all([again[1]?.commit(), again[0]?.commit()])
  assert.equal((await committed(kafka, topic, topic)).offset, 30)
})
