/** One store for several tests of a file: to start one costs more than most tests. */
import { join } from 'node:path'
import { after } from 'node:test'
import { temporaryFolder } from '../folder.ts'
import { startStoreProcess } from './store-fixture.ts'
import type { RunningStore } from './store-fixture.ts'

const written = ['requests', 'requests_1m', 'requests_1h', 'drift_1d', 'rejected']
let shared: Promise<RunningStore> | undefined

// Here, because a hook that is made in a test belongs to that test.
after(async () => { await (await shared)?.stop() })

/** The store of this file, with all tables, emptied. Who borrows it neither stops it nor changes its tables. */
export async function borrowStore (): Promise<RunningStore> {
  shared ??= startStoreProcess({ after: () => {} }, join(temporaryFolder(), 'store'))
  const store = await shared
  for (const table of written) await store.client.command({ query: `TRUNCATE TABLE gatelens.${table}` })
  return store
}
