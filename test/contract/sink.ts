/** What every sink promises, as tests over a destination of its kind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { makeEvents } from '../processor/event-fixture.ts'
import { makeBatch, makeReject } from '../processor/publish/sink-fixture.ts'
import type { OpenSink } from '../processor/publish/sink-fixture.ts'
import { writeBatch } from '../processor/publish/whole-batch.ts'
import type { EventBatch } from '../processor/publish/whole-batch.ts'

/** A place that takes batches, not there yet. */
export interface Place {
  /** Opens a sink in front of it, as a process does; one is closed before the next is opened. */
  open (): Promise<OpenSink>
  /** Makes the place there; called again after `stop`. */
  start (): Promise<void>
  /** Takes the place away: nothing can be delivered. What is in it stays. */
  stop (): Promise<void>
  /** The events that are in the place: source and offset of each, sorted. */
  events (): Promise<string[]>
}

/** A kind of sink, and how a place of it is made. */
export interface Subject { type: string, setUp (t: TestContext): Promise<Place> }

/** Defines the tests. */
export function testSink ({ type, setUp }: Subject): void {
  const check = (name: string, body: (place: Place) => Promise<void>): void => {
    test(`${type}: ${name}`, async (t) => { await body(await setUp(t)) })
  }
  check('what is delivered is there in whole, and a batch that comes again changes nothing, within a run and over a restart', comesAgain)
  check('what was written while the place was away is there when it is back, once, in order', comesBack)
  check('a batch without anything for the place is delivered at once', nothingForIt)
}

async function comesAgain (place: Place): Promise<void> {
  await place.start()
  const first = await place.open()
  const seen = new Promise<string[]>((resolve, reject) => {
    writeBatch(first.sink, batchAt('first', 0), () => { place.events().then(resolve, reject) }).catch(reject)
  })
  assert.deepEqual(await seen, placesOf([batchAt('first', 0)]))
  const batches = [batchAt('b', 0), ...Array.from({ length: 3 }, (_, index) => batchAt('a', index * 1000))]
  await Promise.all(batches.map((batch) => writeBatch(first.sink, batch)))
  await first.sink.settled()
  await Promise.all(batches.map((batch) => writeBatch(first.sink, { ...batch, again: true })))
  await first.close()
  const second = await place.open()
  for (const batch of batches) await writeBatch(second.sink, { ...batch, again: true })
  await second.sink.settled()
  assert.deepEqual(await place.events(), placesOf([batchAt('first', 0), ...batches]))
}

async function comesBack (place: Place): Promise<void> {
  const before = await place.open()
  const delivered: string[] = []
  for (const part of ['a', 'b']) assert.equal(await writeBatch(before.sink, batchAt(part, 0), () => delivered.push(part)), 'spool')
  assert.equal(delivered.length, 0)
  await before.close()
  const after = await place.open()
  await writeBatch(after.sink, { ...batchAt('b', 0), again: true }, () => delivered.push('b again'))
  await writeBatch(after.sink, batchAt('c', 0), () => delivered.push('c'))
  assert.equal(after.values.get('up'), 0)
  await place.start()
  await after.sink.settled()
  assert.deepEqual(delivered, ['b again', 'c'])
  await place.stop()
  assert.equal(await writeBatch(after.sink, batchAt('d', 0)), 'spool')
  assert.equal(after.values.get('up'), 0)
  await place.start()
  await after.sink.settled()
  assert.deepEqual([after.values.get('up'), after.values.get('spool_bytes')], [1, 0])
  assert.deepEqual(await place.events(), placesOf(['a', 'b', 'c', 'd'].map((part) => batchAt(part, 0))))
}

async function nothingForIt (place: Place): Promise<void> {
  const { sink } = await place.open()
  const told: number[] = []
  assert.equal(await writeBatch(sink, { ...batchAt('a', 0), events: [], rejects: [] }, (refused) => told.push(refused)), 'store')
  assert.deepEqual(told, [0])
}

function batchAt (partition: string, from: number): EventBatch {
  return makeBatch(partition, from, makeEvents(10), [makeReject(from)])
}

function placesOf (batches: readonly EventBatch[]): string[] {
  return batches.flatMap(({ events }) => events.map(({ source, source_offset: offset }) => `${source} ${offset}`)).sort()
}
