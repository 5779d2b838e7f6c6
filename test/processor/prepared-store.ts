/** A store's folder with all tables, made once for each schema: to make the tables costs more than to start a store. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { engineVersion, packageRoot } from '../../services/runtime/package.ts'
import { migrate } from '../../services/store/migrate.ts'
import { readSchema } from '../../services/store/schema.ts'
import { firstMessage, startChild } from './child.ts'

const cache = join(packageRoot, 'node_modules/.cache/gatelens')

/** Copies a store that has the database `gatelens` with all tables, and no rows, to a folder that is not there yet. */
export async function copyPreparedStore (folder: string): Promise<void> {
  const schema = createHash('sha256').update(JSON.stringify([engineVersion, readSchema()])).digest('hex').slice(0, 16)
  const prepared = join(cache, `store-${schema}`)
  if (!existsSync(prepared)) await prepare(prepared)
  cpSync(prepared, folder, { recursive: true, verbatimSymlinks: true })
}

/** Another process may make the same at the same time: the first one's stays. */
async function prepare (folder: string): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const own = mkdtempSync(join(cache, 'making-'))
  const child = startChild('./store-child.ts', [own, '0'])
  const { url } = await firstMessage<{ url: string }>(child)
  const client = createClient({ url, request_timeout: 600_000 })
  await migrate(client, { database: 'gatelens' })
  await client.close()
  await child.end('SIGTERM')
  try {
    renameSync(own, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    rmSync(own, { recursive: true, force: true })
  }
}
