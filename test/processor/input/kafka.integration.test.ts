import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before } from 'node:test'
import kafkajs from 'kafkajs'
import { GatelensError } from '../../../services/runtime/errors.ts'
import { pause } from '../../../services/runtime/shutdown.ts'
import { temporaryFolder } from '../../folder.ts'
import { startKafka } from '../../integration/kafka.ts'
import type { KafkaServer } from '../../integration/kafka.ts'
import { scenario, until } from '../../integration/scenario.ts'
import { administer, committed, deleteTopic, makeTopic, openReader, placeOf, produce, take, textsOf } from './kafka-fixture.ts'
import type { Reader } from './kafka-fixture.ts'

const folder = temporaryFolder()
const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => String(from + index))
let kafka: KafkaServer

before(async () => {
  kafka = await startKafka(join(folder, 'kafka'))
})

after(async () => {
  await kafka?.kill()
})

scenario('a range that was handed out and not committed comes again, first and exactly, whatever the limits are by then', async (t) => {
  const topic = await makeTopic(kafka, 'redo', 1)
  await produce(kafka, topic, numbers(1000))
  const first = openReader(t, kafka, topic, { batch: { records: 300 } })
  await (await first.next())?.commit()
  const lost = await first.next()
  assert.equal(lost && placeOf(lost), 'redo/0 [300,600)')
  await first.drop()
  const stored = await committed(kafka, topic, topic)
  assert.equal(stored.offset, 300)
  assert.equal((JSON.parse(stored.metadata) as { to: number }).to, 600)

  const second = openReader(t, kafka, topic, { batch: { records: 77, bytes: 500 } })
  const again = await second.next()
  assert.deepEqual(again?.range, lost?.range)
  assert.deepEqual(textsOf(again), textsOf(lost))
  await again?.commit()
  assert.deepEqual(await take(second, 400), numbers(400, 600))
  await second.stop()
  const end = await committed(kafka, topic, topic)
  assert.equal(end.offset, 1000)
  assert.equal((JSON.parse(end.metadata) as { to?: number }).to, undefined)
})

scenario('a batch that the pipeline is slow with does not cost the membership', async (t) => {
  const topic = await makeTopic(kafka, 'slow', 1)
  await produce(kafka, topic, numbers(20))
  const reader = openReader(t, kafka, topic, { session_timeout: '15s', batch: { records: 10 } })
  const batch = await reader.next()
  await pause(35_000)
  await batch?.commit()
  assert.deepEqual(await take(reader, 10), numbers(10, 10))
  assert.equal(reader.lines.filter((line) => line === 'kafka: member of the group').length, 1)
})

scenario('who lost a partition while it was busy cannot move its offset, and finds that out without an error', async (t) => {
  const topic = await makeTopic(kafka, 'taken', 2)
  await produce(kafka, topic, numbers(400), 2)
  const slow = openReader(t, kafka, topic, { batch: { records: 50 } })
  const held = [await slow.next(), await slow.next()].filter((batch) => batch !== undefined)
  assert.deepEqual(held.map(placeOf).sort(), ['taken/0 [0,50)', 'taken/1 [0,50)'])

  const other = openReader(t, kafka, topic, { batch: { records: 50 } })
  const redone = await other.next()
  const lost = held.find(({ range }) => range.partition === redone?.range.partition)
  const kept = held.find((batch) => batch !== lost)
  assert.deepEqual(redone?.range, lost?.range)
  await redone?.commit()
  const following = await other.next()
  assert.equal(following?.range.from, 50)
  await lost?.commit()
  await following?.commit()
  const last = await other.next()
  assert.equal(last?.range.from, 100, 'the late commit changed nothing')

  await kept?.commit()
  const next = await slow.next()
  assert.deepEqual([next?.range.partition, next?.range.from], [kept?.range.partition, 50], 'what was kept over the rebalance is not given twice')
  await other.drop()
  await slow.drop()
})

