/** Reads from the store what was delivered of a source lately, so that an input knows what it is sent again. */
import type { ClickHouseClient } from '@clickhouse/client'
import { messageOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/log.ts'
import { pause } from '../runtime/shutdown.ts'
import type { Known, Recall } from './input/definition.ts'

/** What recalling takes. */
export interface RecallContext {
  connect: () => ClickHouseClient
  database: string
  cluster?: string | undefined
  /** Resolves when the store is ready and has what an earlier run left in the spool. */
  recovered: () => Promise<void>
  log: Pick<Logger, 'info' | 'warn'>
}

/** Makes {@link Recall} over the tables; a store that is away is asked again until it answers. */
export function createRecall ({ connect, database, cluster, recovered, log }: RecallContext): Recall {
  return async (source, { age, records }, known, signal) => {
    await unlessAborted(recovered(), signal)
    const client = connect()
    try {
      for (let delay = 100; !signal.aborted; delay = Math.min(delay * 2, 10_000)) {
        try {
          const count = await read(client, { database, cluster, source, age: Math.ceil(age / 1000), records }, known)
          log.info({ source, records: count }, 'input knows what is stored')
          return
        } catch (error) {
          log.warn({ source, reason: messageOf(error) }, 'cannot ask the store what it has; trying again')
          await pause(delay, signal)
        }
      }
    } finally {
      await client.close()
    }
    throw new Error('the input ends')
  }
}

interface Asked { database: string, cluster: string | undefined, source: string, age: number, records: number }

/**
 * An event has no column for when it was stored, and may be old when it is sent: what is new is in parts that were written lately. Merges
 * make parts that hold older rows too, which does no harm.
 */
async function read (client: ClickHouseClient, { cluster, ...params }: Asked, known: Known): Promise<number> {
  const parts = cluster === undefined ? 'system.parts' : 'clusterAllReplicas({cluster:String}, system.parts)'
  const events = `SELECT event_id, request_id, source_offset, toUnixTimestamp64Milli(time) FROM {database:Identifier}.requests
    WHERE source = {source:String} AND _part IN (SELECT name FROM ${parts} WHERE database = {database:String}
      AND table IN ('requests', 'requests_local') AND active AND modification_time >= now() - {age:UInt32})
    ORDER BY time DESC LIMIT {records:UInt64}`
  const rejects = `SELECT source_offset FROM {database:Identifier}.rejected
    WHERE source = {source:String} AND rejected_at >= now() - {age:UInt32} ORDER BY rejected_at DESC LIMIT {records:UInt64}`
  const all = { ...params, ...cluster === undefined ? {} : { cluster } }
  const count = await each(client, events, all, ([id = '', own = '', offset, time]) => {
    known.addEvent({ event_id: id, request_id: own, source_offset: Number(offset), time: Number(time) })
  })
  return count + await each(client, rejects, params, ([offset]) => { known.addReject(Number(offset)) })
}

async function each (
  client: ClickHouseClient, query: string, params: Record<string, unknown>, tell: (values: string[]) => void
): Promise<number> {
  const result = await client.query({ query, query_params: params, format: 'TabSeparated' })
  let count = 0
  for await (const rows of result.stream()) {
    for (const { text } of rows) {
      // A request id is published only without what a line of text would escape.
      tell(text.split('\t'))
      count++
    }
  }
  return count
}

async function unlessAborted (promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const settled = new AbortController()
  await Promise.race([promise, pause(2 ** 31 - 1, AbortSignal.any([signal, settled.signal]))])
  settled.abort()
}
