import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { GatelensError } from '../../runtime/errors.ts'
import type { TablePart } from './table-part.ts'

export interface Target {
  client: ClickHouseClient
  database: string
  /** Name of the cluster, when there is one. */
  cluster?: string
}

/** Most rows of one insert; all of them make one block, so that an insert lands whole or not at all. */
const blockRows = 4_000_000

/**
 * Inserts rows as one block under a deduplication token. While a server runs it takes a token once, also from inserts that
 * run side by side (https://clickhouse.com/docs/guides/developer/deduplicating-inserts-on-retries). With `alone`, a view
 * that fails does not fail the insert. Throws STORE_UNREACHABLE when it was not ClickHouse that answered: a gateway in
 * between may say 200 to anything.
 */
export async function insertPart (
  { client, database }: Target, part: TablePart, token: string, { table = part.table, alone = false } = {}
): Promise<void> {
  const columns = part.columns.map((column) => `\`${column}\``).join(', ')
  const { stream, summary } = await client.exec({
    // The client's own `insert` knows no Native.
    query: `INSERT INTO \`${database}\`.\`${table}\` (${columns}) FORMAT Native`,
    values: Readable.from([part.bytes], { objectMode: false }),
    clickhouse_settings: {
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      ...alone ? { materialized_views_ignore_errors: 1 } : {},
      async_insert: 0,
      wait_end_of_query: 1,
      // On a cluster the shards must have the rows before the server says so.
      distributed_foreground_insert: 1,
      max_insert_threads: '1',
      max_threads: 1,
      max_insert_block_size: String(blockRows),
      max_block_size: String(blockRows),
      min_insert_block_size_rows: String(blockRows),
      min_insert_block_size_bytes: '0',
    },
  })
  // The connection is free once the answer, which is empty, was read.
  await finished(stream.resume())
  if (summary === undefined) throw new GatelensError('STORE_UNREACHABLE', 'the answer to an insert has no X-ClickHouse-Summary; this is not ClickHouse')
}
