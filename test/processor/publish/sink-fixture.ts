import type { TestContext } from 'node:test'
import type { ClickHouseClient } from '@clickhouse/client'
import type { EventBatch, Telemetry } from '../../../services/processor/contract.ts'
import type { EnrichedEvent, Reject } from '../../../services/processor/event.ts'
import { createClickhouseSink } from '../../../services/processor/publish/clickhouse.ts'
import { clickhouseSchema } from '../../../services/processor/publish/options.ts'
import type { ClickhouseSink } from '../../../services/processor/publish/clickhouse.ts'
import { createLog } from '../../../services/runtime/log.ts'
import type { Logger } from '../../../services/runtime/log.ts'
import type { Target } from '../../../services/processor/publish/insert.ts'
import { migrate } from '../../../services/store/migrate.ts'
import { connect, openStore } from '../../store/fixture.ts'
import { makeEvent } from '../event-fixture.ts'
import { prepareTables } from '../store-fixture.ts'

export interface OpenSink {
  sink: ClickhouseSink
  /** Newest value of each gauge, sum of each counter, count of each histogram. */
  values: Map<string, number>
  /** Resolves once the gauge has the value. */
  until (metric: string, test: (value: number) => boolean): Promise<void>
  close (): Promise<void>
}

export interface SinkSettings {
  url: string
  state: string
  spoolBytes?: number
  compression?: boolean
  prepare?: (client: ClickHouseClient) => Promise<void>
  log?: Logger
}

/** Opens a ClickHouse sink that is closed with the test. */
export async function openSink (t: TestContext, settings: SinkSettings): Promise<OpenSink> {
  const { url, state, spoolBytes, compression, prepare = prepareTables, log = createLog('test', 'silent') } = settings
  const values = new Map<string, number>()
  const waiting = new Set<() => void>()
  const put = (metric: string, value: number): void => {
    values.set(metric, value)
    for (const wake of waiting) wake()
  }
  const telemetry: Telemetry = {
    add: (metric, _labels, value) => put(metric, (values.get(metric) ?? 0) + value),
    set: (metric, _labels, value) => put(metric, value),
    record: (metric) => put(metric, (values.get(metric) ?? 0) + 1),
  }
  const options = clickhouseSchema.parse({ url, compression, request_timeout: '10m', ...spoolBytes === undefined ? {} : { spool: { max_bytes: spoolBytes } } })
  const sink = await createClickhouseSink(options, { state, telemetry, log, prepare })
  let closed = false
  const close = async (): Promise<void> => {
    if (!closed) await sink.close()
    closed = true
  }
  t.after(close)
  const until = (metric: string, test: (value: number) => boolean): Promise<void> => new Promise((resolve) => {
    const look = (): void => {
      if (!test(values.get(metric) ?? NaN)) return
      waiting.delete(look)
      resolve()
    }
    waiting.add(look)
    look()
  })
  return { sink, values, until, close }
}

/** A store of its own with all tables, for the tests of one file. */
export async function openTarget (): Promise<{ target: Target, close (): Promise<void> }> {
  const store = await openStore()
  const target = { client: connect(store.url), database: 'gatelens' }
  await migrate(target.client, { database: 'gatelens' })
  const close = async (): Promise<void> => {
    await target.client.close()
    await store.close()
  }
  return { target, close }
}

/** A batch of one range of the input `test`. Events that have no source of their own stand in it one after the other. */
export function makeBatch (partition: string, from: number, events: EnrichedEvent[], rejects: Reject[] = []): EventBatch {
  const source = `test:${partition}`
  const placed = events.map((event, index) =>
    event.source === makeEvent().source ? { ...event, source, source_offset: from + index } : event)
  return { range: { input: 'test', partition, from, to: from + 1000 }, events: placed, rejects }
}

/** A reject at an offset of the source of `makeBatch`, as a record that is cut off gives. */
export function makeReject (offset: number): Reject {
  return { reason: 'invalid_json', detail: 'at column 1', source: 'test:a', source_offset: offset, length: 12 }
}
