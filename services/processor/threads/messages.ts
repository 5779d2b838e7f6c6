/** What the main thread and those that take batches through the stages tell each other. */
import type { MessagePort } from 'node:worker_threads'
import type { CompiledCatalog } from '../catalog/compile.ts'
import type { Positions, RecordBatch } from '../contract.ts'
import type { PrivacyOptions } from '../enrich/privacy.ts'
import type { FilterRules } from '../filter/filter.ts'
import type { FormatConfig } from '../format.ts'
import type { FramingConfig } from '../framing.ts'
import type { Columns } from '../observe/columns.ts'
import type { Part } from '../publish/encoded-batch.ts'
import type { SinkConfig } from '../sinks.ts'
import type { Tally } from '../stage-run.ts'
import type { PackedRecords } from './packed-records.ts'

/** What the stages of every thread are made of. */
export interface StageSetup {
  /** Formats and framings of the inputs; a batch names its input by the place here. */
  inputs: ReadonlyArray<{ format: FormatConfig, framing: FramingConfig | undefined }>
  privacy: PrivacyOptions
  /** Key of the hashes where `privacy` has none. */
  key: Uint8Array
  filter: FilterRules
  /** The sinks besides the store. */
  sinks: readonly SinkConfig[]
}

/** What a thread is told at its start: it asks over `port`, and sleeps on `bell` until the answer is there. */
export interface ThreadSetup extends StageSetup { catalog: CompiledCatalog, port: MessagePort, bell: SharedArrayBuffer }

/** A batch for a thread. */
export interface ThreadBatch extends Pick<RecordBatch, 'range' | 'source' | 'rejects'> {
  kind: 'batch'
  format: number
  positions: Positions | undefined
  records: PackedRecords
}

/** From the next batch on, another catalog. */
export interface ThreadCatalog { kind: 'catalog', catalog: CompiledCatalog }

/** How full a cache of the thread is, and how many values it has thrown out. */
export interface CacheFigures { name: string, entries: number, evictions: number }

/** What became of a batch: what each sink takes, the store's first. Threads answer in the order in which they were given batches. */
export interface ThreadResult { kind: 'done', encoded: Part[][], tally: Tally, columns: Columns, caches: CacheFigures[] }

/** What a thread says: that it takes batches, or what became of one. */
export type ThreadMessage = { kind: 'ready' } | ThreadResult
