import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { restoreQuotas } from '../../services/processor/restore-quotas.ts'
import { makeFolder } from './input/fixture.ts'
import { prepareTables, startStoreProcess } from './store-fixture.ts'

const now = Date.UTC(2026, 7, 20, 10, 30)

test('a request far in the future does not keep a restart from restoring what quotas were used', async (t) => {
  const store = await startStoreProcess(t, join(makeFolder(t), 'store'))
  await prepareTables(store.client)
  await insert(store.client, [now - 3_600_000, now - 60_000, now, Date.UTC(2090, 0)])
  const restored: Array<[string, string, number, number]> = []
  await restoreQuotas(store.client, 'gatelens', (...use) => restored.push(use), now)
  assert.deepEqual(restored, [
    ['acme', 'minute', now, 1],
    ['acme', 'hourly', Date.UTC(2026, 7, 20, 10), 2],
    ['acme', 'daily', Date.UTC(2026, 7, 20), 3],
    ['acme', 'monthly', Date.UTC(2026, 7), 3],
  ])
})

async function insert (client: Parameters<typeof prepareTables>[0], times: number[]): Promise<void> {
  const values = times.map((time) => ({ time, partner: 'acme' }))
  await client.insert({ table: 'gatelens.requests', values, format: 'JSONEachRow' })
}
