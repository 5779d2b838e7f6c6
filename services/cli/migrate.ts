import type { Command } from 'commander'
import { migrate as applySchema } from '../store/migrate.ts'
import { connectionOf, withClient } from './connection.ts'
import { print } from './outcome.ts'

interface MigrateOptions { url?: string, config?: string, database?: string, cluster?: string, json?: true }

/** Defines `gatelens migrate`. */
export function migrate (command: Command): void {
  command
    .option('--url <url>', 'ClickHouse over HTTP, http://user:password@host:port')
    .option('-c, --config <file>', 'processor configuration to take the connection from')
    .option('--database <name>', 'database to create or upgrade')
    .option('--cluster <name>', 'cluster of a replicated installation: tables become Replicated and Distributed')
    .option('--json', 'print one JSON object')
    .action(run)
}

async function run (options: MigrateOptions): Promise<void> {
  const { database, cluster, retention, ...connection } = connectionOf(options)
  const target = { database, cluster, retention }
  const { from, to, applied, retained } = await withClient(connection, async (client) => await applySchema(client, target))
  const kept = retained.length === 0 ? '' : `rows are kept for another time in ${retained.join(', ')}\n`
  const said = applied.length === 0 ? `${database} is at schema version ${to}; nothing to do` : `${database} brought from schema version ${from} to ${to}`
  await print(options.json === true ? `${JSON.stringify({ database, from, to, applied, retained })}\n` : `${said}\n${kept}`)
}
