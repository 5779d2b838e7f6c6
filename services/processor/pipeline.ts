import { sourceOf } from './contract.ts'
import type {
  Decoded, Decoder, Delivered, Enricher, Filter, Input, Kept, LagWatch, Normalize, Observer, Positions, RecordBatch, Sink, Telemetry,
  Ticket, WriteBatch,
} from './contract.ts'
import type { AccessEvent, NormalizedEvent, Reject } from './event.ts'
import { decodeRecords } from './records.ts'

/** The parts of one pipeline, in the order of the flow. */
export interface Parts {
  input: Input
  decoder: Decoder
  normalize: Normalize
  filter: Filter
  enrich: Enricher
  observe: Observer
  /** Makes durable what the stages have learned, such as inferred routes: what a batch was given may not change once it is published. */
  save: () => Promise<void>
  sink: Sink
  telemetry: Pick<Telemetry, 'add' | 'set'>
  lag: Pick<LagWatch, 'take'>
  /** Wall clock, epoch ms: for the time of the newest record only. */
  clock?: () => number
}

/**
 * Runs until the input ends; then everything is committed. While a batch is on its way into the sink the next one is
 * read and decoded; commits come in the order of the input. Rejects with the first failure, also while the input rests;
 * the batches from there on are not committed. The caller then ends the input.
 */
export async function runPipeline (parts: Parts): Promise<void> {
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_resolve, reject) => { fail = reject })
  const { decode, normalize, drop, enrich, observe, begin, publish } = instrument(parts, (error) => fail(error))
  const prepare = (batch: RecordBatch): Prepared => {
    const encoder = begin()
    const tally: Tally = { input: batch.range.input, published: 0, filtered: 0, rejects: [], repeated: 0 }
    let oldest = Infinity
    for (const portion of portionsOf(batch)) {
      const { events, rejects, repeated } = decode(portion)
      oldest = Math.min(oldest, oldestOf(events))
      const normalized = normalize(events)
      const kept = drop(normalized)
      const enriched = enrich(kept)
      observe(enriched)
      encoder.add(enriched)
      tally.published += enriched.length
      tally.filtered += normalized.length - kept.length
      tally.rejects.push(...rejects)
      tally.repeated += repeated
    }
    return { batch, write: encoder.end(tally.rejects), tally, ticket: parts.lag.take(batch.range.input, oldest) }
  }
  const records = parts.input[Symbol.asyncIterator]()
  const next = async (): Promise<(() => Promise<void>) | undefined> => {
    const { value, done } = await records.next()
    return done === true ? undefined : once(publish, prepare(value))
  }
  const flow = async (): Promise<void> => {
    let publishing = Promise.resolve()
    try {
      for (let release = await next(); release !== undefined; release = await next()) {
        await publishing
        publishing = release()
        publishing.catch(fail)
      }
    } finally {
      await records.return?.()
    }
    await publishing
  }
  await Promise.race([flow(), failure])
}

/**
 * Calls with the argument the first time, and holds on to it no longer. A function that waits keeps whatever its variables
 * held last; a batch is tens of megabytes, and would still be there while the next one is decoded.
 */
function once<In, Out> (run: (input: In) => Out, input: In): () => Out {
  const held = [input]
  return () => run(held.pop() as In)
}

/** So many records go through all stages at once: what becomes of them is done with while it is young, and in the processor's caches. */
const portionSize = 500

/** The records of a batch, portion by portion; all at once where what was delivered before is taken out of them. */
function * portionsOf (batch: RecordBatch): Generator<RecordBatch> {
  const { records, sift } = batch
  const size = sift === undefined ? portionSize : Infinity
  for (let from = 0; from === 0 || from < records.length; from += size) {
    const portion = from === 0 && records.length <= size ? records : records.slice(from, from + size)
    yield { ...batch, records: portion, rejects: from === 0 ? batch.rejects ?? [] : [] }
  }
}

/** A batch that is encoded for the sink. */
interface Prepared { batch: RecordBatch, write: WriteBatch, tally: Tally, ticket: Ticket }

/** What becomes of the records of one batch, once it is delivered. */
interface Tally {
  /** Id of the input. */
  input: string
  published: number
  filtered: number
  rejects: Reject[]
  /** How many were delivered before. */
  repeated: number
}

