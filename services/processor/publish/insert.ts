import { Readable } from 'node:stream'
import type { ClickHouseClient } from '@clickhouse/client'
import { GatelensError } from '../../runtime/errors.ts'
import type { Part } from './parcel.ts'

/** Most rows of one insert; all of them make one block, so that an insert lands whole or not at all. */
const blockRows = 4_000_000

/**
 * Inserts rows as one block under a deduplication token. Sent again under the same token it changes nothing, neither in
 * the table nor in the views that depend on it
 * (https://clickhouse.com/docs/guides/developer/deduplicating-inserts-on-retries). Throws STORE_UNREACHABLE when it was not
 * ClickHouse that answered: a gateway in between may say 200 to anything.
 */
export async function insertPart (client: ClickHouseClient, database: string, part: Part, token: string): Promise<void> {
  const { summary } = await client.insert({
    table: `\`${database}\`.\`${part.table}\``,
    columns: part.columns.map((column) => `\`${column}\``) as [string, ...string[]],
    format: 'TabSeparated',
    values: Readable.from([part.bytes], { objectMode: false }),
    clickhouse_settings: {
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      async_insert: 0,
      wait_end_of_query: 1,
      // On a cluster the shards must have the rows before the server says so.
      distributed_foreground_insert: 1,
      input_format_parallel_parsing: 0,
      max_insert_threads: '1',
      max_insert_block_size: String(blockRows),
      max_block_size: String(blockRows),
      min_insert_block_size_rows: String(blockRows),
      min_insert_block_size_bytes: '0',
      max_partitions_per_insert_block: String(maxPartitions),
      date_time_input_format: 'basic',
    },
  })
  if (summary === undefined) throw new GatelensError('STORE_UNREACHABLE', 'the answer to an insert has no X-ClickHouse-Summary; this is not ClickHouse')
}

/** A part is made for every day that a batch touches; a batch that touches more is split. */
const maxPartitions = 100
