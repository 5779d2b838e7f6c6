import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Destination } from '../../services/processor/publish/definition.ts'
import { fileSink } from '../../services/processor/publish/file.ts'
import { sinkKinds } from '../../services/processor/publish/index.ts'
import { createLog } from '../../services/runtime/log.ts'
import { reservePort } from '../port.ts'
import { makeEvents } from '../processor/event-fixture.ts'
import { makeFolder } from '../processor/input/fixture.ts'
import { makeBatch, makeReject, openDestination, openSink } from '../processor/publish/sink-fixture.ts'
import { refuseRequests, startStoreProcess } from '../processor/store-fixture.ts'
import type { RunningStore } from '../processor/store-fixture.ts'
import { testSink } from './sink.ts'
import type { Place } from './sink.ts'
import { writeBatch } from '../processor/publish/whole-batch.ts'

const places: Record<typeof sinkKinds[number]['type'], (t: TestContext) => Promise<Place>> = { clickhouse: clickhousePlace, file: filePlace }
const day = 86_400_000

for (const { type } of sinkKinds) testSink({ type, setUp: places[type] })

test('clickhouse: a batch that comes again changes no table, and rows that the store refuses are set aside', async (t) => {
  const place = await clickhousePlace(t)
  await place.start()
  const { sink } = await place.open()
  await writeBatch(sink, makeBatch('a', 0, makeEvents(1, () => ({ event_id: 'f'.repeat(32) }))))
  await sink.settled()
  const events = makeEvents(100, (index) => ({ time: Date.UTC(2026, 7, 1) + (index % 3) * day }))
  const batch = makeBatch('a', 1000, events, [makeReject(1), makeReject(2)])
  for (let time = 0; time < 3; time++) await writeBatch(sink, { ...batch, again: time > 0 })
  await sink.settled()
  assert.deepEqual(await place.count(), { rows: 101, events: 101, rollup: 101, rejects: 2 })
  await refuseRequests(place.store().client, 'not this one')
  const refused: number[] = []
  for (let time = 0; time < 2; time++) {
    const some = events.map((event, index) => index === 13 || index === 77 ? { ...event, request_id: 'not this one' } : event)
    await writeBatch(sink, { ...makeBatch('b', 0, some), again: time > 0 }, (count) => refused.push(count))
    await sink.settled()
  }
  assert.deepEqual(refused, [2, 2])
  assert.deepEqual(await place.count(), { rows: 199, events: 101, rollup: 199, rejects: 4 })
})

interface ClickhousePlace extends Place {
  store (): RunningStore
  /** How many rows, distinct events, requests in the rollup and rejects the store has. */
  count (): Promise<Record<string, unknown> | undefined>
}

async function clickhousePlace (t: TestContext): Promise<ClickhousePlace> {
  const folder = makeFolder(t)
  const port = await reservePort()
  let store: RunningStore | undefined
  return {
    open: () => openSink(t, { url: `http://127.0.0.1:${port}`, state: join(folder, 'state') }),
    start: async () => { store = await startStoreProcess(t, join(folder, 'store'), port) },
    stop: async () => store?.stop(),
    store: () => store!,
    events: async () => {
      const rows = await store!.query('SELECT source, source_offset FROM gatelens.requests')
      return rows.map((row) => `${String(row.source)} ${String(row.source_offset)}`).sort()
    },
    count: async () => {
      const [row] = await store!.query(`SELECT count() AS rows, uniqExact(event_id) AS events,
        (SELECT sum(requests) FROM gatelens.requests_1m) AS rollup, (SELECT count() FROM gatelens.rejected) AS rejects FROM gatelens.requests`)
      return row
    },
  }
}

/** The folder of the file is in the way until the place is there: it is a file itself. */
async function filePlace (t: TestContext): Promise<Place> {
  const folder = makeFolder(t)
  const path = join(folder, 'out', 'requests.ndjson')
  const options = fileSink.options.parse({ type: 'file', path })
  const hide = (): void => {
    if (existsSync(join(folder, 'out'))) renameSync(join(folder, 'out'), join(folder, 'away'))
    writeFileSync(join(folder, 'out'), '')
  }
  hide()
  return {
    open: async () => {
      const place = await fileSink.create(options, { base: folder, log: createLog('test', 'silent'), prepareStore: async () => {} })
      const destination = { encoder: await fileSink.encoder(options), connect: () => place.connect() }
      return openDestination(t, destination as Destination, { name: 'file', state: join(folder, 'state') })
    },
    start: async () => {
      rmSync(join(folder, 'out'))
      if (existsSync(join(folder, 'away'))) renameSync(join(folder, 'away'), join(folder, 'out'))
    },
    stop: async () => { hide() },
    events: async () => {
      const rows = readFileSync(path, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as { source: string, source_offset: number })
      return rows.map((row) => `${row.source} ${row.source_offset}`).sort()
    },
  }
}
