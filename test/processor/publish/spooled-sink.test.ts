import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Destination } from '../../../services/processor/publish/definition.ts'
import { fanOut } from '../../../services/processor/publish/fan-out.ts'
import { GatelensError } from '../../../services/runtime/errors.ts'
import { makeEvents } from '../event-fixture.ts'
import { makeFolder } from '../input/fixture.ts'
import { makeBatch, openDestination } from './sink-fixture.ts'
import { writeBatch } from './whole-batch.ts'

interface Fake extends Destination {
  /** Tokens in the order in which they were delivered. */
  taken: string[]
  /** What a delivery waits for, or fails with. */
  deliver: () => Promise<void>
  connects: () => Promise<void>
}

/** A destination in memory; what a batch is does not matter to a sink. */
function fake (bytes = 10): Fake {
  const taken: string[] = []
  const destination: Fake = {
    taken,
    deliver: async () => {},
    connects: async () => {},
    // Of random bytes compression makes no less.
    encoder: () => {
      let rows = 0
      return { add: (events) => { rows += events.length }, end: () => [{ rows, bytes: randomBytes(bytes) }] }
    },
    connect: async () => {
      await destination.connects()
      return {
        deliver: async ({ token }) => {
          await destination.deliver()
          taken.push(token)
          return 0
        },
        close: async () => {},
      }
    },
  }
  return destination
}

const batchAt = (number: number): ReturnType<typeof makeBatch> => makeBatch('a', number * 1000, makeEvents(1))
const never = new Promise<void>(() => {})

test('a sink that hangs holds up no other, from the start or later, and gets everything in order once it goes on', async (t) => {
  const folder = makeFolder(t)
  const [steady, hanging] = [fake(), fake()]
  const first = await openDestination(t, steady, { name: 'store', state: folder })
  const second = await openDestination(t, hanging, { name: 'slow', state: folder, patience: 20 })
  const both = fanOut(first.sink, [second.sink])
  await writeBatch(both, batchAt(0))
  await first.sink.settled()
  await second.sink.settled()
  let goOn = (): void => {}
  const gate = new Promise<void>((resolve) => { goOn = resolve })
  hanging.deliver = () => gate
  for (let number = 1; number < 6; number++) await writeBatch(both, batchAt(number))
  await first.sink.settled()
  assert.deepEqual([steady.taken.length, hanging.taken.length, second.values.get('up')], [6, 1, 0])
  assert.equal(readdirSync(join(folder, 'spool', 'slow')).length, 5)
  goOn()
  await second.sink.settled()
  assert.deepEqual(hanging.taken, steady.taken)
  assert.equal(second.values.get('up'), 1)
  hanging.deliver = () => never
  await writeBatch(both, batchAt(6))
})

test('a store that hangs holds up no further sink, and whether a batch is in the store the store decides', async (t) => {
  const folder = makeFolder(t)
  const [store, other] = [fake(), fake()]
  store.connects = () => never
  const first = await openDestination(t, store, { name: 'store', state: folder, patience: 20 })
  const second = await openDestination(t, other, { name: 'other', state: folder })
  const both = fanOut(first.sink, [second.sink])
  const delivered: number[] = []
  for (let number = 0; number < 4; number++) assert.equal(await writeBatch(both, batchAt(number), () => delivered.push(number)), 'spool')
  await second.sink.settled()
  assert.deepEqual([other.taken.length, delivered.length], [4, 0])
})

test('a delivery that was given up and ends well after all is not done again', async (t) => {
  const folder = makeFolder(t)
  const slow = fake()
  const { sink } = await openDestination(t, slow, { name: 'slow', state: folder, patience: 20 })
  await writeBatch(sink, batchAt(0))
  await sink.settled()
  let goOn = (): void => {}
  slow.deliver = () => new Promise((resolve) => { goOn = resolve })
  const delivered: number[] = []
  assert.equal(await writeBatch(sink, batchAt(1), () => delivered.push(1)), 'spool')
  goOn()
  await sink.settled()
  assert.deepEqual([slow.taken.length, delivered], [2, [1]])
})

test('a full spool of a sink that drops throws away what waits longest, counts it, and holds nobody up', async (t) => {
  const folder = makeFolder(t)
  const away = fake(400)
  let isAway = true
  away.connects = async () => { if (isAway) throw new Error('nobody there') }
  const { sink, values } = await openDestination(t, away, { name: 'away', state: folder, spoolBytes: 2000, whenFull: 'drop' })
  for (let number = 0; number < 20; number++) await writeBatch(sink, batchAt(number))
  const kept = readdirSync(join(folder, 'spool', 'away')).map((name) => name.slice(13, -6))
  assert.ok(kept.length >= 2 && kept.length <= 4, kept.join(' '))
  assert.equal(values.get('gatelens_sink_dropped_rows_total'), 20 - kept.length)
  isAway = false
  await sink.settled()
  assert.deepEqual(away.taken, kept)
})

test('a sink that drops holds nobody up when the disk of its spool takes nothing', async (t) => {
  const folder = makeFolder(t)
  const away = fake()
  away.connects = () => never
  const { sink, values } = await openDestination(t, away, { name: 'away', state: folder, whenFull: 'drop' })
  await writeBatch(sink, batchAt(0))
  rmSync(join(folder, 'spool', 'away'), { recursive: true })
  writeFileSync(join(folder, 'spool', 'away'), '')
  await writeBatch(sink, batchAt(1))
  assert.equal(values.get('gatelens_sink_dropped_rows_total'), 1)
  rmSync(join(folder, 'spool', 'away'))
  mkdirSync(join(folder, 'spool', 'away'))
})

test('a sink that cannot be opened for good says so, and one that may is tried again', async (t) => {
  const folder = makeFolder(t)
  const [locked, later] = [fake(), fake()]
  locked.connects = async () => { throw new GatelensError('FOLDER_LOCKED', 'the folder is in use by process 1') }
  let tries = 0
  later.connects = async () => { if (++tries < 3) throw new GatelensError('SINK_UNAVAILABLE', 'the disk is full') }
  const first = await openDestination(t, locked, { name: 'locked', state: folder })
  await assert.rejects(first.sink.done, { code: 'FOLDER_LOCKED' })
  const second = await openDestination(t, later, { name: 'later', state: folder })
  await second.until('up', (up) => up === 1)
  assert.equal(tries, 3)
})

test('the time for which nothing was delivered grows while batches wait', async (t) => {
  const folder = makeFolder(t)
  const away = fake()
  away.connects = () => never
  const { sink, values } = await openDestination(t, away, { name: 'away', state: folder })
  sink.tell()
  assert.equal(values.get('stalled_seconds'), 0)
  await writeBatch(sink, batchAt(0))
  await new Promise((resolve) => setTimeout(resolve, 5))
  sink.tell()
  assert.ok(values.get('stalled_seconds')! > 0)
})