scenario('a pending range comes with what retention has left of it', async (t) => {
  const topic = await makeTopic(kafka, 'cut', 1)
  await produce(kafka, topic, numbers(100))
  const first = openReader(t, kafka, topic, { batch: { records: 60 } })
  const lost = await first.next()
  await first.drop()
  await administer(kafka, async (admin) => {
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '55' }] })
  })
  const second = openReader(t, kafka, topic)
  const again = await second.next()
  assert.deepEqual(again?.range, lost?.range)
  assert.deepEqual(textsOf(again), numbers(5, 55))
  await again?.commit()
  assert.deepEqual(await take(second, 40), numbers(40, 60))
  assert.ok(second.lines.includes('retention removed messages that were not read yet'))
})

scenario('a topic that was deleted and made anew is read from its start, under ranges of their own', async (t) => {
  const topic = await makeTopic(kafka, 'anew', 1)
  await produce(kafka, topic, numbers(10))
  const first = openReader(t, kafka, topic)
  const before = await first.next()
  await before?.commit()
  await first.stop()
  await deleteTopic(kafka, topic)
  await makeTopic(kafka, topic, 1)
  await produce(kafka, topic, numbers(10, 500))
  const second = openReader(t, kafka, topic)
  const batch = await second.next()
  assert.deepEqual(textsOf(batch), numbers(10, 500))
  assert.deepEqual([batch?.range.from, batch?.range.to], [before?.range.from, before?.range.to])
  assert.notEqual(batch?.range.partition, before?.range.partition)
})

scenario('a group that begins at the latest gets what comes after it began, even if it stops before that', async (t) => {
  const topic = await makeTopic(kafka, 'latest', 1)
  await produce(kafka, topic, numbers(5))
  const first = openReader(t, kafka, topic, { from: 'latest' })
  const waiting = first.next()
  await until(t, 'the member to know where it begins', () => first.lines.includes('kafka: member of the group'))
  await first.stop()
  assert.equal(await waiting, undefined)
  await produce(kafka, topic, numbers(5, 5))
  assert.deepEqual(await take(openReader(t, kafka, topic, { from: 'latest' }), 5), numbers(5, 5))
})

scenario('gzip is read, tombstones are skipped, and the lag is measured', async (t) => {
  const topic = await makeTopic(kafka, 'mixed', 1)
  await produce(kafka, topic, ['a', null, 'b'], 1, kafkajs.CompressionTypes.GZIP)
  await produce(kafka, topic, [null])
  const reader = openReader(t, kafka, topic)
  assert.deepEqual(await take(reader, 2), ['a', 'b'])
  await until(t, 'the last offset to be committed', async () => (await committed(kafka, topic, topic)).offset === 4)
  await until(t, 'no lag', () => reader.lag === 0)
})

scenario('messages in a compression that is not built in end the input with an explanation', async (t) => {
  const topic = await makeTopic(kafka, 'snappy', 1)
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs
  const builtIn = codecs[types.Snappy]
  codecs[types.Snappy] = () => ({ compress: async (encoder: { buffer: Buffer }) => snappy(encoder.buffer) })
  await produce(kafka, topic, ['a'.repeat(70)], 1, types.Snappy)
  codecs[types.Snappy] = builtIn
  await assert.rejects(openReader(t, kafka, topic).next(), (error: unknown) =>
    error instanceof GatelensError && error.code === 'INPUT_UNREADABLE' && error.message.includes('Snappy') && error.where.includes(topic))
})

scenario('over TLS, a wrong password is reported once and tried again; the right one lets the member in', async (t) => {
  const topic = await makeTopic(kafka, 'guarded', 1)
  await produce(kafka, topic, numbers(3))
  const open = (password: string): Reader => openReader(t, kafka, topic, guarded(password))
  const wrong = open('wrong')
  const waiting = wrong.next()
  await until(t, 'a line of the reader', () => wrong.lines.length > 0)
  await pause(2500)
  await wrong.stop()
  assert.deepEqual(wrong.lines, ['kafka: does not answer as it should; trying again'])
  assert.equal(await waiting, undefined)
  assert.deepEqual(await take(open('reader-secret'), 3), numbers(3))
})

