import assert from 'node:assert/strict'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { createLog } from '../../services/runtime/log.ts'
import { startStore } from '../../services/store/server.ts'
import { temporaryFolder } from '../folder.ts'
import { connect, firstRow, openStore, send, spawnStore } from './fixture.ts'

test('a second process is told who holds the folder, and the first goes on', async (t) => {
  const folder = temporaryFolder()
  const first = await spawnStore(t, folder)
  await assert.rejects(spawnStore(t, folder), new RegExp(`error\\[FOLDER_LOCKED\\] ${folder}: the folder is in use by process ${first.pid}`))
  // Without our own mark, the engine's lock still stands.
  writeFileSync(join(folder, 'store.pid'), '{}')
  await assert.rejects(spawnStore(t, folder), new RegExp(`FOLDER_LOCKED.* process ${first.pid}`))
  assert.equal((await send(first.url, { query: 'SELECT 1' })).text, '1\n')
})

test('a folder may be named from the current one, and be reached over a link', async (t) => {
  const folder = temporaryFolder()
  symlinkSync(folder, `${folder}-link`)
  const store = await openStore({ folder: relative(process.cwd(), `${folder}-link`) })
  t.after(async () => {
    await store.close()
    rmSync(`${folder}-link`)
  })
  assert.equal((await send(store.url, { query: 'SELECT 1' })).text, '1\n')
})

test('a store in the same process is refused as well', async (t) => {
  const folder = temporaryFolder()
  const store = await openStore({ folder })
  t.after(async () => { await store.close() })
  await assert.rejects(startStore({ folder, host: '127.0.0.1', port: 0, log: createLog('store', 'error') }), { code: 'FOLDER_LOCKED', message: new RegExp(`process ${process.pid}`) })
})

test('a mark that names another process than the one that wrote it does not lock', async (t) => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'store.pid'), JSON.stringify({ pid: process.pid, started: 'another time' }))
  const store = await spawnStore(t, folder)
  assert.equal((await send(store.url, { query: 'SELECT 1' })).text, '1\n')
})

test('what was acknowledged survives kill -9, and the folder opens again', async (t) => {
  const folder = temporaryFolder()
  let acknowledged = 0
  for (let round = 0; round < 3; round++) {
    const store = await spawnStore(t, folder)
    const client = connect(store.url)
    await client.command({ query: 'CREATE TABLE IF NOT EXISTS kept (a UInt64) ENGINE = MergeTree ORDER BY a' })
    assert.deepEqual(await firstRow(client, 'SELECT uniqExact(intDiv(a, 1000)) >= {n} AS all, count() % 1000 AS torn FROM kept'.replace('{n}', String(acknowledged))), { all: 1, torn: 0 })
    const inserts = Array.from({ length: 20 }, async (_, index) => {
      const first = (round * 20 + index) * 1000
      await client.insert({ table: 'kept', values: Array.from({ length: 1000 }, (_, a) => ({ a: first + a })), format: 'JSONEachRow' })
      acknowledged++
      if (index === 8) process.kill(store.pid, 'SIGKILL')
    })
    await Promise.allSettled(inserts)
    await store.ended
    await client.close()
  }
  assert.ok(acknowledged >= 3)
  const store = await spawnStore(t, folder)
  const client = connect(store.url)
  assert.deepEqual(await firstRow(client, `SELECT uniqExact(intDiv(a, 1000)) >= ${acknowledged} AS all, count() % 1000 AS torn FROM kept`), { all: 1, torn: 0 })
  await client.close()
})

test('SIGTERM lets a running query end, and frees the folder', async (t) => {
  const folder = temporaryFolder()
  const store = await spawnStore(t, folder)
  const client = connect(store.url)
  const query = 'SELECT sum(sleepEachRow(0.1)) AS x, count() AS n FROM numbers(30) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0'
  const watcher = connect(store.url)
  const isRunning = async (): Promise<boolean> =>
    Number((await firstRow(watcher, 'SELECT count() AS n FROM system.processes WHERE query LIKE \'%sleepEachRow%\' AND query NOT LIKE \'%system.processes%\'')).n) > 0
  let isOver = false
  const ask = async (): Promise<unknown> => {
    isOver = false
    return await firstRow(client, query).finally(() => { isOver = true })
  }
  let slow = ask()
  // One that ended before it was seen is asked again.
  while (!await isRunning()) if (isOver) slow = ask()
  await watcher.close()
  store.child.kill('SIGTERM')
  assert.deepEqual(await slow, { x: 0, n: 30 })
  await client.close()
  assert.equal(await store.ended, 0)
  await assert.rejects(fetch(store.url))
  const again = await spawnStore(t, folder)
  assert.notEqual(again.pid, store.pid)
})

test('a streamed answer of millions of rows is not held in memory', async (t) => {
  const store = await spawnStore(t, temporaryFolder())
  await send(store.url, { query: 'SELECT number, toString(number) FROM numbers(100000)' })
  const before = residentBytes(store.pid)
  // About 650 MB of text.
  const response = await fetch(store.url, { method: 'POST', body: 'SELECT number, repeat(\'x\', 120) FROM numbers(5000000) FORMAT TSV' })
  let size = 0
  let peak = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    peak = Math.max(peak, residentBytes(store.pid))
  }
  assert.ok(size > 640_000_000, String(size))
  assert.ok(peak - before < 350_000_000, `grew by ${peak - before} bytes`)
})

test('a folder that cannot be written is named', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  await assert.rejects(startStore({ folder: join(file, 'data'), host: '127.0.0.1', port: 0, log: createLog('store', 'error') }), { code: 'FOLDER_UNUSABLE' })
})

test('a taken port leaves nothing locked', async (t) => {
  const store = await spawnStore(t, temporaryFolder())
  const folder = temporaryFolder()
  const log = createLog('store', 'error')
  await assert.rejects(startStore({ folder, host: '127.0.0.1', port: Number(new URL(store.url).port), log }), { code: 'PORT_IN_USE' })
  const second = await startStore({ folder, host: '127.0.0.1', port: 0, log })
  await second.close()
})

function residentBytes (pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
