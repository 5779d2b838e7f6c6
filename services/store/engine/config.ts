import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { allowedSettings } from '../allowed.ts'

const names = z.array(z.string().regex(/^\w+$/))
const knownSchema = z.object({ query: names, mergeTree: names })

/** All settings that an engine has: those of queries, and those of tables of the MergeTree family. */
export type KnownSettings = z.output<typeof knownSchema>

/**
 * Privileges of everybody who comes through the front: all of the tables, nothing of the machine. There is no READ on
 * FILE, URL, REMOTE, S3, … and no engine that would reach there, so that neither a query nor a table definition can
 * read the disk or call out.
 */
const grants = [
  'GRANT CHECK, SHOW DATABASES, SHOW TABLES, SHOW COLUMNS, SHOW DICTIONARIES, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, ' +
    'CREATE VIEW, CREATE TEMPORARY TABLE, CREATE ARBITRARY TEMPORARY TABLE, CREATE FUNCTION, DROP FUNCTION, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, ' +
    'KILL QUERY, SYSTEM MERGES, SYSTEM TTL MERGES, SYSTEM FLUSH, SYSTEM DROP CACHE, SYSTEM VIEWS, dictGet ON *.*',
  ...['MergeTree', 'ReplacingMergeTree', 'SummingMergeTree', 'AggregatingMergeTree', 'CollapsingMergeTree', 'VersionedCollapsingMergeTree',
    'GraphiteMergeTree', 'CoalescingMergeTree', 'Memory', 'Null', 'View', 'MaterializedView', 'Merge', 'Buffer', 'Set', 'Join', 'Log', 'TinyLog',
    'StripeLog', 'GenerateRandom'].map((name) => `GRANT TABLE ENGINE ON ${name}`),
]

/** Settings of tables that put parts on the disk itself before they count. */
const synced = ['fsync_after_insert', 'fsync_part_directory', 'min_rows_to_fsync_after_merge', 'min_compressed_bytes_to_fsync_after_merge']

/**
 * Writes the engine's configuration into `folder`; returns the path of its main file. The engine refuses to change a
 * setting that is not among the allowed ones, wherever a statement names it: in SET, in a SETTINGS clause at any depth,
 * in the definition of a table. With `sync` an insert is answered once its parts are on the disk itself, a table is made once its
 * definition is, and a merge drops the parts that it replaces no sooner: what was acknowledged outlives a power cut.
 */
export function writeEngineConfig (folder: string, known: KnownSettings, sync = true): string {
  const users = join(folder, 'users.xml')
  const constants = [...refused(known.query, allowedSettings.query), ...refused(known.mergeTree, allowedSettings.merge_tree).map((name) => `merge_tree_${name}`)]
  writeFileSync(users, `<clickhouse>
  <profiles><default>
    <!-- The engine writes a statement anew, with more spaces and brackets, before it runs it. -->
    <max_query_size>2097152</max_query_size>
    <fsync_metadata>${sync ? 1 : 0}</fsync_metadata>
    <constraints>
${[...new Set(constants)].map((name) => `    <${name}><const/></${name}>`).join('\n')}
  </constraints>
  </default></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
    <grants>
${grants.map((grant) => `      <query>${grant}</query>`).join('\n')}
    </grants>
  </default></users>
</clickhouse>
`, { mode: 0o600 })
  const config = join(folder, 'engine.xml')
  writeFileSync(config, `<clickhouse>
  <users_config>${escapeXml(users)}</users_config>
  <display_name>gatelens</display_name>
  <memory_worker_use_cgroup>false</memory_worker_use_cgroup>
  <memory_worker_period_ms>1000</memory_worker_period_ms>
  <access_control_improvements><table_engines_require_grant>true</table_engines_require_grant></access_control_improvements>
  <merge_tree>${sync ? synced.map((name) => `<${name}>1</${name}>`).join('') : ''}</merge_tree>
</clickhouse>
`, { mode: 0o600 })
  return config
}

/** The settings that the engine of an earlier start had; empty at the first. They are a guess, to be held against the engine. */
export function readKnownSettings (folder: string): KnownSettings {
  try {
    return knownSchema.parse(JSON.parse(readFileSync(pathOfKnown(folder), 'utf8')))
  } catch {
    return { query: [], mergeTree: [] }
  }
}

/** Keeps what {@link readKnownSettings} reads. */
export function writeKnownSettings (folder: string, known: KnownSettings): void {
  writeFileSync(pathOfKnown(folder), JSON.stringify(known), { mode: 0o600 })
}

function pathOfKnown (folder: string): string {
  return join(folder, 'settings.json')
}

function refused (known: readonly string[], allowed: readonly string[]): string[] {
  const free = new Set(allowed)
  return known.filter((name) => !free.has(name))
}

function escapeXml (text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`)
}
