import { ClickHouseError } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'
import { GatelensError, messageOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/log.ts'
import { version as programVersion } from '../runtime/package.ts'
import { renderStatements } from './render.ts'
import type { Target } from './render.ts'
import { applyRetention } from './retention.ts'
import type { Retention } from './retention.ts'
import { readSchema, splitStatements } from './schema.ts'
import type { SchemaFile } from './schema.ts'

export interface MigrateOptions extends Target {
  log?: Logger
  /** How long rows stay; without it that stays as it is. */
  retention?: Retention
  /** The schema, in the order of its numbers; without it that of this program. */
  files?: readonly SchemaFile[]
}

/** What {@link migrate} found and did. */
export interface Migrated {
  from: number
  to: number
  applied: string[]
  /** Tables that keep their rows for another time now. */
  retained: string[]
}

/** Someone else made it in between: two processes may migrate at the same time. */
const alreadyThere = new Set(['TABLE_ALREADY_EXISTS', 'DATABASE_ALREADY_EXISTS'])

/**
 * Brings a database to the schema of this program, creating it if needed; a second call changes nothing. Statements can
 * be repeated, so that two processes may migrate at the same time and a migration that was cut is simply run again.
 * Throws SCHEMA_NEWER when a newer program was here, SCHEMA_DIFFERENT when one with other schema files was, STORE_REFUSED with the
 * engine's message, STORE_UNREACHABLE.
 */
export async function migrate (client: ClickHouseClient, options: MigrateOptions): Promise<Migrated> {
  const [bootstrap, ...files] = options.files ?? readSchema()
  if (bootstrap === undefined) throw new GatelensError('INTERNAL', 'the schema files are missing from the package')
  const known = await readApplied(client, options.database)
  const from = checkApplied(known, files, options.database)
  if (known === undefined) await apply(client, bootstrap, options)
  const applied = await applyAll(client, files.filter((item) => known?.has(item.version) !== true), options)
  const { retention } = options
  const retained = retention === undefined
    ? []
    : await applyRetention(client, options, retention).catch((error: unknown) => { throw refused(error, 'retention') })
  return { from, to: latest(files), applied, retained }
}

/** The number of the newest schema file that was applied to a database; undefined when it has no gatelens schema. */
export async function schemaVersion (client: ClickHouseClient, database: string): Promise<number | undefined> {
  const applied = await readApplied(client, database)
  return applied === undefined ? undefined : Math.max(0, ...applied.keys())
}

/** The number of the newest schema file of this program. */
export function latestVersion (): number {
  return latest(readSchema())
}

function latest (files: readonly SchemaFile[]): number {
  return Math.max(0, ...files.map((file) => file.version))
}

/**
 * Applies files in their order and records them; gives the names of those that no other process had applied. Files that only
 * create are recorded together. All are before a file that changes what they made: a process that then fails at one of them
 * finds that it was applied.
 */
async function applyAll (client: ClickHouseClient, files: readonly SchemaFile[], options: MigrateOptions): Promise<string[]> {
  const applied: string[] = []
  let unrecorded: SchemaFile[] = []
  const recordAll = async (): Promise<void> => {
    const rows = unrecorded
    unrecorded = []
    if (rows.length > 0) await record(client, rows, options)
  }
  for (const file of files) {
    if (!onlyCreates(file)) await recordAll()
    try {
      await apply(client, file, options)
    } catch (error) {
      await recordAll()
      if ((await readApplied(client, options.database))?.has(file.version) !== true) throw error
      continue
    }
    unrecorded.push(file)
    options.log?.info({ database: options.database, file: file.name }, 'schema file applied')
    applied.push(file.name)
  }
  await recordAll()
  return applied
}

function onlyCreates ({ sql }: SchemaFile): boolean {
  return splitStatements(sql).every((statement) => /^CREATE [A-Z ]+ IF NOT EXISTS /.test(statement))
}

/** Checksums by version; undefined when there is no migrations table yet. */
async function readApplied (client: ClickHouseClient, database: string): Promise<Map<number, string> | undefined> {
  const read = async <T>(query: string): Promise<T[]> => {
    const result = await client.query({ query, query_params: { database }, format: 'JSONEachRow' })
    return await result.json<T>()
  }
  try {
    const found = await read("SELECT name FROM system.tables WHERE database = {database:String} AND name = 'migrations'")
    if (found.length === 0) return undefined
    const rows = await read<{ version: number, checksum: string }>(
      'SELECT version, argMax(checksum, applied_at) AS checksum FROM {database:Identifier}.migrations GROUP BY version')
    return new Map(rows.map((row) => [row.version, row.checksum]))
  } catch (error) {
    throw refused(error, `${database}.migrations`)
  }
}

/** A schema that differs is no newer one, however high its numbers are. */
function checkApplied (applied: Map<number, string> | undefined, files: readonly SchemaFile[], database: string): number {
  const changed = files.find((file) => (applied?.get(file.version) ?? file.checksum) !== file.checksum)
  if (changed !== undefined) {
    throw new GatelensError('SCHEMA_DIFFERENT', `schema version ${changed.version} of the database differs from ${changed.name} of this program`, { where: database })
  }
  const from = Math.max(0, ...applied?.keys() ?? [])
  if (from <= latest(files)) return from
  throw new GatelensError('SCHEMA_NEWER', `the schema is version ${from}, this program knows ${latest(files)}`, { where: database })
}

async function apply (client: ClickHouseClient, file: SchemaFile, target: Target): Promise<void> {
  for (const query of renderStatements(file.sql, target)) {
    await client.command({ query, clickhouse_settings: settingsFor(target) }).catch((error: unknown) => {
      if (error instanceof ClickHouseError && alreadyThere.has(error.type ?? '')) return
      throw refused(error, file.name)
    })
  }
}

/** A failing replica must not leave the answer pending; a view with FINAL over a distributed table is allowed. */
function settingsFor (target: Target): Record<string, string | number> {
  return target.cluster === undefined ? {} : { distributed_ddl_task_timeout: 120, distributed_ddl_output_mode: 'throw' }
}

async function record (client: ClickHouseClient, files: readonly SchemaFile[], target: Target): Promise<void> {
  await client.insert({
    table: `\`${target.database.replace(/[\\`]/g, '\\$&')}\`.migrations`,
    columns: ['version', 'name', 'checksum', 'gatelens'],
    values: files.map(({ version, name, checksum }) => ({ version, name, checksum, gatelens: programVersion })),
    format: 'JSONEachRow',
    // The row shall be there when this returns, on whatever shard it lives.
    clickhouse_settings: target.cluster === undefined ? {} : { insert_distributed_sync: 1 },
  }).catch((error: unknown) => { throw refused(error, `${target.database}.migrations`) })
}

function refused (error: unknown, where: string): GatelensError {
  return error instanceof ClickHouseError
    ? new GatelensError('STORE_REFUSED', `${error.message.trim()} (${error.type ?? error.code})`, { where, cause: error })
    : new GatelensError('STORE_UNREACHABLE', messageOf(error), { where, cause: error })
}
