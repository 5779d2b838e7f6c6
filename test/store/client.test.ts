import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import type { ClickHouseClient } from '@clickhouse/client'
import { ClickHouseError } from '@clickhouse/client'
import type { Store } from '../../services/store/server.ts'
import { connect, firstRow, openStore } from './fixture.ts'

let store: Store
let client: ClickHouseClient

before(async () => {
  store = await openStore()
  client = connect(store.url)
})

after(async () => {
  await client.close()
  await store.close()
})

const textOf = async (query: string, format: 'CSV' | 'TabSeparated' | 'CSVWithNames' | 'TabSeparatedWithNamesAndTypes'): Promise<string> =>
  await (await client.query({ query, format })).text()

async function failure (work: Promise<unknown>): Promise<ClickHouseError> {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof ClickHouseError, String(error))
    return error
  }
  assert.fail('it did not fail')
}

test('the client pings, with and without a SELECT', async () => {
  assert.deepEqual(await client.ping(), { success: true })
  assert.deepEqual(await client.ping({ select: true }), { success: true })
})

test('a query answers in every family of formats', async () => {
  const query = 'SELECT number AS n, toString(number) AS s FROM numbers(2)'
  assert.deepEqual(await (await client.query({ query, format: 'JSONEachRow' })).json(), [{ n: 0, s: '0' }, { n: 1, s: '1' }])
  assert.deepEqual(await (await client.query({ query, format: 'JSONCompactEachRow' })).json(), [[0, '0'], [1, '1']])
  assert.deepEqual(await (await client.query({ query, format: 'JSONColumnsWithMetadata' })).json<{ n: number }>().then((body) => body.data), { n: [0, 1], s: ['0', '1'] })
  const body = await (await client.query({ query, format: 'JSON' })).json<{ n: number }>()
  assert.deepEqual({ meta: body.meta, data: body.data, rows: body.rows }, {
    meta: [{ name: 'n', type: 'UInt64' }, { name: 's', type: 'String' }],
    data: [{ n: 0, s: '0' }, { n: 1, s: '1' }],
    rows: 2,
  })
  assert.deepEqual((await (await client.query({ query, format: 'JSONCompact' })).json()).data, [[0, '0'], [1, '1']])
  assert.equal(await textOf(query, 'CSV'), '0,"0"\n1,"1"\n')
  assert.equal(await textOf(query, 'CSVWithNames'), '"n","s"\n0,"0"\n1,"1"\n')
  assert.equal(await textOf(query, 'TabSeparated'), '0\t0\n1\t1\n')
  assert.equal(await textOf(query, 'TabSeparatedWithNamesAndTypes'), 'n\ts\nUInt64\tString\n0\t0\n1\t1\n')
})

test('totals, extremes and empty results are part of one well-formed document', async () => {
  const body = await (await client.query({
    query: 'SELECT number % 2 AS k, sum(number) AS s FROM numbers(10) GROUP BY k WITH TOTALS ORDER BY k',
    format: 'JSON',
    clickhouse_settings: { extremes: 1 },
  })).json<{ k: number, s: number }>()
  assert.deepEqual(body.data, [{ k: 0, s: 20 }, { k: 1, s: 25 }])
  assert.deepEqual(body.totals, { k: 0, s: 45 })
  const empty = await (await client.query({ query: 'SELECT 1 AS x WHERE 0', format: 'JSON' })).json()
  assert.deepEqual([empty.rows, empty.data], [0, []])
})

test('SHOW, DESCRIBE, EXISTS, EXPLAIN and unions answer rows', async () => {
  for (const query of ['SHOW DATABASES', 'DESCRIBE TABLE system.one', 'EXISTS TABLE system.one', 'EXPLAIN SELECT 1', '(SELECT 1) UNION ALL (SELECT 2)',
    'WITH 1 AS x SELECT x', 'FROM system.one SELECT dummy', 'SHOW CREATE DATABASE default', 'SELECT 1 -- no more', 'SELECT 1 /* ; */ ;']) {
    const rows = await (await client.query({ query, format: 'JSONEachRow' })).json()
    assert.ok(rows.length > 0, query)
  }
})

