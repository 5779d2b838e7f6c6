import { isReject, sourceOf } from './contract.ts'
import type { Decoder, Enricher, Filter, Input, Kept, Landed, Locator, Observer, RecordBatch, Sink, Telemetry } from './contract.ts'
import type { AccessEvent, EnrichedEvent, LocatedEvent, Reject } from './event.ts'

/** The parts of one pipeline, in the order of the flow. */
export interface Parts {
  input: Input
  decode: Decoder
  locate: Locator
  filter: Filter
  enrich: Enricher
  observe: Observer
  sink: Sink
  telemetry: Pick<Telemetry, 'add' | 'set'>
  /** Wall clock, epoch ms: for the lag only. */
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
  const { decode, locate, drop, enrich, observe, publish, report } = instrument(parts, (error) => fail(error))
  const flow = async (): Promise<void> => {
    let publishing = Promise.resolve()
    for await (const batch of parts.input) {
      const decoded = decode(batch)
      const located = locate(decoded.events)
      const kept = drop(located)
      const enriched = enrich(kept)
      observe(enriched)
      await publishing
      const outcome = { published: enriched.length, filtered: located.length - kept.length, rejects: decoded.rejects }
      publishing = publish(batch, enriched, outcome)
      publishing.catch(fail)
      report(batch, enriched)
    }
    await publishing
  }
  await Promise.race([flow(), failure])
}

/** How far ahead of the wall clock a request may stand and still tell how old the input is. */
const futureMs = 300_000

/** What becomes of the records of one batch, once it has landed. */
interface Tally { published: number, filtered: number, rejects: Reject[] }

interface Stages {
  decode (batch: RecordBatch): { events: AccessEvent[], rejects: Reject[] }
  locate: Locator
  drop (events: LocatedEvent[]): LocatedEvent[]
  enrich: Enricher
  observe: Observer
  publish (batch: RecordBatch, events: EnrichedEvent[], tally: Tally): Promise<void>
  report (batch: RecordBatch, events: EnrichedEvent[]): void
}

/** Wraps every stage once: what came in, what came out, and the seconds between. The stages know nothing of it. */
function instrument (parts: Parts, fail: (error: unknown) => void): Stages {
  const { input, decode, locate, filter, enrich, observe, sink, telemetry, clock = Date.now } = parts
  const spent = (stage: string, since: number): void =>
    telemetry.add('gatelens_stage_seconds_total', { stage }, (performance.now() - since) / 1000)
  const timed = <In, Out> (stage: string, run: (input: In) => Out) => (input: In): Out => {
    const since = performance.now()
    const output = run(input)
    spent(stage, since)
    return output
  }
  return {
    decode: timed('decode', (batch) => {
      const decoded = decodeBatch(batch, decode)
      telemetry.add('gatelens_events_total', { outcome: 'received' }, decoded.events.length + decoded.rejects.length)
      telemetry.set('gatelens_last_record_timestamp_seconds', {}, clock() / 1000)
      return decoded
    }),
    locate: timed('normalize', locate),
    drop: timed('filter', (events) => events.filter((event) => !filter(event))),
    enrich: timed('enrich', enrich),
    observe: timed('observe', observe),
    publish: async (batch, events, tally) => {
      const since = performance.now()
      const commit = createCommit(batch, input.durable ?? 'spool', fail)
      const { range, again } = batch
      await sink.write({ range, events, rejects: tally.rejects, again }, createLanding(tally, telemetry, commit.landed))
      await commit.written()
      spent('publish', since)
    },
    report: ({ range }, events) => {
      const now = clock()
      // A request from far ahead has a wrong clock; it must not make an input that lags look up to date.
      const newest = events.reduce((time, event) => event.time <= now + futureMs ? Math.max(time, event.time) : time, 0)
      if (newest > 0) telemetry.set('gatelens_input_lag_seconds', { input: range.input }, Math.max(0, now - newest) / 1000)
    },
  }
}

/** What is told when a batch has landed. It may be kept for long, and keeps nothing of the batch but its tally. */
function createLanding (tally: Tally, telemetry: Parts['telemetry'], landed: () => void): Landed {
  return (refused) => {
    count(telemetry, tally, refused)
    landed()
  }
}

/** Commits a batch once it is where its input wants it. It is written first, and has landed then or lands later. */
function createCommit ({ commit, spooled }: RecordBatch, durable: Kept, fail: (error: unknown) => void): Commit {
  let isWritten = false
  let hasLanded = false
  return {
    landed: () => {
      hasLanded = true
      if (isWritten && durable === 'store') commit().catch(fail)
    },
    written: async () => {
      isWritten = true
      if (hasLanded || durable === 'spool') await commit()
      else spooled?.()
    },
  }
}

interface Commit { landed (): void, written (): Promise<void> }

function decodeBatch (batch: RecordBatch, decode: Decoder): { events: AccessEvent[], rejects: Reject[] } {
  const source = sourceOf(batch.range)
  const events: AccessEvent[] = []
  const rejects: Reject[] = [...batch.rejects ?? []]
  for (const record of batch.records) {
    const value = decode(record, source)
    if (isReject(value)) rejects.push(value)
    else events.push(value)
  }
  return { events, rejects }
}

/** Counts a batch that has landed: received = published + filtered + rejected, save for what is on its way. */
function count (telemetry: Parts['telemetry'], { published, filtered, rejects }: Tally, refused: number): void {
  const outcomes = { published: published - refused, filtered, rejected: rejects.length + refused }
  for (const [outcome, number] of Object.entries(outcomes)) telemetry.add('gatelens_events_total', { outcome }, number)
  const reasons = new Map<string, number>(refused > 0 ? [['refused_by_store', refused]] : [])
  for (const { reason } of rejects) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  for (const [reason, number] of reasons) telemetry.add('gatelens_rejects_total', { reason }, number)
}
