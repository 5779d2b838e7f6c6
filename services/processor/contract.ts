import type { AccessEvent, EnrichedEvent, NormalizedEvent, Reject } from './event.ts'
import type { MetricName } from './observe/metrics.ts'

/** One raw entry as the gateway wrote it, without its line end. */
export interface RawRecord {
  bytes: Buffer
  /** Position in the input: a byte of a file, an offset of a Kafka partition. */
  offset: number
  /** What the input has put the record together of, in words; it is out of that framing. Left out for a record that came whole. */
  pieces?: string
}

/** A contiguous range of one input, `[from, to)`: the unit of insert, of deduplication and of commit. */
export interface Range {
  /** Input id, as configured or derived from the path. */
  input: string
  /** What the positions count in: a generation of a file, a topic partition. Changes when positions start anew. */
  partition: string
  from: number
  to: number
}

/**
 * Records of one range. The input has made the intent `{from, to}` durable before it hands a batch out, so that after
 * a crash exactly this range comes again, first.
 */
export interface RecordBatch {
  range: Range
  records: RawRecord[]
  /** What the input itself had to refuse, such as a record too long to be held. Counts as received. */
  rejects?: Reject[]
  /** True when the range may have been written before: its intent was pending when this reader came to it. */
  again?: boolean
  /** The source of the records, where their offsets do not count what the range counts; {@link sourceOf} the range without it. */
  source?: string
  /** True when nobody could give this batch again: the spool then has it before the store is asked. */
  spool?: boolean
  /** Takes out what was delivered before, where senders may send something twice. Called once, with all that the records gave. */
  sift? (decoded: Decoded): Decoded
  /** Moves the durable position to `range.to`. Call it after everything of the batch is where its input wants it. */
  commit (): Promise<void>
  /** Tells an input whose batches must reach the store that this one waits in the spool: the next may follow. */
  spooled? (): void
}

/** A replayable log. Iteration ends when the input is exhausted (files that are not followed) or the signal aborts. */
export interface Input extends AsyncIterable<RecordBatch> {
  /**
   * Where a batch must be before it may be committed: `spool` (the default) when the spool lasts as long as the input's
   * own positions; `store` when another machine, without this one's disk, may have to go on behind what is committed.
   */
  readonly durable?: Kept
  /** What the offsets of its records count; `bytes` is the default. */
  readonly positions?: Positions
}

/**
 * What the offsets of an input count. `bytes`: a record that stands within another has a place of its own. `messages`: the next
 * offset is the next message's, so that all records of a message have its offset.
 */
export type Positions = 'bytes' | 'messages'

/**
 * How the records of a log format are written: `json` = one JSON object each, `lines` = one line of text each. Wrappers of
 * collectors (Docker, CRI, syslog, journald, …) are opened around both; arrays, printed objects and objects side by side
 * are looked for in `json` only.
 */
export type Framing = 'json' | 'lines'

/**
 * What became of one record. Most give one event or reject; a list holds none (a heading), or several, each with a
 * `source_offset` of its own within the record.
 */
export type Decoding = AccessEvent | Reject | ReadonlyArray<AccessEvent | Reject>

/** What became of records, in their order. */
export interface Decoded { events: AccessEvent[], rejects: Reject[] }

/** Turns one record into events or rejects. Pure; never throws, whatever the bytes. */
export type Decode = (record: RawRecord, source: string) => Decoding

/** A log format with its options, ready for use. */
export interface Decoder {
  framing: Framing
  decode: Decode
  /** How records are found; without it they are looked for in every known wrapper, where a record is refused. */
  unframe?: Unframe
}

/** A framing that was named: how its records are found in what an input gives. */
export interface Unframe {
  name: string
  open: Open
  unit: Unit
  pieces: readonly PieceKind[]
}

/**
 * What stands for one record in the bytes of an input. `value`: a line, an object that is printed over several lines, or one of the
 * objects of a very long line. `line`: a line. `message`: all of a POSTed body or of a Kafka message; a line of files and pipes.
 */
export type Unit = 'value' | 'line' | 'message'

/** The records of a line, none for a blank one; or what the line should have been. Pure; never throws, whatever the bytes. */
export type Open = (record: RawRecord) => RawRecord[] | string

/** A way in which collectors cut long lines into pieces, each of them in a line of its own. */
export interface PieceKind {
  name: string
  /** A quick look at where a line starts: false when it is no piece of this kind, nor a whole line of that framing. */
  starts (buffer: Buffer, at: number): boolean
  /** What a line that starts so is; undefined when it is none of that framing after all. Pieces of one stream belong together. */
  read (line: Buffer): { stream: string, isLast: boolean } | undefined
  /** What is in a line that was read, which may end in a line end; undefined when the line is damaged. */
  contentOf (line: Buffer): Buffer | undefined
  /** False for content that is no first piece after all; left out where the line itself says so for sure. */
  mayBegin? (content: Buffer): boolean
}

