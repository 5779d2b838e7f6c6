import { splitStatements } from './schema.ts'

export interface Target {
  /** Database name in place of `gatelens`. */
  database: string
  /** Name of a ClickHouse cluster: replicated tables on every shard, and a distributed table over them. */
  cluster?: string
}

/**
 * How rows spread over shards: by content, so that a batch that is sent again meets its own tokens. All requests of a
 * batch (one source, one day) are on one shard, so that it is there whole or not at all.
 */
const shardingKeys: Record<string, string> = {
  requests: 'cityHash64(source, toDate(time))',
  requests_1m: 'cityHash64(service, route)',
  requests_1h: 'cityHash64(service, route)',
  drift_1d: 'cityHash64(service, route)',
  breaches: 'cityHash64(breach_id)',
  rejected: 'cityHash64(source, source_offset)',
  catalog_endpoints: 'cityHash64(service, api, method, template)',
  partners: 'cityHash64(name)',
  migrations: 'version',
}

/**
 * The statements of a schema file for one target. The files are written for the database `gatelens` on one server; here
 * is the one place that makes them fit another database or a cluster, where the table `x` becomes `x_local`
 * (Replicated…MergeTree, one on each shard) and `x` (Distributed), and views fill local tables from local tables.
 */
export function renderStatements (sql: string, target: Target): string[] {
  const name = quote(target.database)
  return splitStatements(sql)
    .flatMap((statement) => target.cluster === undefined ? [statement] : onCluster(statement, target.database, target.cluster))
    .map((statement) => statement.replace(/\bgatelens(?=\.)/g, name).replace(/(DATABASE IF NOT EXISTS )gatelens\b/, `$1${name}`))
}

function onCluster (statement: string, database: string, cluster: string): string[] {
  const on = `ON CLUSTER ${quote(cluster)}`
  const [, altered] = /^ALTER TABLE gatelens\.(\w+)/.exec(statement) ?? []
  if (altered !== undefined) return / MODIFY QUERY\s/.test(statement) ? [alterView(statement, on)] : alterBoth(statement, altered, on)
  const [, kind = '', table = ''] = created.exec(statement) ?? []
  const key = shardingKeys[table]
  if (kind === 'TABLE' && key !== undefined) {
    const names = [cluster, database, `${table}_local`].map((name) => `'${name.replace(/[\\']/g, '\\$&')}'`)
    return [replicated(statement, table, on), `CREATE TABLE IF NOT EXISTS gatelens.${table} ${on} AS gatelens.${table}_local
ENGINE = Distributed(${names.join(', ')}, ${key})`]
  }
  const placed = statement.replace(/^(CREATE (?:[A-Z ]+ IF NOT EXISTS|OR REPLACE VIEW) \S+)/, `$1 ${on}`)
  if (kind !== 'MATERIALIZED VIEW') return [placed]
  return [toLocal(placed)]
}

const created = /^CREATE (DATABASE|TABLE|VIEW|MATERIALIZED VIEW) IF NOT EXISTS (?:gatelens\.)?(\w+)/

/** The local tables take all of it, the distributed table, which has no order and keeps nothing, the columns. */
function alterBoth (statement: string, table: string, on: string): string[] {
  const local = statement.replace(`gatelens.${table}`, `gatelens.${table}_local ${on}`)
  const distributed = statement.replace(`gatelens.${table}`, `gatelens.${table} ${on}`).replace(/,\s*MODIFY ORDER BY \([^)]*\)/, '')
    .replace(/ TTL [^,]+ INTERVAL \d+ \w+/g, '')
  return [local, distributed]
}

/** The view of every server fills a local table from a local table. */
function alterView (statement: string, on: string): string {
  return toLocal(statement.replace(/^(ALTER TABLE \S+)/, `$1 ${on}`))
}

/** A table that keeps nothing is on every server, and has no local one. */
function toLocal (statement: string): string {
  return statement.replace(/\b(TO|FROM) gatelens\.(\w+)/g, (text, _word, table: string) => table in shardingKeys ? `${text}_local` : text)
}

/** The coordination paths hold the table's UUID by default (`default_replica_path`), so that a table can be made anew. */
function replicated (statement: string, table: string, on: string): string {
  return statement
    .replace(`gatelens.${table}`, `gatelens.${table}_local ${on}`)
    .replace(/ENGINE = (\w*MergeTree)/, 'ENGINE = Replicated$1')
    .replace('non_replicated_deduplication_window', 'replicated_deduplication_window_seconds = 604800, replicated_deduplication_window')
}

function quote (name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``
}
