import type { z } from 'zod'
import type { Logger } from '../../runtime/log.ts'
import type { Input, LagWatch, Readiness, Telemetry } from '../contract.ts'
import type { AccessEvent } from '../event.ts'

/** What an input may use of the processor that it runs in. */
export interface InputContext {
  /** Folder of the checkpoints. */
  state: string
  /** Folder that relative paths start from. */
  base: string
  /** Aborts when no more batches are wanted. */
  signal: AbortSignal
  telemetry: Pick<Telemetry, 'add'>
  /** Told how the input stands. */
  readiness: Pick<Readiness, 'input' | 'state'>
  lag: Pick<LagWatch, 'waits'>
  log: Logger
  recall: Recall
  /**
   * How many more batches may be asked for before the records of one were read: those stay as they are as long. By default none: a batch
   * was read when the next is asked for.
   */
  ahead?: number
}

/**
 * Tells what the store has of a source already, so that an input whose senders repeat themselves knows it: the newest `records` of what was
 * stored in the last `age` ms. Waits until the store has what an earlier run left in the spool. Rejects when the signal aborts.
 */
export type Recall = (source: string, limits: { age: number, records: number }, known: Known, signal: AbortSignal) => Promise<void>

/** What is told of an event, as it was published; `time` is epoch ms. */
export type KnownEvent = Pick<AccessEvent, 'event_id' | 'request_id' | 'source_offset' | 'time'>

/** Told of each event, and of each reject by its offset. */
export interface Known { addEvent (event: KnownEvent): unknown, addReject (offset: number): unknown }

/**
 * `replayed`: the same ranges come again at the next start, first, and say so. `resent`: senders were not answered, and send the same
 * records again, which are at the same places. `lost`: what they were read from cannot be read twice.
 */
export type Uncommitted = 'replayed' | 'resent' | 'lost'

/** A kind of input: one file that exports one of these, and one line in the registry (`index.ts`). */
export interface InputDefinition<Type extends string = string, Options extends z.ZodObject = z.ZodObject> {
  /** The word in the configuration: `type: file`. */
  type: Type
  /** The options, `type`, `name` and `format` among them. */
  options: Options
  /** What an input of this kind must be told at the least, for the documentation and the tests. */
  example: Readonly<Record<string, unknown>>
  /** What becomes of batches that were handed out and not committed when the process ends. */
  uncommitted: Uncommitted
  /** Why a processor can have only one input of this kind, a sentence; left out where it may have many. */
  single?: string
  /** The id of the input with these options: it is the source of its events, and no two inputs of a processor share one. */
  idOf (options: z.output<Options>): string
  /** Makes the input; what it needs of large packages is loaded here, so that commands that only read configuration start quickly. */
  create (options: z.output<Options>, context: InputContext): Input | Promise<Input>
}

/** Defines a kind of input; the types of its options follow from their schema. */
export function defineInput<Type extends string, Options extends z.ZodObject> (
  definition: InputDefinition<Type, Options>
): InputDefinition<Type, Options> {
  return definition
}