scenario('a broker that takes seconds for the handshake of TLS is not given up', async (t) => {
  const topic = await makeTopic(kafka, 'handshake', 1)
  await produce(kafka, topic, ['a'])
  const first = openReader(t, kafka, topic, guarded('reader-secret'))
  await take(first, 1)
  await first.stop()
  kafka.hold()
  t.after(() => kafka.resume())
  const second = openReader(t, kafka, topic, guarded('reader-secret'))
  const next = second.next()
  await pause(6000)
  kafka.resume()
  await produce(kafka, topic, ['b'])
  assert.deepEqual(textsOf(await next), ['b'])
  assert.deepEqual(second.told.filter((line) => line.includes('"kind":"connection"')), [])
})

scenario('a topic that does not exist yet is waited for, and not made', async (t) => {
  const reader = openReader(t, kafka, 'later')
  const first = reader.next()
  await until(t, 'a line of the reader', () => reader.lines.length > 0)
  await makeTopic(kafka, 'later', 1)
  await produce(kafka, 'later', ['a'])
  assert.deepEqual(textsOf(await first), ['a'])
})

scenario('a broker that is away is waited for, with one line for each change', async (t) => {
  const topic = await makeTopic(kafka, 'away', 1)
  await produce(kafka, topic, numbers(100))
  await kafka.kill()
  const reader = openReader(t, kafka, topic, { batch: { records: 50 } })
  const first = reader.next()
  await until(t, 'a line of the reader', () => reader.lines.length > 0)
  await pause(3000)
  const away = ['kafka: does not answer as it should; trying again']
  assert.deepEqual(reader.lines, away)
  await kafka.start()
  const batch = await first
  assert.deepEqual(textsOf(batch), numbers(50))

  await kafka.kill()
  const commit = batch?.commit()
  await pause(1000)
  await kafka.start()
  await commit
  assert.deepEqual(await take(reader, 50), numbers(50, 50))
})

scenario('a commit that nobody answers does not keep the input from ending, and its range comes again', async (t) => {
  const topic = await makeTopic(kafka, 'leaving', 2)
  await produce(kafka, topic, numbers(100), 2)
  const reader = openReader(t, kafka, topic)
  const batches = [await reader.next(), await reader.next()]
  await kafka.kill()
  const commits = batches.map((batch) => batch?.commit())
  reader.abort()
  await Promise.all(commits)
  assert.equal(await reader.next(), undefined)
  await kafka.start()
  const again = openReader(t, kafka, topic)
  const redone = [await again.next(), await again.next()]
  assert.deepEqual(redone.map((batch) => batch?.range.partition).sort(), batches.map((batch) => batch?.range.partition).sort())
  assert.deepEqual(redone.map((batch) => batch?.range.from), [0, 0])
})

scenario('a broker that keeps a commit waiting does not keep the input from ending', async (t) => {
  const topic = await makeTopic(kafka, 'kept', 1)
  await produce(kafka, topic, numbers(10))
  const reader = openReader(t, kafka, topic)
  const batch = await reader.next()
  const before = reader.lines.length
  kafka.hold()
  t.after(() => kafka.resume())
  const commit = batch?.commit()
  reader.abort()
  await commit
  assert.deepEqual(reader.lines.slice(before), [], 'long before the request fails')
})

function guarded (password: string): Record<string, unknown> {
  return { brokers: [kafka.guarded], ssl: { ca: kafka.ca }, sasl: { mechanism: 'plain', username: 'reader', password } }
}

/** Snappy's simplest form: the length, then everything as one literal (format_description.txt of google/snappy). */
function snappy (bytes: Buffer): Buffer {
  assert.ok(bytes.length > 60 && bytes.length < 128, 'the one-byte length and literal forms are enough')
  return Buffer.concat([Buffer.from([bytes.length, 60 << 2, bytes.length - 1]), bytes])
}
