import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDoubtful, judge, placeOf } from '../../../services/processor/input/kafka-verdict.ts'
import type { Committed } from '../../../services/processor/input/kafka-verdict.ts'

const found = { offset: 40, metadata: '{"era":"a","topic":"T","epoch":3,"to":60}', low: 0, high: 90, topic: 'T', epochEnd: 90 }
const placed = (changed: Partial<Committed>, from: 'earliest' | 'latest' = 'latest'): [string, number, number, number[]] => {
  const { era, position, next, intents } = placeOf({ ...found, ...changed }, from, 'new')
  return [era, position, next, intents]
}

test('a group goes on where it stood, with the ranges that were pending', () => {
  assert.deepEqual(placeOf(found, 'latest', 'new'), { era: 'a', topic: 'T', epoch: 3, position: 40, intents: [60], next: 40, held: [] })
  assert.deepEqual(placed({ metadata: '{"era":"a"}' }), ['a', 40, 40, []])
  assert.deepEqual(placed({ metadata: '{"era":"a","to":40}' }), ['a', 40, 40, []])
  assert.deepEqual(placed({ metadata: '{"era":"a","to":40,"then":[5,10]}' }), ['a', 40, 40, [45, 55]])
})

test('a group without an offset begins where the configuration says, in a new era', () => {
  for (const offset of [-1, -2]) assert.equal(judge({ ...found, offset }), 'none')
  assert.deepEqual(placed({ offset: -1, metadata: '', low: 10 }, 'earliest'), ['new', 10, 10, []])
  assert.deepEqual(placed({ offset: -1, metadata: '', low: 10 }), ['new', 90, 90, []])
  assert.deepEqual(placed({ offset: -2, metadata: '', low: 10 }), ['new', 10, 10, []])
})

test('an offset that was committed by another program counts, in a new era', () => {
  assert.deepEqual(placed({ metadata: 'somebody' }), ['new', 40, 40, []])
  assert.deepEqual(placed({ metadata: 'somebody', low: 50 }), ['new', 50, 50, []])
})

test('a topic with another id is read from its start, wherever its log ends and wherever a new group would begin', () => {
  for (const high of [0, 30, 40, 60, 1000]) {
    assert.equal(judge({ ...found, high, topic: 'U' }), 'anew')
    assert.deepEqual(placed({ high, topic: 'U' }), ['new', 0, 0, []])
  }
})

test('a log that was cut is read on where it was cut: neither again from its start, nor behind what was written since', () => {
  assert.equal(judge({ ...found, high: 30, epochEnd: 30 }), 'cut')
  assert.deepEqual(placed({ high: 30, epochEnd: 30 }), ['new', 30, 30, []])
  assert.deepEqual(placed({ high: 30, epochEnd: undefined }), ['new', 30, 30, []])
  assert.deepEqual(placed({ high: 500, epochEnd: 30 }), ['new', 30, 30, []], 'grown past the committed offset since')
  assert.deepEqual(placed({ high: 30, epochEnd: 30, low: 10 }), ['new', 30, 30, []])
})

test('a log that was cut within a pending range is read again from the start of that', () => {
  assert.equal(judge({ ...found, high: 50 }), 'cut')
  assert.deepEqual(placed({ high: 50 }), ['new', 40, 40, []])
  assert.equal(judge({ ...found, high: 60 }), 'good')
})

test('where ids are not known, a position past the end goes back to the start of the log: nothing is passed over', () => {
  for (const changed of [{ topic: undefined }, { metadata: '{"era":"a","to":60}' }]) {
    assert.equal(judge({ ...found, ...changed, high: 30, epochEnd: undefined }), 'beyond')
    assert.deepEqual(placed({ ...changed, high: 30, epochEnd: undefined, low: 5 }), ['new', 5, 5, []])
    assert.equal(judge({ ...found, ...changed, epochEnd: undefined }), 'good')
  }
})

test('an end that a leader may not know yet is doubted, and what it says of an epoch is not', () => {
  for (const changed of [{ high: 50 }, { high: 30, epochEnd: undefined }]) assert.ok(isDoubtful({ ...found, ...changed }))
  for (const changed of [{}, { epochEnd: 30 }, { high: 30, epochEnd: 30 }, { topic: 'U' }, { low: 50 }]) assert.ok(!isDoubtful({ ...found, ...changed }))
})

test('an epoch that ended behind the committed offset says nothing', () => {
  assert.equal(judge({ ...found, epochEnd: 40 }), 'good')
  assert.equal(judge({ ...found, epochEnd: 70 }), 'good')
})

test('a position that retention overtook moves to the start of the log, unless a range is pending there', () => {
  assert.equal(judge({ ...found, low: 57 }), 'behind')
  assert.deepEqual(placed({ low: 57 }), ['a', 40, 57, [60]])
  assert.deepEqual(placed({ low: 57, metadata: '{"era":"a","topic":"T","epoch":3}' }), ['a', 57, 57, []])
  assert.equal(placeOf({ ...found, low: 57 }, 'latest', 'new').epoch, undefined, 'nothing is known of the record before that')
})
