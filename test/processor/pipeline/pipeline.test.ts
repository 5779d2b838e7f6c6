import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BatchEncoder, Delivered, InputState, Kept, RawRecord, RecordBatch, Sink, WriteBatch } from '../../../services/processor/contract.ts'
import type { EnrichedEvent, NormalizedEvent } from '../../../services/processor/event.ts'
import { createLagWatch } from '../../../services/processor/observe/lag.ts'
import { runPipeline } from '../../../services/processor/pipeline.ts'
import type { Parts } from '../../../services/processor/pipeline.ts'
import { fc } from '../../property.ts'
import { makeEvent } from '../event-fixture.ts'
import { sinkOf } from '../publish/whole-batch.ts'
import type { EventBatch } from '../publish/whole-batch.ts'

/** Stages of a few words: `ok` becomes an event, `drop` one that is filtered, all else a reject. */
const stages: Pick<Parts, 'decoder' | 'normalize' | 'filter' | 'enrich' | 'save' | 'lag'> = {
  lag: createLagWatch({ input: () => {} }),
  decoder: {
    framing: 'json',
    decode: ({ bytes, offset }, source) => ['ok', 'drop'].includes(bytes.toString())
      ? makeEvent({ route: bytes.toString(), source, source_offset: offset })
      : { reason: 'invalid_json', detail: '', source, source_offset: offset, length: bytes.length },
  },
  normalize: (events) => events as NormalizedEvent[],
  filter: (event) => event.route === 'drop',
  enrich: (events) => events as EnrichedEvent[],
  save: async () => {},
}

/** Keeps what it is given, and says what happened in which order. */
class Memory implements Sink {
  readonly batches: EventBatch[] = []
  readonly log: string[]
  readonly refuse: number

  constructor (log: string[], refuse = 0) {
    this.log = log
    this.refuse = refuse
  }

  begin (): BatchEncoder<WriteBatch> {
    return sinkOf((batch, delivered) => this.#write(batch, delivered)).begin()
  }

  async #write (batch: EventBatch, delivered: Delivered): Promise<Kept> {
    this.log.push(`write ${batch.range.from}`)
    await new Promise((resolve) => setImmediate(resolve))
    this.batches.push(batch)
    delivered(Math.min(this.refuse, batch.events.length))
    return 'store'
  }

  async close (): Promise<void> {}
}

async function * batchesOf (words: string[][], log: string[]): AsyncGenerator<RecordBatch> {
  let offset = 0
  for (const batch of words) {
    const from = offset
    const records = batch.map((word): RawRecord => ({ bytes: Buffer.from(word), offset: offset++ }))
    log.push(`read ${from}`)
    yield { range: { input: 'test', partition: 'p', from, to: offset }, records, commit: async () => { log.push(`commit ${from}`) } }
  }
}

function count (): { totals: Map<string, number>, telemetry: Parts['telemetry'] } {
  const totals = new Map<string, number>()
  const add = (metric: string, labels: Record<string, string>, value: number): void => {
    const key = [metric, ...Object.values(labels)].join(' ')
    totals.set(key, (totals.get(key) ?? 0) + value)
  }
  return { totals, telemetry: { add, set: () => {} } }
}

test('what an input knows already counts as repeated, and goes no further', async () => {
  const { totals, telemetry } = count()
  const sink = new Memory([])
  const sift: RecordBatch['sift'] = ({ events, rejects }) => ({ events: events.slice(1), rejects: rejects.slice(1) })
  const batches = async function * (): AsyncGenerator<RecordBatch> {
    for await (const batch of batchesOf([['ok', 'drop', 'ok', 'bad', 'bad'], ['ok']], [])) yield { ...batch, source: 'elsewhere', spool: true, sift }
  }
  await runPipeline({ input: batches(), ...stages, observe: () => {}, sink, telemetry })
  const of = (outcome: string): number => totals.get(`gatelens_events_total test ${outcome}`) ?? 0
  assert.deepEqual(['received', 'published', 'filtered', 'rejected', 'repeated'].map(of), [6, 1, 1, 1, 3])
  assert.deepEqual(sink.batches.map(({ spool, events, rejects }) => [spool, ...events.map(({ source }) => source), rejects.length]), [[true, 'elsewhere', 1], [true, 0]])
})

test('what was received is published, filtered or rejected, whatever comes', async () => {
  const word = fc.constantFrom('ok', 'drop', 'bad')
  await fc.assert(fc.asyncProperty(fc.array(fc.array(word, { maxLength: 8 }), { maxLength: 8 }), fc.nat(2), async (words, refuse) => {
    const { totals, telemetry } = count()
    const sink = new Memory([], refuse)
    await runPipeline({ input: batchesOf(words, []), ...stages, observe: () => {}, sink, telemetry })
    const of = (outcome: string): number => totals.get(`gatelens_events_total test ${outcome}`) ?? 0
    assert.equal(of('received'), words.flat().length)
    assert.equal(of('published') + of('filtered') + of('rejected'), of('received'))
    assert.equal(of('filtered'), words.flat().filter((item) => item === 'drop').length)
    const reasons = ['invalid_json', 'refused_by_store'].map((reason) => totals.get(`gatelens_rejects_total test ${reason}`) ?? 0)
    assert.equal((reasons[0] ?? 0) + (reasons[1] ?? 0), of('rejected'))
    assert.equal(sink.batches.flatMap((batch) => batch.events).length, words.flat().filter((item) => item === 'ok').length)
  }))
})

