/** What the Kafka input makes of topics that are made anew, and of logs that lose their beginning or their end. */
import assert from 'node:assert/strict'
import { readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { temporaryFolder } from '../../folder.ts'
import { startKafka } from '../../integration/kafka.ts'
import type { KafkaServer } from '../../integration/kafka.ts'
import { scenario, until } from '../../integration/scenario.ts'
import { administer, committed, deleteTopic, makeTopic, openReader, produce, take, textsOf } from './kafka-fixture.ts'

const folder = temporaryFolder()
const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => String(from + index))
let kafka: KafkaServer

before(async () => {
  kafka = await startKafka(join(folder, 'kafka'))
})

after(async () => {
  await kafka?.kill()
})

for (const from of ['earliest', 'latest']) {
  for (const count of [4, 500]) {
    scenario(`a topic that is made anew while it is read, with ${count} records before anybody looks, is read whole by a group of the ${from}`, async (t) => {
      const topic = await makeTopic(kafka, `anew-${from}-${count}`, 1)
      const reader = openReader(t, kafka, topic, { from })
      const first = reader.next()
      await until(t, 'the member to know where it begins', () => reader.lines.includes('kafka: member of the group'))
      await produce(kafka, topic, numbers(10))
      const old = await first
      await old?.commit()
      assert.deepEqual(await take(reader, 10 - (old?.records.length ?? 0)), numbers(10).slice(old?.records.length))
      await deleteTopic(kafka, topic)
      await makeTopic(kafka, topic, 1)
      await produce(kafka, topic, numbers(count, 10))
      const batch = await reader.next()
      await batch?.commit()
      assert.notEqual(batch?.range.partition, old?.range.partition)
      assert.deepEqual([...textsOf(batch), ...await take(reader, count - (batch?.records.length ?? 0))], numbers(count, 10))
      assert.ok(reader.lines.some((line) => line.startsWith('the topic was deleted and made anew')))
      await reader.stop()
    })
  }
}

scenario('records that were deleted before they were read are counted once, and the rest is read', async (t) => {
  const topic = await makeTopic(kafka, 'deleted', 1)
  await produce(kafka, topic, numbers(100))
  const first = openReader(t, kafka, topic, { batch: { records: 40 } })
  await (await first.next())?.commit()
  await first.drop()
  // The range that was to follow may be pending; what is lost is the same.
  await deleteRecords(topic, 90)
  const second = openReader(t, kafka, topic)
  assert.deepEqual(await take(second, 10), numbers(10, 90))
  assert.equal(second.lost, 50)
  await second.stop()
  const third = openReader(t, kafka, topic)
  const next = third.next()
  await produce(kafka, topic, ['last'])
  assert.deepEqual(textsOf(await next), ['last'])
  assert.equal(third.lost, 0)
})

scenario('records that are deleted before a member that is up has read them are counted', async (t) => {
  const topic = await makeTopic(kafka, 'overtaken', 1)
  await produce(kafka, topic, numbers(10))
  const reader = openReader(t, kafka, topic, { batch: { records: 10, bytes: 100 } })
  const held = await reader.next()
  await produce(kafka, topic, numbers(90, 10))
  await deleteRecords(topic, 90)
  await held?.commit()
  assert.deepEqual(await take(reader, 10), numbers(10, 90))
  assert.equal(reader.lost, 80)
})

for (const when of ['up', 'down']) {
  for (const added of [20, 80]) {
    scenario(`a log that a broker lost the end of while the member was ${when} goes on where it was cut, with ${added} records for 40`, async (t) => {
      const topic = await makeTopic(kafka, `lost-end-${when}-${added}`, 1)
      await produce(kafka, topic, numbers(60))
      await produce(kafka, topic, numbers(40, 60))
      const first = openReader(t, kafka, topic)
      assert.deepEqual(await take(first, 100), numbers(100))
      if (when === 'down') await first.stop()
      assert.equal((await committed(kafka, topic, topic)).offset, 100)
      const next = when === 'up' ? first.next() : undefined
      await kafka.kill()
      cutLog(join(folder, 'kafka/data', `${topic}-0`, '00000000000000000000.log'), 60)
      await kafka.start()
      await produce(kafka, topic, numbers(added, 1000))
      const second = when === 'up' ? first : openReader(t, kafka, topic)
      const batch = await (next ?? second.next())
      await batch?.commit()
      assert.deepEqual([...textsOf(batch), ...await take(second, added - (batch?.records.length ?? 0))], numbers(added, 1000))
      assert.equal(batch?.range.from, 60)
      assert.ok(second.lines.some((line) => line.startsWith('the log was cut below the committed offset')))
      assert.equal(second.lost, 0)
      await second.stop()
    })
  }
}

async function deleteRecords (topic: string, before: number): Promise<void> {
  await administer(kafka, async (admin) => {
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(before) }] })
  })
}

/** Cuts the file of a log before the batch that begins at an offset, as a disk does that loses what was not synced. */
function cutLog (path: string, offset: number): void {
  const bytes = readFileSync(path)
  let at = 0
  while (bytes.readBigInt64BE(at) < offset) at += 12 + bytes.readInt32BE(at + 8)
  truncateSync(path, at)
}