interface Stages {
  decode (portion: RecordBatch): Decoded & Pick<Tally, 'repeated'>
  normalize: Normalize
  drop (events: NormalizedEvent[]): NormalizedEvent[]
  enrich: Enricher
  observe: Observer
  begin: Sink['begin']
  publish (prepared: Prepared): Promise<void>
}

/** Wraps every stage once: what came in, what came out, and the seconds between. The stages know nothing of it. */
function instrument (parts: Parts, fail: (error: unknown) => void): Stages {
  const { input, decoder, normalize, filter, enrich, observe, save, sink, telemetry, clock = Date.now } = parts
  const spent = (stage: string, since: number): void =>
    telemetry.add('gatelens_stage_seconds_total', { stage }, (performance.now() - since) / 1000)
  const timed = <In, Out> (stage: string, run: (input: In) => Out) => (input: In): Out => {
    const since = performance.now()
    const output = run(input)
    spent(stage, since)
    return output
  }
  return {
    decode: timed('decode', (portion) => {
      const received = decodeBatch(portion, decoder, input.positions)
      const decoded = portion.sift?.(received) ?? received
      telemetry.add('gatelens_events_total', { input: portion.range.input, outcome: 'received' }, sizeOf(received))
      telemetry.set('gatelens_last_record_timestamp_seconds', { input: portion.range.input }, clock() / 1000)
      return { ...decoded, repeated: sizeOf(received) - sizeOf(decoded) }
    }),
    normalize: timed('normalize', normalize),
    drop: timed('filter', (events) => events.filter((event) => !filter(event))),
    enrich: timed('enrich', enrich),
    observe: timed('observe', observe),
    begin: () => {
      const encoder = sink.begin()
      return { add: timed('encode', encoder.add), end: timed('encode', encoder.end) }
    },
    publish: ({ batch, write, tally, ticket }) => {
      const since = performance.now()
      const commit = createCommit(batch, ticket, { durable: input.durable ?? 'spool', fail })
      const { range, again, spool } = batch
      const delivery = createDelivery(tally, telemetry, commit.delivered)
      const run = once((encoded: WriteBatch) => encoded({ range, again, spool }, delivery), write)
      return save().then(run).then(commit.written).then(() => spent('publish', since))
    },
  }
}

/** What is told when a batch is delivered. It may be kept for long, and keeps nothing of the batch but its tally. */
function createDelivery (tally: Tally, telemetry: Parts['telemetry'], delivered: () => void): Delivered {
  return (refused) => {
    count(telemetry, tally, refused)
    delivered()
  }
}

interface Commit { delivered (): void, written (): Promise<void> }

/** Commits a batch once it is where its input wants it. It is written first, and is delivered then or later. */
function createCommit (
  { commit, spooled }: RecordBatch, ticket: Ticket, { durable, fail }: { durable: Kept, fail: (error: unknown) => void }
): Commit {
  let isWritten = false
  let isDelivered = false
  const finish = async (): Promise<void> => {
    await commit()
    ticket.committed()
  }
  return {
    delivered: () => {
      isDelivered = true
      if (isWritten && durable === 'store') finish().catch(fail)
    },
    written: async () => {
      isWritten = true
      if (isDelivered || durable === 'spool') return finish()
      ticket.spooled()
      spooled?.()
    },
  }
}

function sizeOf ({ events, rejects }: Decoded): number {
  return events.length + rejects.length
}

/** Epoch ms of the oldest event; Infinity without one. */
function oldestOf (events: AccessEvent[]): number {
  let oldest = Infinity
  for (const { time } of events) if (time < oldest) oldest = time
  return oldest
}

function decodeBatch (batch: RecordBatch, decoder: Decoder, positions?: Positions): Decoded {
  const decoded = { events: [], rejects: [...batch.rejects ?? []] }
  return decodeRecords(batch.records, batch.source ?? sourceOf(batch.range), decoder, decoded, positions)
}

/** Counts a batch that is delivered: received = published + filtered + rejected + repeated, save for what is on its way. */
function count (telemetry: Parts['telemetry'], { input, published, filtered, rejects, repeated }: Tally, refused: number): void {
  const outcomes = { published: published - refused, filtered, rejected: rejects.length + refused, repeated }
  for (const [outcome, number] of Object.entries(outcomes)) telemetry.add('gatelens_events_total', { input, outcome }, number)
  const reasons = new Map<string, number>(refused > 0 ? [['refused_by_store', refused]] : [])
  for (const { reason } of rejects) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  for (const [reason, number] of reasons) telemetry.add('gatelens_rejects_total', { input, reason }, number)
}