test('parameters of all common types arrive as they were', async () => {
  const text = 'o\'clock \\ \t tab\nline `tick` "quote" ünïcode 🎈'
  const result = await client.query({
    query: `SELECT {text:String} AS text, {number:Int32} AS number, {float:Float64} AS float, {bool:Bool} AS bool, {list:Array(String)} AS list,
      {numbers:Array(UInt32)} AS numbers, {map:Map(String, String)} AS map, {none:Nullable(String)} AS none, {day:Date} AS day,
      {time:DateTime64(3)} AS time, (SELECT count() FROM {database:Identifier}.{table:Identifier}) AS one`,
    query_params: {
      text,
      number: -7,
      float: 1.5,
      bool: true,
      list: ['a\'b', 'c,d', ''],
      numbers: [1, 2],
      map: { k: 'v\'' },
      none: null,
      day: '2026-01-02',
      time: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
      database: 'system',
      table: 'one',
    },
    clickhouse_settings: { session_timezone: 'UTC' },
    format: 'JSONEachRow',
  })
  assert.deepEqual(await result.json(), [{
    text,
    number: -7,
    float: 1.5,
    bool: true,
    list: ['a\'b', 'c,d', ''],
    numbers: [1, 2],
    map: { k: 'v\'' },
    none: null,
    day: '2026-01-02',
    time: '2026-01-02 03:04:05.678',
    one: 1,
  }])
})

test('long parameters come in the URL or in a multipart body', async () => {
  const list = Array.from({ length: 2000 }, (_, index) => `value ${index} with 'quotes'`)
  for (const use_multipart_params of [false, true]) {
    const query = 'SELECT length({list:Array(String)}) AS n, {list:Array(String)}[2000] AS last'
    const result = await client.query({ query, query_params: { list }, format: 'JSONEachRow', use_multipart_params })
    assert.deepEqual(await result.json(), [{ n: 2000, last: 'value 1999 with \'quotes\'' }])
  }
})

test('objects, compact rows, streams of objects and raw streams are inserted', async () => {
  await client.command({ query: 'CREATE TABLE rows (a UInt32, b String, c UInt32 DEFAULT a * 2) ENGINE = MergeTree ORDER BY a' })
  const one = await client.insert({ table: 'rows', values: [{ a: 1, b: 'x\n\t\'"\\' }, { a: 2, b: 'é🎈' }], format: 'JSONEachRow' })
  assert.equal(one.executed, true)
  assert.deepEqual([one.summary?.written_rows, typeof one.summary?.written_bytes], ['2', 'string'])
  await client.insert({ table: 'rows', values: [[3, 'z']], columns: ['a', 'b'], format: 'JSONCompactEachRow' })
  await client.insert({ table: 'rows', values: Readable.from([{ a: 4, b: 's' }, { a: 5, b: 't' }]), format: 'JSONEachRow' })
  await client.insert({ table: 'rows', values: Readable.from(['6\tu\n', '7\tv\n'], { objectMode: false }), columns: ['a', 'b'], format: 'TabSeparated' })
  await client.insert({ table: 'rows', values: Readable.from(['a,b\n8,"w,\n"\n'], { objectMode: false }), format: 'CSVWithNames' })
  assert.deepEqual(await (await client.query({ query: 'SELECT * FROM rows ORDER BY a', format: 'JSONCompactEachRow' })).json(), [
    [1, 'x\n\t\'"\\', 2], [2, 'é🎈', 4], [3, 'z', 6], [4, 's', 8], [5, 't', 10], [6, 'u', 12], [7, 'v', 14], [8, 'w,\n', 16],
  ])
})

