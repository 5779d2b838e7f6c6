/** What every sink promises, each against its real store: a batch that comes again changes nothing, and none is lost. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { sinks } from '../../services/processor/publish/index.ts'
import { reservePort } from '../port.ts'
import { makeEvents } from '../processor/event-fixture.ts'
import { makeFolder } from '../processor/input/fixture.ts'
import { makeBatch, makeReject, openSink } from '../processor/publish/sink-fixture.ts'
import type { OpenSink } from '../processor/publish/sink-fixture.ts'
import { refuseRequests, startStoreProcess } from '../processor/store-fixture.ts'

interface Place {
  open (): Promise<OpenSink>
  startStore (): Promise<void>
  stopStore (): Promise<void>
  /** Has the store refuse requests with this id. */
  refuse (requestId: string): Promise<void>
  /** How many rows, distinct events, requests in the rollup and rejects the store has. */
  count (): Promise<{ rows: number, events: number, rollup: number, rejects: number }>
}

const places: Record<keyof typeof sinks, (t: TestContext) => Promise<Place>> = { clickhouse: clickhousePlace }
const day = 86_400_000

for (const [name, makePlace] of Object.entries(places)) {
  test(`${name}: a batch that comes again changes nothing, in no table`, async (t) => {
    const place = await makePlace(t)
    await place.startStore()
    const { sink, until } = await place.open()
    const first = makeEvents(1, () => ({ event_id: 'f'.repeat(32) }))
    await sink.write(makeBatch('a', 0, first))
    await until('gatelens_spool_bytes', (bytes) => bytes === 0)
    const events = makeEvents(300, (index) => ({ time: Date.UTC(2026, 7, 1) + (index % 5) * day }))
    const batch = makeBatch('a', 1000, events, [makeReject(1), makeReject(2)])
    for (let time = 0; time < 3; time++) await sink.write({ ...batch, again: time > 0 })
    assert.deepEqual(await place.count(), { rows: 301, events: 301, rollup: 301, rejects: 2 })
    await sink.write(makeBatch('b', 1000, events))
    assert.deepEqual(await place.count(), { rows: 601, events: 301, rollup: 601, rejects: 2 })
  })

  test(`${name}: what was written while the store was away is there when it is back, once`, async (t) => {
    const place = await makePlace(t)
    const before = await place.open()
    const delivered: string[] = []
    for (const part of ['a', 'b']) await before.sink.write(makeBatch(part, 0, makeEvents(10)), () => delivered.push(part))
    assert.equal(delivered.length, 0)
    await before.close()
    const after = await place.open()
    await after.sink.write({ ...makeBatch('b', 0, makeEvents(10)), again: true }, () => delivered.push('b again'))
    await after.sink.write(makeBatch('c', 0, makeEvents(10), [makeReject(0)]), () => delivered.push('c'))
    await place.startStore()
    await after.until('gatelens_spool_bytes', (bytes) => bytes === 0)
    assert.deepEqual(delivered, ['b again', 'c'])
    assert.deepEqual(await place.count(), { rows: 30, events: 10, rollup: 30, rejects: 1 })
    await place.stopStore()
    await after.sink.write(makeBatch('d', 0, makeEvents(10)))
    assert.equal(after.values.get('gatelens_store_up'), 0)
    await place.startStore()
    await after.until('gatelens_spool_bytes', (bytes) => bytes === 0)
    assert.equal(after.values.get('gatelens_store_up'), 1)
    assert.deepEqual(await place.count(), { rows: 40, events: 10, rollup: 40, rejects: 1 })
  })

  test(`${name}: rows that the store refuses are set aside and the rest lands, also when the batch comes again`, async (t) => {
    const place = await makePlace(t)
    await place.startStore()
    const { sink, until } = await place.open()
    await sink.write(makeBatch('a', 0, makeEvents(1)))
    await until('gatelens_spool_bytes', (bytes) => bytes === 0)
    await place.refuse('not this one')
    const events = makeEvents(100, (index) => index === 13 || index === 77 ? { request_id: 'not this one' } : {})
    const refused: number[] = []
    for (let time = 0; time < 2; time++) await sink.write({ ...makeBatch('b', 0, events), again: time > 0 }, (count) => refused.push(count))
    assert.deepEqual(refused, [2, 2])
    assert.deepEqual(await place.count(), { rows: 99, events: 98, rollup: 99, rejects: 2 })
  })
}

async function clickhousePlace (t: TestContext): Promise<Place> {
  const folder = makeFolder(t)
  const port = await reservePort()
  let store: Awaited<ReturnType<typeof startStoreProcess>> | undefined
  const start = async (): Promise<void> => { store = await startStoreProcess(t, join(folder, 'store'), port) }
  return {
    open: () => openSink(t, { url: `http://127.0.0.1:${port}`, state: join(folder, 'state') }),
    startStore: start,
    stopStore: async () => store?.stop(),
    refuse: async (requestId) => { await refuseRequests(store!.client, requestId) },
    count: async () => {
      const [row] = await store?.query(`SELECT count() AS rows, uniqExact(event_id) AS events,
        (SELECT sum(requests) FROM gatelens.requests_1m) AS rollup, (SELECT count() FROM gatelens.rejected) AS rejects FROM gatelens.requests`) ?? []
      return row as unknown as Awaited<ReturnType<Place['count']>>
    },
  }
}
