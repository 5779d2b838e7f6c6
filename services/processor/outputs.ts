/** Where events end: the store and the further sinks, each behind a spool of its own, as one. */
import type { ClickHouseClient } from '@clickhouse/client'
import type { ProcessorConfig } from './config.ts'
import type { ReceivingSink } from './contract.ts'
import { createClickhouse } from './publish/clickhouse.ts'
import type { Part } from './publish/encoded-batch.ts'
import { fanOut } from './publish/fan-out.ts'
import { SpooledSink } from './publish/spooled-sink.ts'
import { abandonedSpools, openSink, spoolFolder, storeName } from './sinks.ts'
import type { SinkSurroundings } from './sinks.ts'

export interface OutputsContext extends SinkSurroundings {
  /** Makes the store ready before the first insert; called again until it succeeds or fails for good. */
  prepare: (client: ClickHouseClient) => Promise<void>
}

export interface Outputs {
  sink: ReceivingSink<Part[][]>
  /** Rejects when one of them can take nothing any more until a person mends it. */
  done: Promise<unknown>
  /** Resolves when nothing waits in any spool any more. */
  settled (): Promise<void>
  /** Resolves when the store is ready and has what an earlier run left in its spool, or when it never will. */
  recovered (): Promise<void>
  /** Tells what changes while nothing happens. */
  tell (): void
}

/** Opens all of them; what earlier runs left in their spools is delivered first. Throws FOLDER_UNUSABLE. */
export async function openOutputs ({ store: options, sinks: configs }: Pick<ProcessorConfig, 'store' | 'sinks'>, context: OutputsContext): Promise<Outputs> {
  const { state, telemetry, readiness, log, prepare } = context
  const store = await SpooledSink.open({
    name: storeName,
    folder: spoolFolder(state, storeName),
    maxBytes: options.spool.max_bytes,
    whenFull: 'block',
    unavailable: 'STORE_UNREACHABLE',
    telemetry,
    readiness,
    log,
  }, createClickhouse(options, { log, prepare }))
  const others: SpooledSink[] = []
  try {
    for (const config of configs) others.push(await openSink(config, context))
    await warnOfAbandoned(context, configs.map(({ name }) => name))
  } catch (error) {
    await Promise.all([store, ...others].map((sink) => sink.close()))
    throw error
  }
  const all = [store, ...others]
  return {
    sink: fanOut(store, others),
    done: Promise.all(all.map((sink) => sink.done)),
    settled: async () => { await Promise.all(all.map((sink) => sink.settled())) },
    recovered: async () => store.recovered(),
    tell: () => { for (const sink of all) sink.tell() },
  }
}

async function warnOfAbandoned ({ state, log }: OutputsContext, names: readonly string[]): Promise<void> {
  const abandoned = await abandonedSpools(state, names).catch(() => [])
  for (const sink of abandoned) log.warn({ sink }, 'batches wait on disk for a sink that is not configured; they stay there')
}
