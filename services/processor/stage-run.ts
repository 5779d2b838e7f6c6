/** One batch through the pure stages, in their order, on whatever thread: what became of it, and what that took. */
import { sourceOf } from './contract.ts'
import type { BatchEncoder, Decoded, Decoder, Enricher, Filter, Normalize, Positions, RecordBatch } from './contract.ts'
import type { AccessEvent, EnrichedEvent, Reject, RejectReason } from './event.ts'
import { decodeRecords } from './records.ts'

/** The stages behind an input, and who sees what comes out of them. */
export interface StageRun {
  decoder: Decoder
  /** What the offsets of the input count. */
  positions?: Positions | undefined
  normalize: Normalize
  filter: Filter
  enrich: Enricher
  /** Sees every portion of enriched events once. Must not throw. */
  observe: (events: EnrichedEvent[]) => void
}

/** The stages of which the time is told. */
export const timedStages = ['decode', 'normalize', 'filter', 'enrich', 'observe', 'encode'] as const
export type TimedStage = typeof timedStages[number]

/** What became of the records of one batch: received = published + filtered + rejected + repeated. */
export interface Tally {
  received: number
  published: number
  filtered: number
  rejected: Partial<Record<RejectReason, number>>
  /** How many were delivered before. */
  repeated: number
  /** Epoch ms of the oldest event; Infinity without one. */
  oldest: number
  /** What each stage took. */
  seconds: Record<TimedStage, number>
}

/** What is handed around of a batch: its records, and how they are found again. */
export type StageBatch = Pick<RecordBatch, 'range' | 'records' | 'rejects' | 'source' | 'sift'>

/** So many records go through all stages at once: what becomes of them is done with while it is young, and in the processor's caches. */
const portionSize = 500

/** Takes a batch through the stages, portion by portion, into an encoder. */
export function runStages<Encoded> (batch: StageBatch, run: StageRun, encoder: BatchEncoder<Encoded>): { encoded: Encoded, tally: Tally } {
  const { normalize, filter, enrich, observe } = run
  const tally = emptyTally()
  const timed = createTimer(tally.seconds)
  const rejects: Reject[] = []
  for (const portion of portionsOf(batch)) {
    const received = timed('decode', () => decodePortion(portion, run))
    const decoded = timed('decode', () => batch.sift?.(received) ?? received)
    const normalized = timed('normalize', () => normalize(decoded.events))
    const kept = timed('filter', () => normalized.filter((event) => !filter(event)))
    const enriched = timed('enrich', () => enrich(kept))
    timed('observe', () => { observe(enriched) })
    timed('encode', () => { encoder.add(enriched) })
    for (const reject of decoded.rejects) rejects.push(reject)
    tally.received += sizeOf(received)
    tally.repeated += sizeOf(received) - sizeOf(decoded)
    tally.filtered += normalized.length - kept.length
    tally.published += enriched.length
    tally.oldest = oldestOf(normalized, tally.oldest)
  }
  for (const { reason } of rejects) tally.rejected[reason] = (tally.rejected[reason] ?? 0) + 1
  return { encoded: timed('encode', () => encoder.end(rejects)), tally }
}

function emptyTally (): Tally {
  const seconds = Object.fromEntries(timedStages.map((stage) => [stage, 0])) as Tally['seconds']
  return { received: 0, published: 0, filtered: 0, rejected: {}, repeated: 0, oldest: Infinity, seconds }
}

function createTimer (seconds: Tally['seconds']): <Out>(stage: TimedStage, run: () => Out) => Out {
  return (stage, run) => {
    const since = performance.now()
    const output = run()
    seconds[stage] += (performance.now() - since) / 1000
    return output
  }
}

/** The records of a batch, portion by portion; all at once where what was delivered before is taken out of them. */
function * portionsOf (batch: StageBatch): Generator<StageBatch> {
  const { records, sift } = batch
  const size = sift === undefined ? portionSize : Infinity
  for (let from = 0; from === 0 || from < records.length; from += size) {
    const portion = from === 0 && records.length <= size ? records : records.slice(from, from + size)
    yield { ...batch, records: portion, rejects: from === 0 ? batch.rejects ?? [] : [] }
  }
}

function decodePortion ({ records, range, source = sourceOf(range), rejects = [] }: StageBatch, { decoder, positions }: StageRun): Decoded {
  return decodeRecords(records, source, decoder, { events: [], rejects: [...rejects] }, positions)
}

function sizeOf ({ events, rejects }: Decoded): number {
  return events.length + rejects.length
}

function oldestOf (events: readonly AccessEvent[], before: number): number {
  let oldest = before
  for (const { time } of events) if (time < oldest) oldest = time
  return oldest
}