test('an empty insert inserts nothing and fails nothing', async () => {
  await client.command({ query: 'CREATE TABLE nothing (a UInt32) ENGINE = MergeTree ORDER BY a' })
  await client.insert({ table: 'nothing', values: Readable.from([], { objectMode: false }), format: 'TabSeparated' })
  assert.deepEqual(await firstRow(client, 'SELECT count() AS n FROM nothing'), { n: 0 })
})

test('commands, INSERT … VALUES with expressions and INSERT … SELECT run', async () => {
  await client.command({ query: 'CREATE TABLE made (a UInt32, t DateTime) ENGINE = MergeTree ORDER BY a' })
  await client.command({ query: 'INSERT INTO made VALUES (1, now()), (1 + 1, toDateTime(\'2026-01-01 00:00:00\', \'UTC\'));' })
  await client.command({ query: 'INSERT INTO made SELECT number, now() FROM numbers(3, 2)' })
  assert.deepEqual(await firstRow(client, 'SELECT groupArray(a) AS a FROM (SELECT a FROM made ORDER BY a)'), { a: [1, 2, 3, 4] })
  await client.command({ query: 'TRUNCATE TABLE made' })
  assert.deepEqual(await firstRow(client, 'SELECT count() AS n FROM made'), { n: 0 })
})

test('exec gives the raw answer', async () => {
  const { stream } = await client.exec({ query: 'SELECT 1 AS x FORMAT CSV' })
  assert.equal(Buffer.concat(await stream.toArray()).toString(), '1\n')
})

test('requests and answers are compressed when the client wants it', async () => {
  const packed = connect(store.url, { compression: { request: true, response: true } })
  await packed.command({ query: 'CREATE TABLE packed (a UInt32, b String) ENGINE = MergeTree ORDER BY a' })
  const values = Array.from({ length: 50_000 }, (_, a) => ({ a, b: `text ${a}` }))
  await packed.insert({ table: 'packed', values, format: 'JSONEachRow' })
  const result = await packed.query({ query: 'SELECT * FROM packed ORDER BY a', format: 'JSONEachRow' })
  assert.equal(result.response_headers['content-encoding'], 'gzip')
  assert.deepEqual(await result.json(), values)
  await packed.close()
})

test('a million rows are streamed whole and in order', async () => {
  const result = await client.query({ query: 'SELECT number AS n, toString(number) AS s FROM numbers(1000000)', format: 'JSONEachRow' })
  let next = 0
  for await (const rows of result.stream<{ n: number, s: string }>()) {
    for (const row of rows) {
      const { n, s } = row.json()
      assert.ok(n === next && s === String(next))
      next++
    }
  }
  assert.equal(next, 1_000_000)
})

test('a query that fails in the middle of its answer ends the stream with the exception', async () => {
  // Without an end, so that it fails when rows have come and not before: how fast the engine is does not matter.
  const query = 'SELECT number, repeat(\'x\', 10000) AS x, sleepEachRow(0.001) FROM system.numbers'
  const result = await client.query({ query, format: 'JSONEachRow', clickhouse_settings: { max_block_size: '100' } })
  let rows = 0
  const error = await failure((async () => {
    for await (const part of result.stream()) {
      if (rows === 0) await client.command({ query: 'KILL QUERY WHERE query LIKE \'%FROM system.numbers%\' AND query NOT LIKE \'%KILL%\'' })
      rows += part.length
    }
  })())
  assert.deepEqual([error.code, error.type], ['394', 'QUERY_WAS_CANCELLED'])
  assert.ok(rows > 0)
})

test('an answer that is not read to its end frees the store for others', async () => {
  const result = await client.query({ query: 'SELECT number, randomPrintableASCII(100) FROM numbers(100000000)', format: 'TabSeparated' })
  result.close()
  for (let left = 1; left > 0;) {
    const row = await firstRow(client, 'SELECT count() AS n FROM system.processes WHERE query LIKE \'%randomPrintableASCII%\' AND query NOT LIKE \'%system.processes%\'')
    left = Number(row.n)
  }
})

