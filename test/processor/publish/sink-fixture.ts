import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ClickHouseClient } from '@clickhouse/client'
import type { EnrichedEvent, Reject } from '../../../services/processor/event.ts'
import { createClickhouse } from '../../../services/processor/publish/clickhouse.ts'
import type { Destination } from '../../../services/processor/publish/definition.ts'
import { clickhouseSchema } from '../../../services/processor/publish/options.ts'
import { SpooledSink } from '../../../services/processor/publish/spooled-sink.ts'
import { spoolFolder } from '../../../services/processor/sinks.ts'
import { createLog } from '../../../services/runtime/log.ts'
import type { Logger } from '../../../services/runtime/log.ts'
import type { Target } from '../../../services/processor/publish/insert.ts'
import { connect, openStore } from '../../store/fixture.ts'
import { temporaryFolder } from '../../folder.ts'
import { makeEvent } from '../event-fixture.ts'
import { copyPreparedStore } from '../prepared-store.ts'
import { prepareTables } from '../store-fixture.ts'
import type { EventBatch } from './whole-batch.ts'

export interface OpenSink {
  sink: SpooledSink
  /** What the sink told last of itself, and by the names of series the sums of counters and the counts of histograms. */
  values: Map<string, number>
  /** Resolves once what was told last passes. */
  until (told: string, test: (value: number) => boolean): Promise<void>
  close (): Promise<void>
}

export interface SinkSettings {
  state: string
  spoolBytes?: number
  whenFull?: 'block' | 'drop'
  patience?: number
  log?: Logger
}

export interface StoreSettings extends SinkSettings {
  url: string
  compression?: boolean
  prepare?: (client: ClickHouseClient) => Promise<void>
}

/** Opens the store's sink, which is closed with the test. */
export async function openSink (t: TestContext, settings: StoreSettings): Promise<OpenSink> {
  const { url, compression, prepare = prepareTables, log = createLog('test', 'silent') } = settings
  const options = clickhouseSchema.parse({ url, compression, request_timeout: '10m' })
  return openDestination(t, createClickhouse(options, { log, prepare }) as Destination, { ...settings, name: 'store' })
}

/** Opens a sink in front of a destination; it is closed with the test. */
export async function openDestination (
  t: TestContext, destination: Destination, settings: SinkSettings & { name: string }
): Promise<OpenSink> {
  const { name, state, spoolBytes = 1024 ** 3, whenFull = 'block', patience, log = createLog('test', 'silent') } = settings
  const values = new Map<string, number>()
  const waiting = new Set<() => void>()
  const put = (what: string, value: number): void => {
    values.set(what, value)
    for (const wake of waiting) wake()
  }
  const sink = await SpooledSink.open({
    name,
    folder: spoolFolder(state, name),
    maxBytes: spoolBytes,
    whenFull,
    unavailable: 'STORE_UNREACHABLE',
    ...patience === undefined ? {} : { patience },
    telemetry: {
      add: (metric, _labels, value) => put(metric, (values.get(metric) ?? 0) + value),
      record: (metric) => put(metric, (values.get(metric) ?? 0) + 1),
    },
    readiness: {
      sink: (_name, told) => { for (const [key, value] of Object.entries(told)) put(key, Number(value)) },
      state: (_what, isWritable) => put('writable', Number(isWritable)),
    },
    log,
  }, destination)
  let closed = false
  const close = async (): Promise<void> => {
    if (!closed) await sink.close()
    closed = true
  }
  t.after(close)
  const until = (told: string, test: (value: number) => boolean): Promise<void> => new Promise((resolve) => {
    const look = (): void => {
      if (!test(values.get(told) ?? NaN)) return
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
  const folder = join(temporaryFolder(), 'store')
  await copyPreparedStore(folder)
  const store = await openStore({ folder })
  const target = { client: connect(store.url), database: 'gatelens' }
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
