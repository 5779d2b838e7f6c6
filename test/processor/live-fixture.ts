/** A live catalog for tests that ask it to look themselves. */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startLiveCatalog } from '../../services/processor/catalog/live/live.ts'
import type { LiveCatalog } from '../../services/processor/catalog/live/live.ts'
import { catalogSchema } from '../../services/processor/catalog/config.ts'
import type { CatalogConfig } from '../../services/processor/catalog/config.ts'
import { createLog } from '../../services/runtime/log.ts'

const quiet = { files: '1h', remote: '1h', retry: '1h', grace: '1h' }

/** Starts one that looks on demand only; it is closed with the test. `base` also holds its state. */
export async function startQuietCatalog (
  t: TestContext, base: string, catalog: object, reread?: () => object
): Promise<LiveCatalog> {
  const parse = (sources: object): CatalogConfig => catalogSchema.parse({ refresh: quiet, ...sources })
  const live = await startLiveCatalog({
    config: parse(catalog),
    base,
    state: join(base, 'state'),
    telemetry: { add: () => {}, set: () => {} },
    log: createLog('test', 'silent'),
    reread: reread === undefined ? undefined : () => parse(reread()),
  })
  t.after(() => live.close())
  return live
}
