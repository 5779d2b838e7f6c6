/**
 * ClickHouse as a destination: a batch is one insert a table and day, over HTTP, under deduplication tokens that follow from its
 * range. The store is one of these; a further one may stand in `sinks:`.
 */
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import type { Connection, Destination } from './definition.ts'
import { deliver } from './deliver.ts'
import type { Target } from './insert.ts'
import type { ClickhouseOptions } from './options.ts'
import { classify, isFatal, viewOf } from './refusal.ts'
import type { TablePart } from './table-part.ts'
import { createTables } from './tables.ts'

/** A client for the configured server. It has no default database: the database may not exist yet. */
export function connectClickhouse (options: ClickhouseOptions): ClickHouseClient {
  return createClient({
    url: options.url,
    username: options.username,
    password: options.password,
    request_timeout: options.request_timeout,
    compression: { request: options.compression && { codec: 'gzip', level: 1 }, response: false },
    application: 'gatelens',
    // Failures are told by the sink, in the process log.
    log: { level: ClickHouseLogLevel.OFF },
  })
}

export interface ClickhouseContext {
  log: Logger
  /** Makes the server ready (tables, version) before the first insert; called again until it succeeds or fails for good. */
  prepare: (client: ClickHouseClient) => Promise<unknown>
}

/** ClickHouse as a destination of batches: events as rows of `requests`, rejects as rows of `rejected`. */
export function createClickhouse (options: ClickhouseOptions, context: ClickhouseContext): Destination<TablePart> {
  return {
    encoder: createTables(),
    connect: async () => {
      const client = connectClickhouse(options)
      try {
        await context.prepare(client)
      } catch (error) {
        await client.close()
        throw failureOf(error)
      }
      return connect({ client, database: options.database, cluster: options.cluster }, context)
    },
  }
}

function connect (target: Target, { prepare, log }: ClickhouseContext): Connection<TablePart> {
  /** Views that were named in the log. */
  const blamed = new Set<string>()
  /** A view that somebody hung on a table is named once. */
  const blame = (error: unknown): void => {
    const view = viewOf(error)
    if (view === undefined || blamed.has(view)) return
    blamed.add(view)
    log.warn({ view }, 'a view fails on what is inserted; rows that it refuses are missing there, the tables of gatelens get them all')
  }
  return {
    deliver: async (encoded, again) => {
      try {
        return await deliver(target, encoded, { again, refused: blame })
      } catch (error) {
        // Somebody dropped the tables, or the server came back empty.
        if (classify(error) === 'schema') await prepare(target.client)
        throw error
      }
    },
    close: async () => { await target.client.close() },
  }
}

/** What only a person can mend is not retriable, everything else is. */
function failureOf (error: unknown): GatelensError {
  if (!isFatal(error)) return new GatelensError('STORE_UNREACHABLE', messageOf(error), { cause: error })
  return error instanceof GatelensError ? error : new GatelensError('STORE_REFUSED', messageOf(error), { cause: error })
}
