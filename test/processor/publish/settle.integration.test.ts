/** What a redo of a batch makes of a store that lost some of it: all is there again, once, in every table. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { deliver } from '../../../services/processor/publish/deliver.ts'
import type { Target } from '../../../services/processor/publish/insert.ts'
import type { EncodedBatch } from '../../../services/processor/publish/encoded-batch.ts'
import type { TablePart } from '../../../services/processor/publish/table-part.ts'
import { tabulateRejects } from '../../../services/processor/publish/tables.ts'
import { firstRow } from '../../store/fixture.ts'
import { makeEvents } from '../event-fixture.ts'
import { refuseRequests } from '../store-fixture.ts'
import { makeReject, openTarget } from './sink-fixture.ts'
import { tabulateEvents } from './whole-batch.ts'

const tables = ['requests', 'requests_1m', 'requests_1h', 'drift_1d', 'rejected']
const start = Date.UTC(2026, 7, 20, 23, 59, 58)

let target: Target
let close: () => Promise<void>

before(async () => { ({ target, close } = await openTarget()) })
after(async () => { await close() })

/** 120 events over midnight; every tenth is no drift. `given` replaces some fields. */
function encodedOf (token: string, given: (index: number) => Partial<EnrichedEvent> = () => ({})): EncodedBatch<TablePart> {
  const events = makeEvents(120, (index) => ({
    time: start + index * 50, source: token, source_offset: index, outcome: index % 10 === 0 ? 'unmatched' : 'matched', ...given(index),
  }))
  return { token, parts: [...tabulateEvents(events), tabulateRejects([{ ...makeReject(200), source: token }])] }
}

async function bring (encoded: EncodedBatch<TablePart>, again: boolean): Promise<number> {
  return await deliver(target, encoded, { again, refused: () => {} })
}

/** Sums of all tables; what a batch adds to them is what it has brought. */
async function totals (): Promise<Record<string, number>> {
  const row = await firstRow(target.client, `SELECT (SELECT count() FROM gatelens.requests) AS requests, (SELECT sum(requests) FROM gatelens.requests_1m) AS requests_1m,
    (SELECT sum(requests) FROM gatelens.requests_1h) AS requests_1h, (SELECT sum(requests) FROM gatelens.drift_1d) AS drift_1d, (SELECT count() FROM gatelens.rejected) AS rejected`)
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]))
}

const one = { requests: 120, requests_1m: 120, requests_1h: 120, drift_1d: 108, rejected: 1 }

async function forget (table: string): Promise<void> {
  await target.client.command({ query: `ALTER TABLE gatelens.${table} DELETE WHERE 1`, clickhouse_settings: { mutations_sync: '2' } })
}

async function empty (): Promise<void> {
  for (const table of tables) await forget(table)
}

test('whatever a table lost, a redo brings it under a token that is not known, and nothing twice', async () => {
  const encoded = encodedOf('lost')
  await bring(encoded, false)
  assert.deepEqual(await totals(), one)
  for (const lost of [...tables, 'requests_1m requests_1h', 'requests drift_1d', tables.join(' ')]) {
    for (const table of lost.split(' ')) await forget(table)
    await bring(encoded, true)
    assert.deepEqual(await totals(), one, lost)
  }
  await bring(encoded, true)
  assert.deepEqual(await totals(), one)
})

test('rows that are missing from the middle of a batch are brought alone', async () => {
  await empty()
  const encoded = encodedOf('torn')
  await bring(encoded, false)
  await target.client.command({ query: 'ALTER TABLE gatelens.requests DELETE WHERE source_offset % 3 = 1', clickhouse_settings: { mutations_sync: '2' } })
  await bring(encoded, true)
  assert.deepEqual(await totals(), one)
})

test('what the engine knows no token of any more is there all the same', async () => {
  await empty()
  const encoded = encodedOf('forgotten')
  await bring(encoded, false)
  // Another table keeps the rows and has no memory of tokens.
  for (const table of tables) await target.client.command({ query: `ALTER TABLE gatelens.${table} MODIFY SETTING non_replicated_deduplication_window = 0` })
  await bring(encoded, true)
  assert.deepEqual(await totals(), one)
  for (const table of tables) await target.client.command({ query: `ALTER TABLE gatelens.${table} MODIFY SETTING non_replicated_deduplication_window = 10000` })
})

