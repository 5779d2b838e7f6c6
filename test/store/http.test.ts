import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { after, before, test } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import type { Store } from '../../services/store/server.ts'
import { isThorough } from '../thorough.ts'
import { openStore, send } from './fixture.ts'
import type { Answer } from './fixture.ts'

let store: Store

before(async () => { store = await openStore() })
after(async () => { await store.close() })

const post = async (body: NonNullable<RequestInit['body']>, params: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  await send(store.url, params, { method: 'POST', body, headers })

async function value (query: string): Promise<string> {
  const answer = await post(query)
  assert.equal(answer.status, 200, answer.text)
  return answer.text.trimEnd()
}

test('health checks answer without credentials', async () => {
  for (const path of ['/ping', '/replicas_status', '/']) {
    const response = await fetch(`${store.url}${path}`)
    assert.deepEqual([response.status, await response.text()], [200, 'Ok.\n'], path)
  }
  assert.equal((await fetch(`${store.url}/nowhere`)).status, 404)
})

test('a query may stand in the URL, in the body, or begin here and end there', async () => {
  assert.equal((await send(store.url, { query: 'SELECT 1' })).text, '1\n')
  assert.equal((await post('SELECT 2')).text, '2\n')
  assert.equal((await post('3', { query: 'SELECT' })).text, '3\n')
  assert.equal((await send(store.url, { query: 'SELECT 1' }, { method: 'HEAD' })).status, 200)
})

test('the format comes from the query, else from the URL, else from the header, else it is TabSeparated', async () => {
  const format = async (answer: Promise<Answer>): Promise<Array<string | null>> => {
    const { headers } = await answer
    return [headers.get('x-clickhouse-format'), headers.get('content-type')]
  }
  assert.deepEqual(await format(post('SELECT 1')), ['TabSeparated', 'text/tab-separated-values; charset=UTF-8'])
  assert.deepEqual(await format(post('SELECT 1', { default_format: 'JSON' })), ['JSON', 'application/json; charset=UTF-8'])
  assert.deepEqual(await format(post('SELECT 1', {}, { 'X-ClickHouse-Format': 'CSV' })), ['CSV', 'text/csv; charset=UTF-8; header=absent'])
  assert.deepEqual(await format(post('SELECT 1 FORMAT JSONEachRow', { default_format: 'JSON' })), ['JSONEachRow', 'application/x-ndjson; charset=UTF-8'])
  assert.deepEqual(await format(post('SELECT 1 FORMAT Native SETTINGS max_threads = 1')), ['Native', 'application/octet-stream'])
  assert.equal((await post('SELECT 1 AS format FORMAT NoSuchFormat')).status, 404)
})

test('an answer bears the headers that clients read', async () => {
  const { headers } = await post('SELECT number FROM numbers(5)', { query_id: 'mine' })
  assert.equal(headers.get('x-clickhouse-query-id'), 'mine')
  assert.equal(headers.get('x-clickhouse-server-display-name'), 'gatelens')
  assert.equal(headers.get('x-clickhouse-timezone'), await value('SELECT timezone()'))
  const summary = JSON.parse(headers.get('x-clickhouse-summary') ?? '') as Record<string, string>
  assert.deepEqual([summary.read_rows, summary.result_rows, summary.written_rows], ['5', '5', '0'])
  const counted = await post('SELECT count() FROM numbers(1000) WHERE number % 2 = 0 FORMAT JSON')
  const scanned = JSON.parse(counted.headers.get('x-clickhouse-summary') ?? '') as Record<string, string>
  assert.deepEqual([scanned.read_rows, scanned.result_rows], ['1000', '1'])
})

test('errors have the text, the status and the number that a server gives', async () => {
  const cases: Array<[string, number, number, string]> = [
    ['SELECT * FROM absent', 404, 60, 'UNKNOWN_TABLE'],
    ['SELECT * FROM absent.t', 404, 81, 'UNKNOWN_DATABASE'],
    ['SELECT absent()', 404, 46, 'UNKNOWN_FUNCTION'],
    ['SELEC 1', 400, 62, 'SYNTAX_ERROR'],
    ['', 400, 62, 'SYNTAX_ERROR'],
    ['-- nothing', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT toDate(\'x\')', 400, 38, 'CANNOT_PARSE_DATE'],
    ['SELECT throwIf(1)', 500, 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ['SELECT 1 INTO OUTFILE \'/tmp/x\'', 500, 163, 'INTO_OUTFILE_NOT_ALLOWED'],
    ['INSERT INTO absent FORMAT TSV\n1', 404, 60, 'UNKNOWN_TABLE'],
  ]
  for (const [query, status, code, type] of cases) {
    const answer = await post(query)
    assert.deepEqual([answer.status, answer.headers.get('x-clickhouse-exception-code')], [status, String(code)], `${query}: ${answer.text}`)
    assert.match(answer.text, new RegExp(`^Code: ${code}\\. DB::Exception: [\\s\\S]+\\(${type}\\) \\(version [\\d.]+\\)\\n$`))
  }
})

test('an unknown database, setting or parameter value is refused before the query runs', async () => {
  assert.match((await post('SELECT 1', { database: 'absent' })).text, /^Code: 81\..*UNKNOWN_DATABASE/s)
  assert.match((await post('SELECT 1', { no_such_setting: '1' })).text, /^Code: 115\..*UNKNOWN_SETTING/s)
  assert.match((await post('SELECT 1', { max_threads: 'many' })).text, /^Code: \d+\./)
  assert.match((await post('SELECT {x:UInt8}', { param_x: 'a' })).text, /^Code: 457\..*BAD_QUERY_PARAMETER/s)
})

test('the database is chosen by URL or header', async () => {
  assert.equal((await post('SELECT currentDatabase()', { database: 'system' })).text, 'system\n')
  assert.equal((await post('SELECT currentDatabase()', {}, { 'X-ClickHouse-Database': 'system' })).text, 'system\n')
  assert.equal((await post('SELECT currentDatabase()')).text, 'default\n')
})

test('data is taken from the body in any format, after a query in URL or body', async () => {
  await value('CREATE TABLE body (a UInt32, b String DEFAULT \'none\') ENGINE = MergeTree ORDER BY a')
  const native = Buffer.from(await (await fetch(`${store.url}/?query=${encodeURIComponent('SELECT toUInt32(10) AS a, \'n\' AS b FORMAT Native')}`)).arrayBuffer())
  const inserts: Array<[string, NonNullable<RequestInit['body']>]> = [
    ['INSERT INTO body FORMAT TabSeparated', '1\tone\n'],
    ['INSERT INTO body (a) FORMAT CSV', '2\n'],
    ['INSERT INTO body FORMAT JSONEachRow', '{"a":3}\n{"a":4,"b":"four"}\n'],
    ['INSERT INTO body VALUES', '(5, \'five\'), (3 + 3, concat(\'s\', \'ix\'))'],
    ['', 'INSERT INTO body (b, a) FORMAT TSV\nseven\t7\n'],
    ['', 'INSERT INTO body SETTINGS max_threads = 1 FORMAT JSONCompactEachRow [8, "eight"]'],
    ['', 'INSERT INTO body (a, b) VALUES (9, \'semi; -- colon\')'],
    ['INSERT INTO body FORMAT Native', new Uint8Array(native)],
    ['INSERT INTO body FORMAT RowBinary', new Uint8Array([11, 0, 0, 0, 2, 0xff, 0xfe])],
    ['INSERT INTO FUNCTION null(\'a UInt32\') FORMAT TSV', '1\n'],
    ['INSERT INTO {t:Identifier} (a, b) FORMAT TSV', '12\ttwelve\n'],
  ]
  for (const [query, data] of inserts) {
    const answer = await post(data, { ...(query === '' ? {} : { query }), param_t: 'body' })
    assert.equal(answer.status, 200, `${query}: ${answer.text}`)
  }
  assert.equal(await value('SELECT groupArray((a, hex(b))) FROM (SELECT * FROM body ORDER BY a)'), '[' + [
    [1, 'one'], [2, 'none'], [3, 'none'], [4, 'four'], [5, 'five'], [6, 'six'], [7, 'seven'], [8, 'eight'], [9, 'semi; -- colon'], [10, 'n'],
    [11, Buffer.from([0xff, 0xfe])], [12, 'twelve'],
  ].map(([a, b]) => `(${a},'${Buffer.from(b as string).toString('hex').toUpperCase()}')`).join(',') + ']')
})

test('the summary of an insert counts what was written', async () => {
  await value('CREATE TABLE counted (a UInt32) ENGINE = MergeTree ORDER BY a')
  const answer = await post('1\n2\n3\n', { query: 'INSERT INTO counted FORMAT TSV' })
  const summary = JSON.parse(answer.headers.get('x-clickhouse-summary') ?? '') as Record<string, string>
  assert.equal(summary.written_rows, '3')
  assert.ok(Number(summary.written_bytes) > 0)
})

test('compressed bodies are taken, with the query in the URL or inside', async () => {
  await value('CREATE TABLE packed (a UInt32) ENGINE = MergeTree ORDER BY a')
  const codings: Array<[string, (text: Buffer) => Buffer]> = [['gzip', gzipSync], ['deflate', deflateSync], ['br', brotliCompressSync]]
  for (const [coding, pack] of codings) {
    for (const [query, text] of [['INSERT INTO packed FORMAT TSV', '1\n2\n'], ['', 'INSERT INTO packed FORMAT TSV\n3\n'], ['INSERT INTO packed VALUES', '(4)']] as const) {
      const answer = await post(new Uint8Array(pack(Buffer.from(text))), query === '' ? {} : { query }, { 'Content-Encoding': coding })
      assert.equal(answer.status, 200, `${coding} ${query}: ${answer.text}`)
    }
  }
  assert.equal(await value('SELECT a, count() FROM packed GROUP BY a ORDER BY a'), '1\t3\n2\t3\n3\t3\n4\t3')
  const broken = await post('no gzip', { query: 'INSERT INTO packed FORMAT TSV' }, { 'Content-Encoding': 'gzip' })
  assert.match(broken.text, /^Code: \d+\. DB::Exception/)
  assert.match((await post('x', {}, { 'Content-Encoding': 'gzip' })).text, /^Code: 271\..*CANNOT_DECOMPRESS/s)
  assert.match((await post('x', {}, { 'Content-Encoding': 'rot13' })).text, /^Code: 89\..*UNKNOWN_COMPRESSION_METHOD/s)
})

test('codings that Node does not know are left to the engine, both ways', async () => {
  await value('CREATE TABLE foreign (a UInt32) ENGINE = MergeTree ORDER BY a')
  for (const coding of ['zstd', 'lz4', 'xz']) {
    const rows = await raw({ query: 'SELECT 7 FORMAT TSV', enable_http_compression: '1' }, coding)
    assert.notEqual(rows.toString(), '7\n', coding)
    const inside = await raw({ query: 'SELECT \'INSERT INTO foreign FORMAT TSV\n8\n\' FORMAT RawBLOB', enable_http_compression: '1' }, coding)
    assert.equal((await post(new Uint8Array(rows), { query: 'INSERT INTO foreign FORMAT TSV' }, { 'Content-Encoding': coding })).status, 200, coding)
    assert.equal((await post(new Uint8Array(inside), {}, { 'Content-Encoding': coding })).status, 200, coding)
  }
  assert.equal(await value('SELECT a, count() FROM foreign GROUP BY a ORDER BY a'), '7\t3\n8\t3')
})

test('answers are compressed only when the client and the setting say so', async () => {
  const query = 'SELECT number FROM numbers(1000)'
  const plain = await raw({ query }, 'gzip')
  assert.equal(plain.toString().split('\n').length, 1001)
  assert.equal(gunzipSync(await raw({ query, enable_http_compression: '1' }, 'gzip')).toString(), plain.toString())
  assert.equal(brotliDecompressSync(await raw({ query, enable_http_compression: '1' }, 'gzip;q=0.5, br')).toString(), plain.toString())
  assert.equal((await raw({ query, enable_http_compression: '1' }, 'identity, gzip;q=0')).toString(), plain.toString())
})

test('nothing that a request sets is there for the next', async () => {
  assert.equal((await post('SELECT {x:String}', { param_x: 'mine', max_threads: '1' })).text, 'mine\n')
  for (const other of ['max_block_size', 'param_y']) {
    assert.match((await post('SELECT {x:String}', { max_threads: '1', [other]: '1' })).text, /^Code: 456\..*UNKNOWN_QUERY_PARAMETER/s)
  }
  assert.equal((await post('SELECT {x:String}', { param_x: 'other', max_threads: '1' })).text, 'other\n')
  await post('SET max_block_size = 7')
  await post('USE system')
  await post('CREATE TEMPORARY TABLE here (a UInt8)')
  await send(store.url, { query: 'SELECT 1', max_result_rows: '1' })
  assert.equal(await value('SELECT getSetting(\'max_block_size\') != 7, currentDatabase(), getSetting(\'readonly\'), (SELECT count() FROM system.tables WHERE name = \'here\')'), '1\tdefault\t0\t0')
})

test('what a failed query had put out is not part of the next answer', async () => {
  const session_id = 'failing'
  const failed = await post('SELECT sleepEachRow(0.1) FROM numbers(100)', { session_id, max_execution_time: '1', max_block_size: '1', wait_end_of_query: '1' })
  assert.equal(failed.headers.get('x-clickhouse-exception-code'), '159')
  assert.equal((await post('SELECT 2', { session_id })).text, '2\n')
  assert.equal((await post('KILL QUERY WHERE query_id = \'none\'', { session_id })).text, '')
})

test('a client may keep a long query running while many short ones come and go', async () => {
  const slow = post('SELECT count(sleepEachRow(0.1)) FROM numbers(30)', { max_block_size: '1' })
  for (let index = 0; index < (isThorough ? 300 : 60); index++) assert.equal(await value(`SELECT ${index}`), String(index))
  assert.equal((await slow).text, '30\n')
})

test('external tables can be queried beside the stored ones', async () => {
  const form = new FormData()
  form.append('ext', new Blob(['1\tone\n2\ttwo\n']), 'ext.tsv')
  form.append('param_min', '1')
  const answer = await send(store.url, { query: 'SELECT n, s FROM ext WHERE n > {min:UInt8}', ext_structure: 'n UInt8, s String' }, { method: 'POST', body: form })
  assert.deepEqual([answer.status, answer.text], [200, '2\ttwo\n'])
})

test('wait_end_of_query gives a late error its own status; without it the answer is cut', async () => {
  const waited = await post('SELECT throwIf(number = 3000000), number FROM numbers(10000000) SETTINGS max_block_size = 10000, max_threads = 1', { wait_end_of_query: '1' })
  assert.deepEqual([waited.status, waited.headers.get('x-clickhouse-exception-code')], [500, '395'])
  // Without an end: it fails when its answer has begun, however fast the engine is.
  const body = 'SELECT number, repeat(\'x\', 10000), sleepEachRow(0.001) FROM system.numbers SETTINGS max_block_size = 100'
  const response = await fetch(store.url, { method: 'POST', body })
  assert.equal(response.status, 200)
  await value('KILL QUERY WHERE query LIKE \'%FROM system.numbers%\' AND query NOT LIKE \'%KILL%\'')
  await assert.rejects(response.text())
})

test('a body that breaks off inserts nothing', async () => {
  await value('CREATE TABLE broken (a UInt32) ENGINE = MergeTree ORDER BY a')
  const socket = connectSocket(Number(new URL(store.url).port), '127.0.0.1')
  socket.write('POST /?query=INSERT+INTO+broken+FORMAT+TSV HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n1\n2\n')
  socket.end()
  socket.resume()
  await once(socket, 'close')
  assert.equal(await value('SELECT count() FROM broken'), '0')
})

/** The bytes as they come: fetch would decompress them. */
async function raw (params: Record<string, string>, coding: string): Promise<Buffer> {
  const socket = connectSocket(Number(new URL(store.url).port), '127.0.0.1')
  socket.write(`GET /?${new URLSearchParams(params).toString()} HTTP/1.0\r\nAccept-Encoding: ${coding}\r\n\r\n`)
  const chunks: Buffer[] = []
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk)
  const whole = Buffer.concat(chunks)
  return whole.subarray(whole.indexOf('\r\n\r\n') + 4)
}
