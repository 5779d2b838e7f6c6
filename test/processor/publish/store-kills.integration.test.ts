/**
 * The store dies, or its disk fails, in the middle of inserts: at random moments chosen by a seed, and at every file that an
 * insert makes. In the end every record is in every table once. Needs gcc for what fails a call of the C library.
 */
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { compileFault, needsCompiler } from '../../fault.ts'
import type { Fault } from '../../fault.ts'
import { reservePort } from '../../port.ts'
import { until } from '../../until.ts'
import { firstMessage, startChild } from '../child.ts'
import type { Child } from '../child.ts'
import { makeFolder } from '../input/fixture.ts'
import { kongRecord } from '../kong-fixture.ts'
import { seeded } from '../../seeded.ts'

const tables = ['requests', 'requests_1m', 'requests_1h', 'drift_1d', 'rejected']
/** Every so many records one is no JSON. */
const badEvery = 50

test('a store that is killed forty times inside inserts, twenty times with the processor, has every record once', async (t) => {
  const seed = Number(process.env.GATELENS_SEED ?? 20261128)
  const random = seeded(seed)
  const world = await openWorld(t)
  for (let kill = 0; kill < 40; kill++) {
    await world.startStore()
    await world.startProcessor()
    for (let step = Math.floor(random() * 12); step >= 0; step--) {
      world.write(1 + Math.floor(random() * 400))
      await new Promise((resolve) => setTimeout(resolve, random() * 150))
    }
    await world.killStore()
    if (kill % 2 === 1) await world.killProcessor()
  }
  await world.assertExact(`seed ${seed}`)
})

for (const does of ['kill', 'EIO', 'ENOSPC'] as const) {
  test(`a store whose disk gives ${does} at any file of an insert has every record once`, { skip: needsCompiler }, async (t) => {
    const seed = Number(process.env.GATELENS_SEED ?? 20261128)
    const random = seeded(seed)
    const world = await openWorld(t)
    await world.startStore()
    await world.startProcessor()
    world.write(500)
    await world.assertExact('before the first fault')
    for (const table of tables) {
      // A part is renamed when the token is known already: there a redo is taken for a repetition.
      for (const call of table === 'requests' ? ['rename', 'fsync', 'write'] as const : ['rename', 'write'] as const) {
        const path = await world.pathOf(table)
        await world.endStore()
        const at = 1 + Math.floor(random() * (call === 'rename' ? 1 : 6))
        await world.startStore({ call, match: `${path}tmp_insert_`, at, does })
        world.write(300)
        await until(() => {
          world.write(20)
          return world.struck()
        })
        await world.assertExact(`${does} at ${call} ${at} of ${table}, seed ${seed}`)
      }
    }
    await world.endStore()
    await world.startStore()
    await world.assertExact(`seed ${seed}, after all`)
  })
}

interface World {
  write (records: number): void
  startStore (fault?: Fault): Promise<void>
  endStore (): Promise<void>
  killStore (): Promise<void>
  /** True once the fault has struck that the store was started with. */
  struck (): boolean
  startProcessor (): Promise<void>
  killProcessor (): Promise<void>
  pathOf (table: string): Promise<string>
  /** Waits until all that was written is there, and holds every table against it. */
  assertExact (message: string): Promise<void>
}

async function openWorld (t: TestContext): Promise<World> {
  const folder = makeFolder(t)
  const port = await reservePort()
  const config = join(folder, 'gatelens.yaml')
  const log = join(folder, 'access.log')
  const client = createClient({ url: `http://127.0.0.1:${port}`, request_timeout: 60_000, log: { level: ClickHouseLogLevel.OFF } })
  const paths = new Map<string, string>()
  // In the folder of the store: its engine may write nowhere else.
  const mark = join(folder, 'store', 'struck')
  const environmentOf = needsCompiler === false ? compileFault(folder, mark) : undefined
  let store: Child | undefined
  let processor: Child | undefined
  let written = 0
  writeFileSync(log, '')
  writeFileSync(config, `
input: { type: file, paths: [access.log], poll: 10ms, batch: { records: 400, linger: 20ms } }
store: { url: 'http://127.0.0.1:${port}', request_timeout: 20s }
metrics: { listen: '127.0.0.1:0' }
log: { level: error }
`)
  t.after(async () => {
    await client.close()
    await processor?.end('SIGKILL')
    await store?.end('SIGKILL')
  })
  const startStore = async (fault?: Fault): Promise<void> => {
    if (store !== undefined && store.process.exitCode === null && store.process.signalCode === null) return
    rmSync(mark, { force: true })
    store = startChild('./store-child.ts', [join(folder, 'store'), String(port), 'sync'], fault && environmentOf?.(fault))
    await firstMessage(store)
  }
  const query = async (sql: string): Promise<Record<string, unknown>> => {
    const rows = await (await client.query({ query: sql, format: 'JSONEachRow' })).json<Record<string, unknown>>()
    return rows[0] ?? {}
  }
  const bad = (): number => Math.floor(written / badEvery)
  const counts = async (): Promise<Record<string, number> | string> => {
    try {
      const sums = await query(`SELECT count() AS rows, uniqExact(event_id) AS ids, (SELECT sum(requests) FROM gatelens.requests_1m) AS minutes,
        (SELECT sum(requests) FROM gatelens.requests_1h) AS hours, (SELECT sum(requests) FROM gatelens.drift_1d) AS drift,
        (SELECT count() FROM gatelens.rejected) AS rejected FROM gatelens.requests`)
      return Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Number(value)]))
    } catch (error) {
      return String(error)
    }
  }
  return {
    write: (records) => {
      const lines = []
      for (const end = written + records; written < end; written++) {
        lines.push(written % badEvery === badEvery - 1 ? '{"request":\n' : `${kongRecord(written, Date.UTC(2026, 7, 20, 23, 50) + written * 100)}\n`)
      }
      appendFileSync(log, lines.join(''))
    },
    startStore,
    endStore: async () => {
      await store?.end('SIGTERM')
    },
    killStore: async () => {
      await store?.end('SIGKILL')
    },
    struck: () => existsSync(mark),
    startProcessor: async () => {
      if (processor !== undefined && processor.process.exitCode === null && processor.process.signalCode === null) return
      processor = startChild('./processor-child.ts', [config])
      await firstMessage(processor)
    },
    killProcessor: async () => {
      await processor?.end('SIGKILL')
    },
    pathOf: async (table) => {
      const known = paths.get(table)
      if (known !== undefined) return known
      const path = String((await query(`SELECT data_paths[1] AS path FROM system.tables WHERE database = 'gatelens' AND name = '${table}'`)).path)
      paths.set(table, path)
      return path
    },
    assertExact: async (message) => {
      await startStore()
      if (processor === undefined || processor.process.exitCode !== null || processor.process.signalCode !== null) {
        processor = startChild('./processor-child.ts', [config])
        await firstMessage(processor)
      }
      const good = written - bad()
      const expected = { rows: good, ids: good, minutes: good, hours: good, drift: good, rejected: bad() }
      // What is lost never comes: the wait is bounded only to end the test.
      const end = Date.now() + 180_000
      let found = await counts()
      while (!isDeepStrictEqual(found, expected) && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 200))
        await startStore()
        found = await counts()
      }
      assert.deepEqual(found, expected, message)
    },
  }
}