/** Adds route and outcome to each event, in place. Pure otherwise. */
export type Normalize = (events: AccessEvent[]) => NormalizedEvent[]

/** Adds catalog metadata, partner and the privacy-safe fields to each event, in place. Pure otherwise. */
export type Enricher = (events: NormalizedEvent[]) => EnrichedEvent[]

/** True for an event that the configuration told us to drop. */
export type Filter = (event: NormalizedEvent) => boolean

/** Which batch a sink is given. */
export interface BatchPlace {
  range: Range
  /** True when the range may have been written before: the sink then looks what is there. */
  again?: boolean
  /** True when the batch must be in the spool before the store is asked. */
  spool?: boolean
}

/** Where a batch is durable once it is written: in the store itself, or in a spool on this machine that waits for it. */
export type Kept = 'store' | 'spool'

/** Told once a batch has reached its end, with the number of events that were refused for their content. */
export type Delivered = (refused: number) => void

/**
 * Takes what became of the records of one batch, portion by portion, and holds nothing of an event afterwards: a batch of events would
 * be tens of megabytes that outlive the collections of young objects. Between the begin of a batch and its end nothing else may run.
 */
export interface BatchEncoder<Encoded> {
  add (events: readonly EnrichedEvent[]): void
  end (rejects: readonly Reject[]): Encoded
}

/**
 * Writes a batch that was encoded; called once. Resolves when the batch is durable, and says where; a batch that is written again (same
 * range, and `again`) must change nothing. It retries what may pass by itself, and throws only what a person must mend.
 * `delivered` is called once the batch is where it belongs: at the latest then, or later when it had to wait somewhere.
 */
export type WriteBatch = (place: BatchPlace, delivered?: Delivered) => Promise<Kept>

/** Where events end. */
export interface Sink {
  begin (): BatchEncoder<WriteBatch>
  close (): Promise<void>
}

/** A sink that also takes batches which another thread has encoded. */
export interface ReceivingSink<Encoded> extends Sink {
  /** What a batch ends with whose encoder gave this. */
  receive (encoded: Encoded): WriteBatch
}

/** Sees every enriched batch once, in memory: series, live quotas. Must not throw. */
export type Observer = (events: EnrichedEvent[]) => void

/** The `source` of the events and rejects of a range: input id and partition; with the offset it finds the record again. */
export function sourceOf (range: Range): string {
  return `${range.input}:${range.partition}`
}

/** Tells an event from a reject. */
export function isReject (value: AccessEvent | Reject): value is Reject {
  return 'reason' in value
}

/**
 * Low-rate self-telemetry (per batch, never per event): counters, gauges and histograms of the registry in
 * `observe/metrics.ts`. Labels must be those that the registry names.
 */
export interface Telemetry {
  add (metric: MetricName, labels: Record<string, string>, value: number): void
  set (metric: MetricName, labels: Record<string, string>, value: number): void
  /** Records one duration, in seconds. */
  record (metric: MetricName, labels: Record<string, string>, seconds: number): void
}

/** How an input stands, as far as it has told. */
export interface InputState {
  /** What is not committed: bytes of files and pipes, records of Kafka. */
  lag_bytes: number
  lag_records: number
  lag_seconds: number
  stalled_seconds: number
  /** What of it cannot be read at the moment: files, or 1 for a Kafka group that cannot be joined or asked. */
  unreadable: number
}

/** How a sink stands, as far as it has told. */
export interface SinkState {
  up: boolean
  spool_bytes: number
  stalled_seconds: number
}

/** Told by the parts of the processor how they stand, whenever that changes: gauges, /readyz and the clock of detection follow from it. */
export interface Readiness {
  input (id: string, told: Partial<InputState>): void
  sink (name: string, told: Partial<SinkState>): void
  /** Whether something in the state folder can be written; each thing has its own name. */
  state (what: string, isWritable: boolean): void
  /** How long the newest evaluation of all rules took, in seconds. */
  detection (seconds: number): void
}

/** Knows how far the inputs are behind, also while nothing moves. */
export interface LagWatch {
  /** Notes a batch that was read; `oldest` is the time of its oldest event, epoch ms. */
  take (input: string, oldest: number): Ticket
  /** Notes whether the input has records that it could hand out and has not. */
  waits (input: string, waiting: boolean): void
  /** Tells `lag_seconds` and `stalled_seconds` of every input as they are at this moment. */
  tell (): void
}

/** What is still to be told of one batch. */
export interface Ticket {
  /** It waits in a spool: that is progress, but it is not committed. */
  spooled (): void
  committed (): void
}
