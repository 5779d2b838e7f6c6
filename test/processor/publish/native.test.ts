import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fields } from '../../../services/processor/event.ts'
import type { EnrichedEvent, FieldName } from '../../../services/processor/event.ts'
import { insertPart } from '../../../services/processor/publish/insert.ts'
import { compileEncoder as compile, openBlock, pickFrom } from '../../../services/processor/publish/native/block.ts'
import type { Store } from '../../../services/store/server.ts'
import { anyText, fc } from '../../property.ts'
import { connect, openStore } from '../../store/fixture.ts'
import { makeEvent } from '../event-fixture.ts'
import { tabulateEvents } from './whole-batch.ts'

/** An encoder of whole blocks, whose rows come in two portions. */
function compileEncoder<Row extends object> (columns: Record<string, { type: string }>): (rows: readonly Row[]) => Buffer {
  const encoder = compile<Row>(columns)
  return (rows) => {
    encoder.add(rows.slice(0, rows.length >> 1))
    encoder.add(rows.slice(rows.length >> 1))
    assert.equal(encoder.rows, rows.length)
    return encoder.end()
  }
}

type Row = Record<string, unknown>

let store: Store
let client: ReturnType<typeof connect>

before(async () => {
  store = await openStore()
  client = connect(store.url)
})
after(async () => {
  await client.close()
  await store.close()
})

/** Every type that there is an encoding for, those of the published fields included. */
const types = [...new Set([
  ...Object.values(fields).map(({ type }) => type), 'UInt32', 'FixedString(5)', 'DateTime64(3)', 'Nullable(Bool)', 'Nullable(String)', 'Nullable(UInt8)',
  'Nullable(UInt32)', 'Nullable(UInt64)', 'Nullable(FixedString(5))', "Nullable(DateTime64(3, 'UTC'))", 'Map(String, String)',
])]
const columns = Object.fromEntries(types.map((type, index) => [`column_${index}`, { type }]))
const names = Object.keys(columns)

/** Texts of every kind of length and character, halves of surrogate pairs and zero bytes included. */
const awkward = ['\0', '\t', '\n', '\\', '\\N', '\'', '"', 'a', 'é', '😀', '\ud83d', '\udc00', '\u2028', '\u007f', '\u0080']
const text = fc.oneof(
  anyText(), fc.string({ unit: fc.constantFrom(...awkward), maxLength: 60 }),
  fc.tuple(fc.constantFrom('x', 'é', '😀', '\ud83d'), fc.constantFrom(0, 20, 21, 42, 43, 63, 64, 127, 128, 130, 5461, 5462, 8192, 16_383, 16_384)).map(([char, length]) => char.repeat(length))
)
const limits: Record<string, number> = { UInt8: 255, UInt16: 65_535, UInt32: 4_294_967_295, UInt64: Number.MAX_SAFE_INTEGER }

function arbitraryOf (type: string): fc.Arbitrary<unknown> {
  const inner = /^Nullable\((.*)\)$/.exec(type)?.[1]
  if (inner !== undefined) return fc.option(arbitraryOf(inner))
  if (type.startsWith('Map')) return fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true })
  if (type.startsWith('FixedString(')) return fc.string({ unit: fc.constantFrom('a', '\0', '7'), maxLength: Number(type.slice(12, -1)) })
  if (type === 'Bool') return fc.boolean()
  if (type === 'Float64') return fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, Number.MIN_VALUE, Number.MAX_VALUE, 0.1))
  if (type.startsWith('DateTime64')) return fc.oneof(fc.nat(100_000), fc.integer({ min: 0, max: Date.UTC(2148, 11, 31) }).map((ms) => ms + 0.4))
  const limit = limits[type]
  if (limit === undefined) return text
  const bounds = fc.constantFrom(0, 127, 128, 255, limit - 1, limit)
  return fc.oneof(fc.nat(Math.min(limit, 2 ** 31 - 1)), bounds, fc.maxSafeNat().map((value) => value % (limit + 1)))
}

const anyRow = fc.record(Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, arbitraryOf(type)])))
const sample: Row[] = fc.sample(anyRow, { numRuns: 250, seed: 7 })

test('what is encoded comes back from the engine as it was, for every type', async () => {
  const bytes = compileEncoder<Row>(columns)(sample)
  const rows = await roundTrip('all_types', columns, bytes, sample.length)
  for (const [index, row] of rows.entries()) assert.deepEqual(row, expected(sample[index] as Row))
})

test('what is read back from a block is what the engine has', () => {
  const block = openBlock(compileEncoder<Row>(columns)(sample))
  assert.equal(block.rows, sample.length)
  assert.deepEqual(rowsOf(block), sample.map(expected))
})