test('a view of somebody else that fails, on whichever table, holds nothing up and doubles nothing', async () => {
  await empty()
  await target.client.command({ query: 'CREATE TABLE gatelens.mine (n UInt8) ENGINE = Null' })
  for (const [number, table] of ['requests', 'requests_1m', 'drift_1d'].entries()) {
    await target.client.command({ query: `CREATE MATERIALIZED VIEW gatelens.mine_of_${table} TO gatelens.mine AS SELECT toUInt8(throwIf(service != '', 'no')) AS n FROM gatelens.${table}` })
    const encoded = encodedOf(`view-${number}`)
    for (const again of [false, true]) assert.equal(await bring(encoded, again), 0)
    const sums = await totals()
    assert.deepEqual(sums, Object.fromEntries(Object.entries(one).map(([name, value]) => [name, value * (number + 1)])), table)
  }
  for (const table of ['requests', 'requests_1m', 'drift_1d']) await target.client.command({ query: `DROP VIEW gatelens.mine_of_${table}` })
})

test('a row that cannot be stored is set aside although a view fails, too, and is counted nowhere', async () => {
  await empty()
  await target.client.command({ query: "CREATE MATERIALIZED VIEW gatelens.mine_too TO gatelens.mine AS SELECT toUInt8(throwIf(service != '', 'no')) AS n FROM gatelens.requests" })
  await refuseRequests(target.client, 'bad')
  const encoded = encodedOf('bad', (index) => index === 77 ? { request_id: 'bad' } : {})
  for (const again of [false, true]) assert.equal(await bring(encoded, again), 1)
  assert.deepEqual(await totals(), { requests: 119, requests_1m: 119, requests_1h: 119, drift_1d: 107, rejected: 2 })
  await target.client.command({ query: 'DROP VIEW gatelens.mine_too' })
})

test('a rollup that is brought alone has the same rows as one that follows the requests', async () => {
  await empty()
  const encoded = encodedOf('same')
  const read = async (table: string): Promise<string> => {
    const columns = table === 'drift_1d' ? '*' : '* REPLACE (finalizeAggregation(duration) AS duration, finalizeAggregation(upstream) AS upstream, finalizeAggregation(gateway) AS gateway)'
    const query = `SELECT * EXCEPT (updated_at, batches) FROM (SELECT ${columns} FROM gatelens.${table} FINAL) ORDER BY ALL`
    return (await target.client.query({ query, format: 'TabSeparated' })).text()
  }
  await bring(encoded, false)
  for (const table of ['requests_1m', 'requests_1h', 'drift_1d']) {
    const followed = await read(table)
    await forget(table)
    await bring(encoded, true)
    assert.equal(await read(table), followed)
  }
})

test('what takes rows for one rollup has the columns of requests', async () => {
  const columns = async (table: string): Promise<unknown> => firstRow(target.client,
    `SELECT groupArray((name, type, default_kind)) AS columns FROM (SELECT * FROM system.columns WHERE database = 'gatelens' AND table = '${table}' ORDER BY position)`)
  assert.deepEqual(await columns('requests_again'), await columns('requests'))
})

test('a batch of 120 interleaved days makes one part for each day and table, and comes again without another', async () => {
  await empty()
  await target.client.command({ query: 'OPTIMIZE TABLE gatelens.requests FINAL' })
  const day = 86_400_000
  const encoded = encodedOf('days', (index) => ({ time: start - (index % 120) * day }))
  const made = async (): Promise<number> =>
    Number((await firstRow(target.client, "SELECT uniqExact(partition) AS days FROM system.parts WHERE active AND database = 'gatelens' AND table = 'requests' AND rows > 0")).days)
  assert.equal(encoded.parts.length, 121)
  await bring(encoded, false)
  assert.equal(await made(), 120)
  await bring({ ...encoded, parts: encoded.parts.slice(0, 3) }, true)
  assert.deepEqual(await totals(), one)
})

test('rows whose places lie all over the numbers are found again, also more of them than a query names', async () => {
  await empty()
  const places = Array.from({ length: 25_000 }, (_, index) => index * 2 ** 37 + index)
  const events = makeEvents(places.length, (index) => ({ time: start - 600_000 + index, source: 'http:http', source_offset: places[index] }))
  const rejects = places.slice(0, 12_000).map((place) => ({ ...makeReject(place), source: 'http:http' }))
  const encoded = { token: 'apart', parts: [...tabulateEvents(events), tabulateRejects(rejects)] }
  const all = { requests: 25_000, requests_1m: 25_000, requests_1h: 25_000, drift_1d: 25_000, rejected: 12_000 }
  await bring(encoded, false)
  await bring(encoded, true)
  assert.deepEqual(await totals(), all)
  for (const table of ['requests', 'rejected']) {
    await target.client.command({ query: `ALTER TABLE gatelens.${table} DELETE WHERE source_offset % 3 = 0`, clickhouse_settings: { mutations_sync: '2' } })
  }
  await bring(encoded, true)
  assert.deepEqual(await totals(), all)
})