test('errors have the number, the name and the words of the engine', async () => {
  const cases: Array<[string, string, RegExp]> = [
    ['SELECT * FROM absent', 'UNKNOWN_TABLE', /^Unknown table expression identifier 'absent' in scope SELECT \* FROM absent/],
    ['SELECT * FROM absent.t', 'UNKNOWN_DATABASE', /absent/],
    ['SELECT absent', 'UNKNOWN_IDENTIFIER', /absent/],
    ['SELEC 1', 'SYNTAX_ERROR', /^Syntax error: failed at position 7/],
    ['SELECT 1; SELECT 2', 'SYNTAX_ERROR', /Multi-statements are not allowed/],
    ['SELECT toUInt8(\'x\')', 'CANNOT_PARSE_TEXT', /Cannot parse string 'x'/],
    ['SELECT {x:UInt8}', 'UNKNOWN_QUERY_PARAMETER', /x/],
  ]
  for (const [query, type, message] of cases) {
    const error = await failure(client.query({ query, format: 'JSONEachRow' }))
    assert.equal(error.type, type, query)
    assert.match(error.message, message)
    assert.doesNotMatch(error.message, /OUTFILE|spool/, query)
  }
})

test('rows that cannot be read are refused with the row, and nothing is inserted', async () => {
  await client.command({ query: 'CREATE TABLE strict (a UInt32) ENGINE = MergeTree ORDER BY a' })
  const error = await failure(client.insert({ table: 'strict', values: Readable.from(['1\n2\nx\n'], { objectMode: false }), format: 'TabSeparated' }))
  assert.match(error.message, /at row 3|Row 3|row 3/)
  assert.doesNotMatch(error.message, /spool/)
  assert.deepEqual(await firstRow(client, 'SELECT count() AS n FROM strict'), { n: 0 })
})

test('settings go to the engine; an unknown one is an error', async () => {
  const result = await client.query({ query: 'SELECT getSetting(\'max_threads\') AS n', format: 'JSONEachRow', clickhouse_settings: { max_threads: 1 } })
  assert.deepEqual(await result.json(), [{ n: 1 }])
  const error = await failure(client.query({ query: 'SELECT 1', clickhouse_settings: { no_such_setting: 1 } }))
  assert.equal(error.type, 'UNKNOWN_SETTING')
  const late = await failure(client.query({ query: 'SELECT sleepEachRow(0.1) FROM numbers(1000)', clickhouse_settings: { max_execution_time: 1, max_block_size: '1', function_sleep_max_microseconds_per_block: '0' } }))
  assert.equal(late.type, 'TIMEOUT_EXCEEDED')
})

test('a session keeps temporary tables, settings and its database; without one they are gone', async () => {
  const session = connect(store.url, { session_id: 'one' })
  await session.command({ query: 'CREATE TEMPORARY TABLE kept AS SELECT 5 AS x' })
  await session.command({ query: 'SET max_threads = 1' })
  await session.command({ query: 'USE system' })
  assert.deepEqual(await firstRow(session, 'SELECT x, getSetting(\'max_threads\') AS n, currentDatabase() AS d FROM kept'), { x: 5, n: 1, d: 'system' })
  assert.equal((await failure(client.query({ query: 'SELECT * FROM kept' }))).type, 'UNKNOWN_TABLE')
  assert.deepEqual(await firstRow(client, 'SELECT currentDatabase() AS d'), { d: 'default' })
  await session.close()
})

test('many queries at once are all answered', async () => {
  const results = await Promise.all(Array.from({ length: 40 }, async (_, index) => await firstRow(client, `SELECT ${index} AS n, sleep(0.01)`)))
  assert.deepEqual(results.map((row) => row.n), Array.from({ length: 40 }, (_, index) => index))
})