test('a batch of many records goes through the stages in portions, in order, and whole to the sink', async () => {
  const words = Array.from({ length: 1700 }, (_, index) => ['ok', 'ok', 'drop', 'bad'][index % 4] ?? '')
  const { totals, telemetry } = count()
  const sink = new Memory([])
  const seen: number[] = []
  await runPipeline({ input: batchesOf([words, ['ok']], []), ...stages, observe: (events) => { seen.push(events.length) }, sink, telemetry })
  assert.ok(seen.length > 3 && Math.max(...seen) < 500)
  const expected = (kinds: string[]): number[] => words.flatMap((word, offset) => kinds.includes(word) ? [offset] : [])
  assert.deepEqual(sink.batches[0]?.events.map(({ source_offset: offset }) => offset), expected(['ok']))
  assert.deepEqual(sink.batches[0]?.rejects.map(({ source_offset: offset }) => offset), expected(['bad']))
  const of = (outcome: string): number => totals.get(`gatelens_events_total test ${outcome}`) ?? 0
  assert.deepEqual(['received', 'published', 'filtered', 'rejected'].map(of), [1701, 851, 425, 425])
})

test('a batch is committed after it was written, in order, and the next is read meanwhile', async () => {
  const log: string[] = []
  await runPipeline({ input: batchesOf([['ok'], ['ok'], ['ok']], log), ...stages, observe: () => {}, sink: new Memory(log), telemetry: count().telemetry })
  assert.deepEqual(log.filter((line) => !line.startsWith('read')), ['write 0', 'commit 0', 'write 1', 'commit 1', 'write 2', 'commit 2'])
  assert.ok(log.indexOf('read 1') < log.indexOf('commit 0'))
})

/** Lets batches wait until they are delivered all together. */
class Spooling implements Sink {
  readonly waiting: Delivered[] = []

  begin (): BatchEncoder<WriteBatch> {
    return sinkOf(async (_batch, delivered) => {
      this.waiting.push(delivered)
      return 'spool'
    }).begin()
  }

  async close (): Promise<void> {}
}

test('a batch that waits in a spool is committed there, or not before it is in the store, as its input wants it', async () => {
  for (const durable of ['spool', 'store'] as const) {
    const log: string[] = []
    const sink = new Spooling()
    const batches = async function * (): AsyncGenerator<RecordBatch> {
      for await (const batch of batchesOf([['ok'], ['bad']], log)) yield { ...batch, spooled: () => { log.push(`spooled ${batch.range.from}`) } }
    }
    const input = { durable, [Symbol.asyncIterator]: batches }
    const { totals, telemetry } = count()
    await runPipeline({ input, ...stages, observe: () => {}, sink, telemetry })
    const told = log.filter((line) => !line.startsWith('read'))
    assert.deepEqual(told, durable === 'spool' ? ['commit 0', 'commit 1'] : ['spooled 0', 'spooled 1'])
    assert.equal(totals.get('gatelens_events_total test published'), undefined)
    for (const delivered of sink.waiting) delivered(0)
    assert.deepEqual(log.filter((line) => line.startsWith('commit')), ['commit 0', 'commit 1'])
    assert.equal(totals.get('gatelens_events_total test published'), 1)
  }
})

test('events and rejects carry the place that they came from', async () => {
  const sink = new Memory([])
  await runPipeline({ input: batchesOf([['bad', 'ok']], []), ...stages, observe: () => {}, sink, telemetry: count().telemetry })
  const [batch] = sink.batches
  assert.deepEqual([batch?.events[0]?.source, batch?.events[0]?.source_offset], ['test:p', 1])
  assert.deepEqual([batch?.rejects[0]?.source, batch?.rejects[0]?.source_offset], ['test:p', 0])
})

test('a sink that gives up ends the pipeline at once, also while the input rests, and nothing after is committed', async () => {
  const log: string[] = []
  async function * resting (): AsyncGenerator<RecordBatch> {
    yield * batchesOf([['ok']], log)
    await new Promise(() => {})
  }
  const sink = sinkOf(async () => { throw new Error('gave up') })
  await assert.rejects(runPipeline({ input: resting(), ...stages, observe: () => {}, sink, telemetry: count().telemetry }), /gave up/)
  assert.deepEqual(log, ['read 0'])
})

test('what the stages have learned is saved before a batch is written', async () => {
  const log: string[] = []
  let saves = 0
  const save = async (): Promise<void> => {
    const number = ++saves
    await new Promise((resolve) => setImmediate(resolve))
    log.push(`saved ${number}`)
  }
  await runPipeline({ input: batchesOf([['ok'], ['ok']], []), ...stages, save, observe: () => {}, sink: new Memory(log), telemetry: count().telemetry })
  assert.deepEqual(log, ['saved 1', 'write 0', 'saved 2', 'write 1'])
})

test('the lag is the age of the oldest event that is not committed, however long its batch is on its way', async () => {
  const told: Partial<InputState> = {}
  const { time } = makeEvent()
  let now = time + 1500
  const lag = createLagWatch({ input: (_id, state) => { Object.assign(told, state) } }, () => now)
  const look = (): Array<number | undefined> => {
    lag.tell()
    return [told.lag_seconds, told.stalled_seconds]
  }
  const seen: unknown[] = []
  const sink = sinkOf(async (_batch, delivered) => {
    seen.push(look())
    now += 60_000
    seen.push(look())
    delivered(0)
    return 'store'
  })
  const ahead: Parts['decoder'] = { framing: 'json', decode: ({ offset }) => makeEvent({ time: time + offset * 86_400_000 }) }
  await runPipeline({ input: batchesOf([['ok', 'ok']], []), ...stages, decoder: ahead, observe: () => {}, sink, telemetry: count().telemetry, lag })
  assert.deepEqual(seen, [[1.5, 0], [61.5, 60]])
  now += 60_000
  assert.deepEqual(look(), [0, 0], 'nothing waits')
})
