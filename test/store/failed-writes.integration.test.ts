/** chDB goes on when a write to a file fails. The store must not: what it answered is on the disk, and it says what is not. */
import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { ClickHouseClient } from '@clickhouse/client'
import { compileFault, needsCompiler } from '../fault.ts'
import type { Fault } from '../fault.ts'
import { reservePort } from '../port.ts'
import { firstMessage, startChild } from '../processor/child.ts'
import type { Child } from '../processor/child.ts'
import { makeFolder } from '../processor/input/fixture.ts'
import { until } from '../until.ts'
import { connect, firstRow } from './fixture.ts'

const rows = 3000

test('an insert of which any file is not written fails, whole or not at all', { skip: needsCompiler }, async (t) => {
  const world = await openWorld(t)
  let inserted = 0
  for (let at = 1; ; at++) {
    await world.start({ call: 'write', match: `${world.path}tmp_insert_`, at, does: at % 2 === 0 ? 'EIO' : 'ENOSPC' })
    const failure = await world.insert(String(at)).then(() => undefined, (error: unknown) => error)
    inserted += rows
    if (!world.struck()) break
    assert.match(String(failure), /The disk did not take what the engine wrote/, `write ${at}`)
    // Some files a part can do without.
    if (await world.count() < inserted) await world.insert(`${at} again`)
    await world.assertRows(inserted, `write ${at}`)
    await world.start()
    await world.assertRows(inserted, `write ${at}, started anew`)
  }
  assert.ok(inserted > 10 * rows, 'a part has more files than that')
})

test('a merge of which a file is not written takes no rows away', { skip: needsCompiler }, async (t) => {
  const world = await openWorld(t)
  await world.start()
  for (const token of ['a', 'b']) await world.insert(token)
  for (const at of [1, 3, 8]) {
    await world.start({ call: 'write', match: `${world.path}tmp_merge_`, at, does: 'ENOSPC' })
    await assert.rejects(world.merge(), /The disk did not take what the engine wrote/)
    assert.ok(world.struck())
    await world.count()
    await world.assertRows(2 * rows, `write ${at}`)
  }
})

interface World {
  /** The folder of the table's parts. */
  path: string
  /** Starts the store anew. */
  start (fault?: Fault): Promise<void>
  insert (token: string): Promise<unknown>
  merge (): Promise<unknown>
  /** True once the fault has struck that the store was started with. */
  struck (): boolean
  /** How many rows there are, once the engine answers. */
  count (): Promise<number>
  assertRows (count: number, message: string): Promise<void>
}

async function openWorld (t: TestContext): Promise<World> {
  const folder = makeFolder(t)
  const port = await reservePort()
  // In the folder of the store: its engine may write nowhere else.
  const mark = join(folder, 'store', 'struck')
  const environmentOf = compileFault(folder, mark)
  const client: ClickHouseClient = connect(`http://127.0.0.1:${port}`)
  let store: Child | undefined
  t.after(async () => {
    await client.close()
    await store?.end('SIGKILL')
  })
  const start = async (fault?: Fault): Promise<void> => {
    await store?.end('SIGTERM')
    rmSync(mark, { force: true })
    store = startChild('./store-child.ts', [join(folder, 'store'), String(port), 'sync'], fault && environmentOf(fault))
    await firstMessage(store)
  }
  await start()
  await client.command({
    query: `CREATE TABLE kept (a UInt64, b String, INDEX of_b b TYPE bloom_filter GRANULARITY 1) ENGINE = MergeTree ORDER BY a
      SETTINGS non_replicated_deduplication_window = 1000`,
  })
  const { path } = await firstRow(client, "SELECT data_paths[1] AS path FROM system.tables WHERE name = 'kept'") as { path: string }
  return {
    path,
    start,
    insert: async (token) => await client.command({
      query: `INSERT INTO kept SELECT number, randomPrintableASCII(20) FROM numbers(${rows})`, clickhouse_settings: { insert_deduplication_token: token },
    }),
    merge: async () => await client.command({ query: 'OPTIMIZE TABLE kept FINAL' }),
    struck: () => existsSync(mark),
    count: async () => {
      let count = NaN
      await until(async () => {
        count = Number(await firstRow(client, 'SELECT count() AS rows FROM kept').then((row) => row.rows, () => NaN))
        return !Number.isNaN(count)
      })
      return count
    },
    assertRows: async (count, message) => {
      assert.deepEqual(await firstRow(client, 'SELECT count() AS rows, sum(length(b)) AS bytes FROM kept'), { rows: count, bytes: count * 20 }, message)
    },
  }
}
