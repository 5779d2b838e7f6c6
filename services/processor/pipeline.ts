import type {
  Delivered, Input, Kept, LagWatch, RecordBatch, Sink, Telemetry, Ticket, WriteBatch,
} from './contract.ts'
import { runStages } from './stage-run.ts'
import type { StageRun, Tally } from './stage-run.ts'

/** The parts of one pipeline, in the order of the flow; `stage-run.ts` has the order of the stages. */
export interface Parts extends Omit<StageRun, 'positions'> {
  input: Input
  /** Takes batches through the stages elsewhere; without it that is done here. */
  threads?: StageThreads | undefined
  /** Makes durable what the stages have learned, such as inferred routes: what a batch was given may not change once it is published. */
  save: () => Promise<void>
  sink: Sink
  telemetry: Pick<Telemetry, 'add' | 'set'>
  lag: Pick<LagWatch, 'take'>
  /** Wall clock, epoch ms: for the time of the newest record only. */
  clock?: () => number
}

/** Other threads that take the batches of one input through the stages. */
export interface StageThreads {
  /** So many batches may be on their way while another one is read. Their records stay valid that long. */
  readonly ahead: number
  /** Calls overlap; they resolve in their order, after the batch was observed. */
  run (batch: RecordBatch): Promise<Staged>
}

/** A batch that is encoded for the sink. */
export interface Staged { write: WriteBatch, tally: Tally }

/** A batch without its content. */
type Committable = Omit<RecordBatch, 'records' | 'rejects' | 'sift'>

interface Prepared extends Staged { batch: Committable, ticket: Ticket }

/**
 * Runs until the input ends; then everything is committed. While a batch is on its way into the sink the next one is
 * read and decoded; commits come in the order of the input. Rejects with the first failure, also while the input rests;
 * the batches from there on are not committed. The caller then ends the input.
 */
export async function runPipeline (parts: Parts): Promise<void> {
  const { input, threads, lag } = parts
  const ahead = threads?.ahead ?? 1
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_resolve, reject) => { fail = reject })
  const publish = createPublisher(parts, (error) => fail(error))
  const prepare = (batch: Committable, { write, tally }: Staged): Prepared => {
    count(parts, batch.range.input, tally)
    return { batch, write, tally, ticket: lag.take(batch.range.input, tally.oldest) }
  }
  /** What is left to do of a batch once those before it are published. A batch that is staged here is so when this returns. */
  const begin = (whole: RecordBatch): (() => Promise<void>) => {
    const { records: _records, rejects: _rejects, sift, ...batch } = whole
    if (threads === undefined || sift !== undefined) return once(publish, prepare(batch, stage(whole, parts)))
    const prepared = threads.run(whole).then((staged) => prepare(batch, staged))
    prepared.catch(fail)
    return once((waiting: Promise<Prepared>) => waiting.then(publish), prepared)
  }
  const records = input[Symbol.asyncIterator]()
  const unpublished: Array<Promise<void>> = []
  const next = async (): Promise<boolean> => {
    const { value, done } = await records.next()
    if (done === true) return false
    const published = (unpublished.at(-1) ?? Promise.resolve()).then(begin(value))
    published.catch(fail)
    unpublished.push(published)
    return true
  }
  const flow = async (): Promise<void> => {
    try {
      while (await next()) if (unpublished.length > ahead) await unpublished.shift()
    } finally {
      await records.return?.()
    }
    await unpublished.at(-1)
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

function stage (batch: RecordBatch, parts: Parts): Staged {
  const { encoded: write, tally } = runStages(batch, { ...parts, positions: parts.input.positions }, parts.sink.begin())
  return { write, tally }
}

function count ({ telemetry, clock = Date.now }: Parts, input: string, { received, seconds }: Tally): void {
  for (const [stage, spent] of Object.entries(seconds)) telemetry.add('gatelens_stage_seconds_total', { stage }, spent)
  telemetry.add('gatelens_events_total', { input, outcome: 'received' }, received)
  telemetry.set('gatelens_last_record_timestamp_seconds', { input }, clock() / 1000)
}

function createPublisher ({ input, save, telemetry }: Parts, fail: (error: unknown) => void): (prepared: Prepared) => Promise<void> {
  return ({ batch, write, tally, ticket }) => {
    const since = performance.now()
    const commit = createCommit(batch, ticket, { durable: input.durable ?? 'spool', fail })
    const { range, again, spool } = batch
    const delivery = createDelivery(range.input, tally, telemetry, commit.delivered)
    const run = once((encoded: WriteBatch) => encoded({ range, again, spool }, delivery), write)
    return save().then(run).then(commit.written).then(() => {
      telemetry.add('gatelens_stage_seconds_total', { stage: 'publish' }, (performance.now() - since) / 1000)
    })
  }
}

/** What is told when a batch is delivered. It may be kept for long, and keeps nothing of the batch but its tally. */
function createDelivery (input: string, tally: Tally, telemetry: Parts['telemetry'], delivered: () => void): Delivered {
  return (refused) => {
    countDelivered(telemetry, input, tally, refused)
    delivered()
  }
}

interface Commit { delivered (): void, written (): Promise<void> }

/** Commits a batch once it is where its input wants it. It is written first, and is delivered then or later. */
function createCommit (
  { commit, spooled }: Pick<RecordBatch, 'commit' | 'spooled'>, ticket: Ticket, { durable, fail }: { durable: Kept, fail: (error: unknown) => void }
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

/** Counts a batch that is delivered: received = published + filtered + rejected + repeated, save for what is on its way. */
function countDelivered (telemetry: Parts['telemetry'], input: string, { published, filtered, rejected, repeated }: Tally, refused: number): void {
  const reasons = Object.entries({ ...rejected, ...refused > 0 ? { refused_by_store: refused } : {} })
  const all = reasons.reduce((sum, [, number]) => sum + number, 0)
  const outcomes = { published: published - refused, filtered, rejected: all, repeated }
  for (const [outcome, number] of Object.entries(outcomes)) telemetry.add('gatelens_events_total', { input, outcome }, number)
  for (const [reason, number] of reasons) telemetry.add('gatelens_rejects_total', { input, reason }, number)
}
