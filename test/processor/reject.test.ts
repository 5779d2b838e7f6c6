/** Golden cases of the rejects that only the file input and the store can give: raw lines in, rows of both tables out. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { parse } from 'yaml'
import { parseConfig } from '../../services/runtime/config.ts'
import { createLog } from '../../services/runtime/log.ts'
import { processorSchema } from '../../services/processor/config.ts'
import { startProcessor } from '../../services/processor/processor.ts'
import { rejectReasons } from '../../services/processor/event.ts'
import { migrate } from '../../services/store/migrate.ts'
import { expectCase, readCases } from '../case.ts'
import type { Case } from '../case.ts'
import { makeFolder } from './input/fixture.ts'
import { startStoreProcess } from './store-fixture.ts'
import type { RunningStore } from './store-fixture.ts'

test('records that cannot be stored become rejects, each with its place and reason', async (whole) => {
  const store = await startStoreProcess(whole, join(makeFolder(whole), 'store'))
  for (const item of readCases('reject')) await whole.test(item.name, async (t) => { await runCase(t, store, item) })
})

test('every reject reason has a golden case', () => {
  const expected = ['decode', 'reject'].flatMap((folder) => readCases(folder)).map((item) => item.expected).join('\n')
  assert.deepEqual(rejectReasons.filter((reason) => !expected.includes(reason)), [])
})

async function runCase (t: TestContext, store: RunningStore, item: Case): Promise<void> {
  const { input = {}, constraint } = parse(item.config) as { input?: object, constraint?: string }
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'access.log'), item.input)
  for (const table of ['requests', 'rejected']) await store.client.command({ query: `TRUNCATE TABLE gatelens.${table}` })
  if (constraint !== undefined) {
    await store.client.command({ query: `ALTER TABLE gatelens.requests ADD CONSTRAINT narrow CHECK ${constraint}` })
    t.after(async () => { await store.client.command({ query: 'ALTER TABLE gatelens.requests DROP CONSTRAINT narrow' }) })
  }
  const text = JSON.stringify({
    input: { type: 'file', paths: ['access.log'], follow: false, ...input }, store: { url: store.url }, metrics: { listen: '127.0.0.1:0' },
  })
  const config = parseConfig({ path: join(folder, 'gatelens.yaml'), text }, processorSchema)
  const processor = await startProcessor(config, { prepareStore: migrate, base: folder, log: createLog('test', 'silent') })
  await processor.done
  await processor.close()
  const stored = await store.query('SELECT source_offset AS at, method, status FROM gatelens.requests ORDER BY at')
  const rejected = await store.query('SELECT source_offset AS at, reason, length, detail FROM gatelens.rejected ORDER BY at')
  assert.equal(stored.length + rejected.length, item.input.split('\n').filter((line) => line !== '').length)
  expectCase(item, [...stored, ...rejected].map((row) => JSON.stringify(row)).join('\n'))
}
