/** A live catalog for tests that ask it to look themselves. */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startLiveCatalog } from '../../services/processor/catalog/live.ts'
import type { LiveCatalog } from '../../services/processor/catalog/live.ts'
import { catalogSchema } from '../../services/processor/catalog/sources.ts'
import { createLog } from '../../services/runtime/log.ts'

/** Starts one that looks on demand only; it is closed with the test. `base` also holds its state. */
export async function startQuietCatalog (t: TestContext, base: string, catalog: object): Promise<LiveCatalog> {
  const config = catalogSchema.parse({ refresh: { files: '1h', remote: '1h', retry: '1h' }, ...catalog })
  const live = await startLiveCatalog({
    config, base, state: join(base, 'state'), telemetry: { add: () => {}, set: () => {} }, log: createLog('test', 'silent'),
  })
  t.after(() => live.close())
  return live
}