test('the engine\'s own blocks have the same layout', async () => {
  await roundTrip('own_blocks', columns, compileEncoder<Row>(columns)(sample), sample.length)
  const list = names.map((name) => `\`${name}\``).join()
  const url = `${store.url}/?max_block_size=1000000&query=${encodeURIComponent(`SELECT ${list} FROM own_blocks ORDER BY n FORMAT Native`)}`
  const block = openBlock(Buffer.from(await (await fetch(url)).arrayBuffer()))
  assert.deepEqual(rowsOf(block), sample.map(expected))
})

test('rows that are picked from a block are the same as if they alone had been encoded', () => {
  const block = openBlock(compileEncoder<Row>(columns)(sample))
  const orders = [[], [0], [249], [3, 1, 2], [7, 7, 7], Array.from({ length: 125 }, (_, index) => index * 2)]
  for (const order of orders) {
    const picked = pickFrom(block, order)
    assert.ok(picked.equals(compileEncoder<Row>(columns)(order.map((index) => sample[index] as Row))), `rows ${order.slice(0, 5).join()}, …`)
  }
})

test('a dictionary has places of one, two or four bytes, as many as its values need', async () => {
  const type = { value: { type: 'LowCardinality(String)' }, pairs: { type: 'Map(LowCardinality(String), LowCardinality(String))' } }
  const encode = compileEncoder<Row>(type)
  for (const distinct of [1, 256, 257, 65_536, 65_537, 100_000]) {
    const rows = Array.from({ length: distinct + 3 }, (_, index) => ({ value: `v${index % distinct}`, pairs: { [`k${index % distinct}`]: `w${index % 7}` } }))
    const bytes = encode(rows)
    await roundTrip('places', type, bytes, rows.length)
    const [counts] = await select(`SELECT count() AS rows, uniqExact(value) AS values, uniqExact(mapKeys(pairs)[1]) AS keys,
      countIf(value = concat('v', toString(n % ${distinct})) AND pairs[concat('k', toString(n % ${distinct}))] = concat('w', toString(n % 7))) AS right FROM places`)
    assert.deepEqual(counts, { rows: distinct + 3, values: distinct, keys: distinct, right: distinct + 3 })
    const block = openBlock(bytes)
    assert.equal(block.columns.get('value')?.stored.value(distinct + 1), distinct === 1 ? 'v0' : 'v1')
    const last = openBlock(pickFrom(block, [distinct + 2])).columns.get('value')?.stored.value(0)
    assert.equal(last, `v${(distinct + 2) % distinct}`)
  }
})

test('a block of no rows is taken, and adds none', async () => {
  const bytes = compileEncoder<Row>(columns)([])
  await roundTrip('nothing', columns, bytes, 0)
  assert.equal(openBlock(bytes).rows, 0)
  assert.ok(pickFrom(openBlock(compileEncoder<Row>(columns)(sample)), []).equals(bytes))
})

test('maps that are all empty have no keys and no values', async () => {
  const type = { some: { type: 'Map(LowCardinality(String), String)' }, others: { type: 'Map(LowCardinality(String), LowCardinality(String))' }, end: { type: 'UInt8' } }
  const rows = await roundTrip('empty_maps', type, compileEncoder<Row>(type)([{ some: {}, others: {}, end: 1 }, { end: 2 }]), 2)
  assert.deepEqual(rows, [{ some: {}, others: {}, end: 1 }, { some: {}, others: {}, end: 2 }])
})

test('a value that does not fit its column becomes the nearest that does', () => {
  const given = { a: 'UInt8', b: 'UInt64', c: 'Float64', d: 'Nullable(UInt16)', e: 'DateTime64(3)', f: 'String', g: 'Bool', h: 'FixedString(3)', i: 'LowCardinality(String)', j: 'UInt32' }
  const encode = compileEncoder<Row>(Object.fromEntries(Object.entries(given).map(([name, type]) => [name, { type }])))
  assert.deepEqual(rowsOf(openBlock(encode([
    { a: 300, b: -1, c: NaN, d: 70_000, e: -5, f: undefined, g: 1, h: 'abcd', i: null, j: 1e10 },
    { a: 1.6, b: 1e300, c: Infinity, d: NaN, e: 1e300, f: 7, g: true, h: 'aéz', i: 7, j: -1e10 },
    { a: '12', b: '-', c: '1', d: '3', e: '1000', f: '\ud83d', g: 'true', h: 'ab😀', i: true, j: 0.5 },
    {},
  ]))), [
    { a: 255, b: 0, c: 0, d: 65_535, e: 0, f: '', g: false, h: 'abc', i: '', j: 4_294_967_295 },
    { a: 2, b: Number.MAX_SAFE_INTEGER, c: 0, d: null, e: Date.UTC(2148, 11, 31), f: '7', g: true, h: 'aé', i: '7', j: 0 },
    { a: 12, b: 0, c: 0, d: 3, e: 1000, f: '\ufffd', g: false, h: 'ab\0', i: 'true', j: 1 },
    { a: 0, b: 0, c: 0, d: null, e: 0, f: '', g: false, h: '\0\0\0', i: '', j: 0 },
  ])
})

