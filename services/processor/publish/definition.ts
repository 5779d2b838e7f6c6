import { z } from 'zod'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Logger } from '../../runtime/log.ts'
import { byteSize } from '../../runtime/units.ts'
import type { BatchEncoder } from '../contract.ts'
import type { EncodedBatch, Part } from './encoded-batch.ts'

/** Begins a batch: it ends as the bytes that a place takes, or none when nothing of it goes there. Only published fields are in them. */
export type BeginBatch<P extends Part = Part> = () => BatchEncoder<P[]>

/** Where batches end: how one becomes bytes, and how the place that takes them is opened. What waits for it waits in a spool. */
export interface Destination<P extends Part = Part> extends Connecting<P> { encoder: BeginBatch<P> }

/** A place that batches can be brought to. */
export interface Connecting<P extends Part = Part> {
  /**
   * Makes the place ready. Called again, with growing pauses, until it succeeds; rejects with a GatelensError that is not retriable when
   * only a person can help, which ends the processor.
   */
  connect (): Promise<Connection<P>>
}

/** A place that is ready to take batches. */
export interface Connection<P extends Part = Part> {
  /**
   * Brings a batch there, and resolves once it is durable: with the number of events that were refused for their content. With `again` some
   * or all of it may be there, which must not be doubled. Rejects with what may pass: the same batch then comes again.
   */
  deliver (encoded: EncodedBatch<P>, again: boolean): Promise<number>
  close (): Promise<void>
}

/** What a sink may use of the processor that it runs in. */
export interface SinkContext {
  /** Folder that relative paths start from. */
  base: string
  log: Logger
  /** Makes the tables of a database and checks their version. Throws SCHEMA_NEWER and SCHEMA_DIFFERENT for good. */
  prepareStore: (client: ClickHouseClient, target: StoreTarget) => Promise<unknown>
}

/** A database, as it shall be. */
export interface StoreTarget {
  database: string
  cluster?: string | undefined
  /** How long rows stay, ms, by table. */
  retention: Readonly<Record<string, number | undefined>>
  log: Logger
}

/** A kind of sink: one file that exports one of these, and one line in the registry (`index.ts`). */
export interface SinkDefinition<Type extends string = string, Options extends z.ZodObject = z.ZodObject, P extends Part = Part> {
  /** The word in the configuration: `type: file`. */
  type: Type
  /** The options, those of {@link sinkShape} among them. */
  options: Options
  /** What a sink of this kind must be told at the least, for the documentation and the tests. */
  example: Readonly<Record<string, unknown>>
  /** What becomes of a batch that comes again, a sentence for the documentation. */
  redelivery: string
  /** Makes what encodes its batches. Called on every thread that does; loads what it needs of large files then. */
  encoder (options: z.output<Options>): BeginBatch<P> | Promise<BeginBatch<P>>
  /** Makes the place that takes them; opens nothing yet. */
  create (options: z.output<Options>, context: SinkContext): Connecting<P> | Promise<Connecting<P>>
}

/** Defines a kind of sink; the types of its options follow from their schema. */
export function defineSink<Type extends string, Options extends z.ZodObject, P extends Part> (
  definition: SinkDefinition<Type, Options, P>
): SinkDefinition<Type, Options, P> {
  return definition
}

/** `spool` of every sink. */
export const spoolSchema = z.strictObject({
  max_bytes: byteSize.default(1024 ** 3).describe('Most bytes that wait on disk for the sink.'),
})

/** The options that all further sinks have. */
export function sinkShape<Type extends string> (type: Type): {
  type: z.ZodLiteral<Type>, name: z.ZodDefault<z.ZodString>, spool: z.ZodPrefault<typeof spoolSchema>, when_full: z.ZodDefault<z.ZodEnum<{ block: 'block', drop: 'drop' }>>
} {
  return {
    type: z.literal(type),
    name: z.string().regex(/^[\w-]+$/, 'letters, digits, _ and - only').default(type).describe('Label of its metrics and name of its folder in the spool.'),
    spool: spoolSchema.prefault({}),
    when_full: z.enum(['block', 'drop']).default('block')
      .describe('When its spool is full: block holds up the inputs; drop throws away the batches that wait longest, and counts their events.'),
  }
}
