import { text } from 'node:stream/consumers'
import { Option } from 'commander'
import type { Command } from 'commander'
import { GatelensError } from '../runtime/errors.ts'
import { connectionOf, defaultUrl, postStatement } from './connection.ts'
import { onTerminal } from './terminal.ts'

interface QueryOptions { url?: string, config?: string, database?: string, format?: string, json?: true, write?: true }

/** Defines `gatelens query`. */
export function query (command: Command): void {
  command
    .argument('[sql]', 'SQL statement; - or nothing reads it from standard input')
    .option('--url <url>', `ClickHouse over HTTP, http://user:password@host:port (default: that of --config, else ${defaultUrl})`)
    .option('-c, --config <file>', 'processor configuration to take the connection from')
    .option('--database <name>', 'database for names without one (default: that of --config, else gatelens)')
    .addOption(new Option('--format <name>', 'any ClickHouse format (default: a table on a terminal, else TSV with names)').conflicts('json'))
    .option('--json', 'short for --format JSON')
    .option('--write', 'allow statements that change something')
    .addHelpText('after', '\nExits with 1 and the engine\'s message when the statement is refused.')
    .action(run)
}

async function run (sql: string | undefined, options: QueryOptions): Promise<void> {
  const statement = sql === undefined || sql === '-' ? await readStatement() : sql
  const format = options.json === true ? 'JSON' : options.format ?? (onTerminal ? 'PrettyCompactMonoBlock' : 'TabSeparatedWithNames')
  await postStatement(connectionOf(options), statement, {
    default_format: format,
    // The status then tells of a failure in the middle of the result, too.
    wait_end_of_query: '1',
    ...(options.write === true ? {} : { readonly: '2' }),
  })
}

async function readStatement (): Promise<string> {
  if (process.stdin.isTTY) throw new GatelensError('USAGE', 'no SQL is given', { hint: 'Try: gatelens query "SELECT count() FROM requests"' })
  return await text(process.stdin)
}
