import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeEvents } from '../event-fixture.ts'
import { makeFolder } from '../input/fixture.ts'
import { startStoreProcess } from '../store-fixture.ts'
import { makeBatch, openSink } from './sink-fixture.ts'
import { writeBatch } from './whole-batch.ts'

test('rows of more days than one insert may touch are inserted in several', async (t) => {
  const folder = makeFolder(t)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const { sink } = await openSink(t, { url: store.url, state: join(folder, 'state') })
  const events = makeEvents(110, (index) => ({ time: Date.UTC(2026, 0, 1) + index * 86_400_000 }))
  for (let time = 0; time < 2; time++) await writeBatch(sink, makeBatch('a', 0, events))
  await sink.settled()
  assert.deepEqual(await store.query('SELECT count() AS rows, sum(requests) AS requests FROM gatelens.requests_1m'), [{ rows: 110, requests: 110 }])
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.rejected'), [{ rows: 0 }])
})
