/** What every input promises, as tests over a source of its kind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Input, RecordBatch } from '../../services/processor/contract.ts'
import type { InputContext, InputDefinition } from '../../services/processor/input/definition.ts'
import { pause } from '../../services/runtime/shutdown.ts'
import { until } from '../until.ts'

/** What an input under test is given of its processor. */
export type Surroundings = Pick<InputContext, 'signal' | 'telemetry' | 'readiness' | 'lag'>

/** A source with nothing in it yet. Inputs are opened over it one after the other, as by processes that follow each other. */
export interface Source {
  write (texts: readonly string[]): Promise<void>
  /** Says that nothing more will come; left out where a source has no end. */
  end? (): Promise<void>
  /** Opens an input whose batches have `batchRecords` records and wait for no more. */
  open (surroundings: Surroundings): Input | Promise<Input>
  /** How many records an input has taken out of the source, handed out or not; left out where nobody can tell. */
  taken? (): number
}

/** A kind of input, how a source of it is made, and how a test of it is run. */
export interface Subject {
  kind: Pick<InputDefinition, 'type' | 'uncommitted'>
  setUp (t: TestContext): Source | Promise<Source>
  run?: (name: string, body: (t: TestContext) => Promise<void>) => unknown
}

/** Most records of a batch. */
export const batchRecords = 4

/** Defines the tests. */
export function testInput (subject: Subject): void {
  const { kind: { type, uncommitted }, setUp, run = test } = subject
  const check = (name: string, body: (source: Source, t: TestContext) => Promise<void>): void => {
    run(`${type}: ${name}`, async (t) => { await body(await setUp(t), t) })
  }
  check('every record is handed out once, in order, in ranges that follow each other', everyRecord)
  check('an input that waits for records stops when it is told to', stopsWaiting)
  check('an input that was stopped hands out no more than what it has read', stopsBusy)
  check('what was committed does not come again, and what is written later comes', (source, t) => resumes(source, t, uncommitted))
  if (uncommitted === 'replayed') check('what was not committed comes again after a crash, first, in the same ranges', replays)
  else if (uncommitted === 'resent') check('what was not committed is sent again after a crash, and is at the same places', resends)
  else check('what was not committed does not come again after a crash, and what comes later cannot be taken for it', loses)
  check('it ends when its source ends, with everything handed out', endsWithSource)
  check('while no batch is asked for it reads no further', holdsBack)
}

async function everyRecord (origin: Source, t: TestContext): Promise<void> {
  await origin.write(recordsOf(0, 30))
  const reader = await openReader(t, origin)
  const batches = await reader.take(30)
  assert.deepEqual(textsOf(batches), recordsOf(0, 30))
  const { input, partition, from } = batches[0]!.range
  let position = from
  for (const { range, records, again, source } of batches) {
    assert.deepEqual([range.input, range.partition, range.from, again === true], [input, partition, position, false])
    const places = records.map(({ offset }) => offset)
    assert.equal(new Set(places).size, places.length)
    if (source === undefined) assert.ok(isWithin(places, range), `${places.join(' ')} in order within [${range.from},${range.to})`)
    position = range.to
  }
  const next = reader.next()
  await until(() => reader.waits === false)
  reader.stop()
  assert.equal(await next, undefined)
}

function isWithin (places: readonly number[], { from, to }: RecordBatch['range']): boolean {
  return places.every((place, index) => place >= (index === 0 ? from : places[index - 1]! + 1) && place < to)
}

async function stopsWaiting (source: Source, t: TestContext): Promise<void> {
  const reader = await openReader(t, source)
  const next = reader.next()
  await pause(20)
  reader.stop()
  assert.equal(await next, undefined)
  assert.equal(await reader.next(), undefined, 'what has ended stays ended')
}

async function stopsBusy (source: Source, t: TestContext): Promise<void> {
  await source.write(recordsOf(0, 3000))
  const reader = await openReader(t, source)
  const seen = [await reader.next()]
  reader.stop()
  // What a sender that gets no answer has sent would be lost.
  const most = Math.max(10 * batchRecords, (source.taken?.() ?? 0) + batchRecords)
  for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) seen.push(batch)
  const texts = textsOf(seen)
  assert.ok(texts.length <= most && most < 3000, `${texts.length} records, ${most} at the most`)
  assert.deepEqual(texts, recordsOf(0, texts.length))
}

async function resumes (source: Source, t: TestContext, uncommitted: InputDefinition['uncommitted']): Promise<void> {
  await source.write(recordsOf(0, 10))
  const first = await openReader(t, source)
  const before = await first.take(10)
  for (const batch of before) await batch.commit()
  first.stop()
  assert.equal(await first.next(), undefined)
  await source.write(recordsOf(10, 15))
  const second = await openReader(t, source)
  const after = await second.take(5)
  assert.deepEqual(textsOf(after), recordsOf(10, 15))
  assert.ok(after.every(({ again }) => again !== true))
  if (uncommitted === 'replayed') assert.deepEqual([after[0]?.range.partition, after[0]?.range.from], [before[0]?.range.partition, before.at(-1)?.range.to])
  second.stop()
}

