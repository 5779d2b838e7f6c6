import { dirname } from 'node:path'
import { z } from 'zod'
import { catalogSchema } from '../processor/catalog/load.ts'
import { filterSchema } from '../processor/filter/filter.ts'
import { privacySchema } from '../processor/enrich/privacy.ts'
import { clickhouseSchema } from '../processor/publish/clickhouse.ts'
import { loadConfig } from '../runtime/config.ts'
export function readProcessorConfig (path: string) {
  const settings = loadConfig(path, z.looseObject({ catalog: catalogSchema.prefault({}), filter: filterSchema, privacy: privacySchema.prefault({}), clickhouse: clickhouseSchema.prefault({}) }))
  const { url, username, password, database } = settings.clickhouse
  return { settings, folder: dirname(path), connection: { url, username, password, database } }
}
