import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { fields } from '../../../services/processor/event.ts'
import type { EnrichedEvent, FieldName } from '../../../services/processor/event.ts'
import { compileEncoder, unescape } from '../../../services/processor/publish/encode.ts'
import { insertPart } from '../../../services/processor/publish/insert.ts'
import { tabulateEvents } from '../../../services/processor/publish/tables.ts'
import { fc } from '../../property.ts'
import { makeEvent } from '../event-fixture.ts'
import { makeFolder } from '../input/fixture.ts'
import { prepareTables, startStoreProcess } from '../store-fixture.ts'

/** Texts with all that the format escapes, with what looks like its escapes, and with halves of surrogate pairs. */
const awkward = ['\t', '\n', '\r', '\0', '\b', '\f', '\\', '\\N', 'N', 't', 'n', '\'', '"', ',', ':', '{', '}', 'é', '😀', '\ud83d', '\udc00', '\u2028']
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...awkward) }))
const map = fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true })
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat())
const byType: Record<string, fc.Arbitrary<unknown>> = {
  'DateTime64(3, \'UTC\')': fc.oneof(fc.nat(100_000), fc.integer({ min: 0, max: Date.UTC(2148, 11, 30) }).map((ms) => ms + 0.4)),
  Bool: fc.boolean(),
  UInt8: fc.nat(255),
  UInt16: fc.nat(65_535),
  UInt64: fc.maxSafeNat(),
  Float64: number,
}

test('what is encoded comes back from the store as it was', async (t) => {
  const store = await startStoreProcess(t, join(makeFolder(t), 'store'))
  await prepareTables(store.client)
  const events = fc.sample(event(), { numRuns: 400, seed: 7 }).map((item, index) => ({ ...item, source_offset: index }))
  await store.client.command({ query: 'CREATE TABLE gatelens.copy AS gatelens.requests ENGINE = Memory' })
  for (const part of tabulateEvents(events)) await insertPart({ client: store.client, database: 'gatelens' }, { ...part, table: 'copy' }, part.name)
  const rows = await store.query('SELECT * REPLACE (toUnixTimestamp64Milli(time) AS time) FROM gatelens.copy ORDER BY source_offset')
  assert.equal(rows.length, events.length)
  for (const [index, row] of rows.entries()) assert.deepEqual(row, stored(events[index] as EnrichedEvent))
})

test('a value that does not fit its column becomes the nearest that does', () => {
  const types = { a: 'UInt8', b: 'UInt64', c: 'Float64', d: 'Nullable(UInt16)', e: 'DateTime64(3)', f: 'String' }
  const columns = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }]))
  const encode = compileEncoder<Record<string, unknown>>(columns)
  const lines = encode([
    { a: 300, b: -1, c: NaN, d: 70_000, e: -5, f: undefined },
    { a: 1.6, b: 1e300, c: Infinity, d: NaN, e: 1e300, f: 7 },
    {},
  ]).toString().split('\n')
  assert.deepEqual(lines, [
    '255\t0\t0\t65535\t0.000\t', `2\t${Number.MAX_SAFE_INTEGER}\t0\t\\N\t5648659200.000\t7`, '0\t0\t0\t\\N\t0.000\t', '',
  ])
})

test('a column type without an encoding is a mistake of the program', () => {
  assert.throws(() => compileEncoder({ a: { type: 'Decimal(10, 2)' } }), /Decimal/)
})

test('unescaping gives back what was escaped', () => {
  const encode = compileEncoder<{ a: string }>({ a: { type: 'String' } })
  fc.assert(fc.property(text, (value) => {
    assert.equal(unescape(encode([{ a: value }]).toString().slice(0, -1)), wellFormed(value))
  }))
})

function event (): fc.Arbitrary<EnrichedEvent> {
  const arbitraries = Object.entries(fields).map(([name, { type }]) => [name, arbitraryOf(type)] as const)
  return fc.record(Object.fromEntries(arbitraries)).map((given) =>
    makeEvent({ ...given as Partial<EnrichedEvent>, event_id: '0123456789abcdef0123456789abcdef' }))
}

function arbitraryOf (type: string): fc.Arbitrary<unknown> {
  if (type.startsWith('Map')) return map
  if (type.startsWith('Nullable')) return fc.option(byType[type.slice('Nullable('.length, -1)] ?? text)
  return byType[type] ?? text
}

/** The event as the store shows it: the published fields, whole milliseconds, well-formed Unicode. */
function stored (item: EnrichedEvent): Record<string, unknown> {
  const names = Object.keys(fields) as FieldName[]
  return Object.fromEntries(names.map((name) => [name, storedValue(name === 'time' ? Math.round(item.time) : item[name])]))
}

function storedValue (value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [wellFormed(key), storedValue(item)]))
}

/** Half a surrogate pair has no UTF-8 form and becomes U+FFFD. */
function wellFormed (value: string): string {
  return Buffer.from(value).toString()
}