async function replays (source: Source, t: TestContext): Promise<void> {
  await source.write(recordsOf(0, 20))
  const first = await openReader(t, source)
  const batches = [await first.next(), await first.next(), await first.next()]
  await batches[0]?.commit()
  await first.drop()
  await source.write(recordsOf(20, 25))
  const second = await openReader(t, source)
  for (const pending of batches.slice(1)) {
    const again = await second.next()
    assert.deepEqual(again?.range, pending?.range)
    assert.deepEqual(textsOf([again]), textsOf([pending]))
    assert.equal(again?.again, true)
    await again?.commit()
  }
  const rest = await second.take(25 - 3 * batchRecords)
  assert.deepEqual(textsOf(rest), recordsOf(3 * batchRecords, 25))
  // The range that was being read when the process died may have been announced before it was handed out.
  assert.ok(rest.slice(1).every(({ again }) => again !== true))
  second.stop()
}

async function resends (source: Source, t: TestContext): Promise<void> {
  await source.write(recordsOf(0, 20))
  const first = await openReader(t, source)
  const batches = await first.take(12)
  await batches[0]?.commit()
  await first.drop()
  const second = await openReader(t, source)
  const again = await second.take(20 - batches[0]!.records.length)
  assert.deepEqual(textsOf(again), recordsOf(batches[0]!.records.length, 20))
  assert.deepEqual(placesOf(again).slice(0, placesOf(batches.slice(1)).length), placesOf(batches.slice(1)))
  assert.ok(again.every((batch) => batch.again !== true))
  assert.notEqual(again[0]?.range.partition, batches[0]?.range.partition, 'a batch of other records has another range')
}

/** The source and offset of each record. */
function placesOf (batches: readonly Batch[]): string[] {
  return batches.flatMap(({ source, records }) => records.map(({ offset }) => `${source ?? ''} ${offset}`))
}

async function loses (source: Source, t: TestContext): Promise<void> {
  await source.write(recordsOf(0, 3))
  const first = await openReader(t, source)
  const lost = await first.next()
  await first.drop()
  await source.write(recordsOf(0, 3))
  const second = await openReader(t, source)
  const next = await second.next()
  assert.deepEqual(textsOf([next]), textsOf([lost]))
  assert.notEqual(next?.range.partition, lost?.range.partition, 'equal records at equal places are other records')
  assert.notEqual(next?.again, true)
}

async function endsWithSource (source: Source, t: TestContext): Promise<void> {
  if (source.end === undefined) return t.skip('a source of this kind has no end')
  await source.write(recordsOf(0, 10))
  await source.end()
  const reader = await openReader(t, source)
  assert.deepEqual(textsOf(await reader.take(Infinity)), recordsOf(0, 10))
  assert.equal(await reader.next(), undefined)
}

async function holdsBack (source: Source, t: TestContext): Promise<void> {
  if (source.taken === undefined) return t.skip('nobody can tell how much was read')
  const number = 4000
  await source.write(recordsOf(0, number))
  const reader = await openReader(t, source)
  const seen = [await reader.next(), await reader.next()]
  // An input that reads on while nobody asks has read everything by then.
  await pause(100)
  assert.ok(source.taken() < number / 2, `${source.taken()} records of ${number} are taken`)
  const texts = textsOf([...seen, ...await reader.take(50)])
  assert.deepEqual(texts, recordsOf(0, texts.length))
}

/** The records from `from` to `to - 1`, each different and of the same length. */
function recordsOf (from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `record ${String(from + index).padStart(6, '0')} ${'x'.repeat(100)}`)
}

/** How many bytes a record takes with its line end. */
export const recordBytes = recordsOf(0, 1)[0]!.length + 1

function textsOf (batches: ReadonlyArray<Batch | undefined>): string[] {
  return batches.flatMap((batch) => batch?.texts ?? [])
}

/** A batch, and its records as texts: the bytes are valid only until the next one is asked for. */
interface Batch extends RecordBatch { texts: string[] }

interface Reader {
  next (): Promise<Batch | undefined>
  /** Takes batches until so many records have come, or the end. */
  take (count: number): Promise<Batch[]>
  /** Asks the input to end, as an operator does. */
  stop (): void
  /** Ends without another commit, as a crash does. */
  drop (): Promise<void>
  /** What the input said last of whether records wait. */
  waits: boolean | undefined
}

async function openReader (t: TestContext, source: Source): Promise<Reader> {
  const stopper = new AbortController()
  const input = await source.open({
    signal: stopper.signal,
    telemetry: { add: () => {} },
    readiness: { input: () => {}, state: () => {} },
    lag: { waits: (_input, waiting) => { reader.waits = waiting } },
  })
  const batches = input[Symbol.asyncIterator]()
  const drop = async (): Promise<void> => { await batches.return?.() }
  const next = async (): Promise<Batch | undefined> => {
    const { value, done } = await batches.next()
    if (done === true) return undefined
    // As while the store is away: an input whose batches must reach the store hands out the next one only then.
    value.spooled?.()
    return { ...value, texts: value.records.map(({ bytes }) => bytes.toString()) }
  }
  const take = async (count: number): Promise<Batch[]> => {
    const taken: Batch[] = []
    for (let records = 0; records < count;) {
      const batch = await next()
      if (batch === undefined) break
      taken.push(batch)
      records += batch.records.length
    }
    return taken
  }
  const reader: Reader = { next, take, stop: () => stopper.abort(), drop, waits: undefined }
  t.after(async () => {
    stopper.abort()
    await drop()
  })
  return reader
}