test('an encoder has nothing left of one block in the next', () => {
  const encode = compileEncoder<Row>(columns)
  const long = encode(sample)
  const short = encode(sample.slice(0, 3))
  assert.ok(short.equals(compileEncoder<Row>(columns)(sample.slice(0, 3))))
  assert.ok(long.equals(encode(sample)))
})

test('a column type without an encoding is a mistake of the program', () => {
  for (const type of ['Decimal(10, 2)', 'DateTime64(6)', 'LowCardinality(FixedString(3))', 'Array(String)', 'Map(String, Array(String))', 'FixedString(0)']) {
    assert.throws(() => compile({ a: { type } }), /no encoding for the column type/)
  }
})

test('a block that is cut off is no block', () => {
  const bytes = compileEncoder<Row>(columns)(sample.slice(0, 2))
  for (const length of [0, 1, 5, 100, bytes.length - 1]) assert.throws(() => openBlock(bytes.subarray(0, length)), RangeError)
})

test('events come back from their table with every field', async () => {
  const names = Object.keys(fields) as FieldName[]
  const list = names.map((name) => `\`${name}\` ${fields[name].type}`).join()
  await client.command({ query: `CREATE TABLE copy (${list}) ENGINE = Memory` })
  const some = names.filter((name) => name !== 'event_id')
  const event = fc.record(Object.fromEntries(some.map((name) => [name, arbitraryOf(fields[name].type)])))
  const given = fc.sample(event, { numRuns: 100, seed: 8 })
  const events: EnrichedEvent[] = given.map((item, index) => ({ ...makeEvent(), ...item, source_offset: index }))
  for (const part of tabulateEvents(events)) await insertPart({ client, database: 'default' }, { ...part, table: 'copy' }, part.name)
  const rows = await select('SELECT * REPLACE (toUnixTimestamp64Milli(time) AS time) FROM copy ORDER BY source_offset')
  assert.deepEqual(rows, events.map((item) => Object.fromEntries(names.map((name) => [name, storedValue(fields[name].type, item[name])]))))
})

/** Inserts a block into a table of its columns, and reads them back; numbers as numbers, times in epoch ms. */
async function roundTrip (table: string, types: typeof columns, bytes: Buffer, count: number): Promise<Row[]> {
  const list = Object.entries(types)
  await client.command({ query: `CREATE OR REPLACE TABLE ${table} (n UInt64 MATERIALIZED rowNumberInAllBlocks(), ${list.map(([name, { type }]) => `\`${name}\` ${type}`).join()}) ENGINE = Memory` })
  await insertPart({ client, database: 'default' }, { table, name: 'all', columns: list.map(([name]) => name), rows: count, bytes }, table)
  const rows = await select(`SELECT ${list.map(([name, { type }]) => type.includes('DateTime64') ? `toUnixTimestamp64Milli(\`${name}\`) AS \`${name}\`` : `\`${name}\``).join()} FROM ${table} ORDER BY n`)
  assert.equal(rows.length, count)
  return rows
}

async function select (query: string): Promise<Row[]> {
  const result = await client.query({ query, format: 'JSONEachRow', clickhouse_settings: { output_format_json_quote_64bit_integers: 0 } })
  return await result.json<Row>()
}

function rowsOf ({ rows, columns }: ReturnType<typeof openBlock>): Row[] {
  return Array.from({ length: rows }, (_, row) => Object.fromEntries([...columns].map(([name, { stored }]) => [name, stored.value(row)])))
}

function expected (row: Row): Row {
  return Object.fromEntries(names.map((name) => [name, storedValue(columns[name]?.type ?? '', row[name])]))
}

/** The value as the store shows it: whole milliseconds, well-formed Unicode, texts of a fixed length filled up. */
function storedValue (type: string, value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value.padEnd(Number(/FixedString\((\d+)\)/.exec(type)?.[1] ?? 0), '\0'))
  if (typeof value === 'number' && type.includes('DateTime64')) return Math.round(value)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [wellFormed(key), wellFormed(String(item))]))
}

/** Half a surrogate pair has no UTF-8 form and becomes U+FFFD. */
function wellFormed (value: string): string {
  return Buffer.from(value).toString()
}
