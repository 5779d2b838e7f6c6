/** Native blocks of a protocol revision, against those of revision 0 that the engine itself writes. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { reviseNative } from '../../services/store/native/revision.ts'
import type { Store } from '../../services/store/server.ts'
import { openStore } from './fixture.ts'

let store: Store
before(async () => { store = await openStore() })
after(async () => { await store.close() })

/** Values of every type whose columns are laid out in a way of their own, for the rows `number` = 0, 1, …. */
const values = [
  'number', 'toInt8(number)', 'number > 1', 'toFloat32(number)', 'toBFloat16(number)', 'toInt128(number)', 'toUInt256(number)', 'toString(number)', "repeat('é', number * 100)",
  "toFixedString('ab', 5)", 'toDate(number)', 'toDate32(number)', "toDateTime(number, 'UTC')", "toDateTime64(number, 6, 'Europe/Berlin')", 'toDecimal32(number, 2)',
  'toDecimal64(number, 2)', 'toDecimal128(number, 2)', 'toDecimal256(number, 2)', 'generateUUIDv4()', 'toIPv4(number)', "toIPv6('::1')",
  "CAST(number % 2, 'Enum8(\\'a(,\\' = 0, \\'b\\\\\\'\\' = 1)')", "CAST(number % 2, 'Enum16(\\'a\\' = 0, \\'b\\' = 1)')", 'toIntervalDay(number)',
  'if(number % 2 = 0, NULL, number)', 'NULL', 'range(number)', '[range(number), [7]]', 'emptyArrayString()', '(number, toString(number), [number])',
  "CAST((number, 'x'), 'Tuple(a UInt64, `b c` String)')", "map('k', number, toString(number), 7)", "CAST([('p', number)], 'Nested(name String, size UInt64)')",
  'toLowCardinality(toString(number))', 'toLowCardinality(if(number % 2 = 0, NULL, toString(number)))', "CAST([toString(number)], 'Array(LowCardinality(String))')",
  "CAST(emptyArrayString(), 'Array(LowCardinality(Nullable(String)))')", "CAST(map('k', 'v'), 'Map(LowCardinality(String), LowCardinality(String))')",
  "CAST((toString(number), number), 'Tuple(LowCardinality(String), UInt64)')", "CAST(number, 'SimpleAggregateFunction(sum, UInt64)')",
  "CAST(if(number % 2 = 0, NULL, toString(number)), 'Variant(String, UInt64)')", '(1., 2.)::Point', '[(1., 2.)]::Ring', '[[(1., 2.)]]::Polygon', 'tuple()',
]
/** What stands before the rows of the second column. */
const flagHeader = Buffer.from('\x04flag\x05UInt8', 'latin1')

async function native (query: string, revision: number): Promise<Buffer> {
  const more = revision === 0 ? '' : `&client_protocol_version=${revision}`
  const response = await fetch(`${store.url}/?default_format=Native&enable_time_time64_type=1&allow_suspicious_low_cardinality_types=1${more}`, { method: 'POST', body: query })
  const bytes = Buffer.from(await response.arrayBuffer())
  assert.equal(response.status, 200, bytes.toString('utf8', 0, 300))
  return bytes
}

/** Revision 0 with what revision 54454 adds: a block info, and a byte behind each of the two types. */
function revised (plain: Buffer, rows: number): Buffer {
  const type = 2 + plain[2]! + 1
  const first = type + 1 + plain[type]!
  const second = plain.length - rows
  assert.deepEqual(plain.subarray(second - flagHeader.length, second), flagHeader)
  const info = Buffer.from([1, 0, 2, 255, 255, 255, 255, 0])
  return Buffer.concat([info, plain.subarray(0, first), Buffer.of(0), plain.subarray(first, second), Buffer.of(0), plain.subarray(second)])
}

test('blocks of a revision have a block info and a flag for each column, whatever the types', async () => {
  for (const value of values) {
    const expression = value.includes('generateUUID') ? "toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')" : value
    const query = `SELECT ${expression} AS x, toUInt8(7) AS flag FROM numbers(5)`
    assert.deepEqual(await native(query, 54_460), revised(await native(query, 0), 5), value)
  }
})

test('revisions before custom serialization have the block info alone, and empty answers stay empty', async () => {
  const plain = await native('SELECT 1 AS x', 0)
  assert.deepEqual(await native('SELECT 1 AS x', 54_058), Buffer.concat([Buffer.from([1, 0, 2, 255, 255, 255, 255, 0]), plain]))
  assert.equal((await native('SELECT 1 AS x WHERE 0', 54_460)).length > 0, (await native('SELECT 1 AS x WHERE 0', 0)).length > 0)
})

test('a state cannot be told from the next column: the client gets an error that says what to do', async () => {
  const response = await fetch(`${store.url}/?default_format=Native&client_protocol_version=54460`, { method: 'POST', body: 'SELECT sumState(number) FROM numbers(3)' })
  const text = await response.text().catch((error: unknown) => String(error))
  assert.match(text, /NOT_IMPLEMENTED|terminated/)
})

test('what is no revision is refused', async () => {
  const response = await fetch(`${store.url}/?default_format=Native&client_protocol_version=new`, { method: 'POST', body: 'SELECT 1' })
  assert.equal(response.status, 400)
  assert.match(await response.text(), /client_protocol_version is a whole number/)
})

test('blocks may come in pieces of any size', async () => {
  const plain = await native('SELECT number AS x, arrayMap(n -> toString(n), range(number % 7)) AS list, toUInt8(7) AS flag FROM numbers(3000) SETTINGS max_block_size = 500', 0)
  const whole = await collect(reviseNative(pieces(plain, plain.length), 54_460))
  for (const size of [1, 7, 1000]) assert.deepEqual(await collect(reviseNative(pieces(plain, size), 54_460)), whole)
})

async function * pieces (bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function collect (source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}
