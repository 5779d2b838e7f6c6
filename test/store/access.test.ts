import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createLog } from '../../services/runtime/log.ts'
import { isLoopback } from '../../services/store/loopback.ts'
import { startStore } from '../../services/store/server.ts'
import type { Store } from '../../services/store/server.ts'
import { temporaryFolder } from '../folder.ts'
import { connect, firstRow, openStore, send } from './fixture.ts'
import type { Answer } from './fixture.ts'

const users = [
  { name: 'writer', password: 'w"r:ite', read_only: false },
  { name: 'reader', password: 'r', read_only: true },
]
const folder = temporaryFolder()
const secret = join(folder, 'secret.txt')
let store: Store

before(async () => {
  writeFileSync(secret, 'the secret\n')
  store = await openStore({ users })
  const answer = await as('writer', 'CREATE TABLE t (a UInt32, b String) ENGINE = MergeTree ORDER BY a')
  assert.equal(answer.status, 200, answer.text)
})
after(async () => { await store.close() })

async function as (name: 'writer' | 'reader', query: string, params: Record<string, string> = {}): Promise<Answer> {
  const password = users.find((user) => user.name === name)?.password ?? ''
  return await send(store.url, params, { method: 'POST', body: query, headers: { 'X-ClickHouse-User': name, 'X-ClickHouse-Key': password } })
}

async function asWriterByGet (query: string): Promise<Answer> {
  return await send(store.url, { query, user: 'writer', password: users[0]?.password ?? '' })
}

test('user and password come as Basic auth, in headers or in the URL', async () => {
  const [user, password] = ['writer', 'w"r:ite']
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  assert.equal((await send(store.url, {}, { method: 'POST', body: 'SELECT 1', headers: { Authorization: basic } })).status, 200)
  assert.equal((await send(store.url, { user, password }, { method: 'POST', body: 'SELECT 1' })).status, 200)
  assert.equal((await as('writer', 'SELECT 1')).status, 200)
  const client = connect(store.url, { username: user, password })
  assert.deepEqual(await firstRow(client, 'SELECT 1 AS x'), { x: 1 })
  await client.close()
})

test('a wrong password, an unknown user and nobody at all are refused alike', async () => {
  for (const [user, password] of [['writer', 'wrong'], ['writer', ''], ['nobody', 'x'], ['default', '']] as const) {
    const { status, text, headers } = await send(store.url, { user, password }, { method: 'POST', body: 'SELECT 1' })
    assert.deepEqual([status, headers.get('x-clickhouse-exception-code')], [403, '516'])
    assert.match(text, new RegExp(`^Code: 516\\. DB::Exception: ${user}: Authentication failed: password is incorrect, or there is no user with such name\\. \\(AUTHENTICATION_FAILED\\)`))
  }
  assert.equal((await send(store.url, {}, { method: 'POST', body: 'SELECT 1' })).status, 403)
  assert.equal((await send(store.url, {}, { method: 'POST', body: 'SELECT 1', headers: { Authorization: 'Bearer x' } })).status, 403)
  const mixed = { Authorization: 'Basic eDp5', 'X-ClickHouse-User': 'writer' }
  assert.equal((await send(store.url, {}, { method: 'POST', body: 'SELECT 1', headers: mixed })).status, 403)
})

test('a read-only user may look at everything', async () => {
  for (const query of ['SELECT count() FROM t', 'WITH 1 AS x SELECT x', 'SHOW TABLES', 'DESCRIBE TABLE t', 'EXISTS TABLE t', 'EXPLAIN SELECT 1', 'USE default',
    'SELECT name FROM system.tables LIMIT 1', 'SHOW CREATE TABLE t']) {
    const answer = await as('reader', query)
    assert.equal(answer.status, 200, `${query}: ${answer.text}`)
  }
  assert.match((await as('reader', 'SET max_threads = 1')).text, /^Code: 164\./)
  assert.equal((await as('reader', 'SELECT getSetting(\'readonly\')')).text, '1\n')
  assert.equal((await as('reader', 'SELECT getSetting(\'max_threads\')', { max_threads: '1', session_id: 's' })).text, '1\n')
})

const changes = [
  'INSERT INTO t VALUES (1, \'x\')', 'INSERT INTO t FORMAT TSV\n1\tx\n', 'INSERT INTO t SELECT 1, \'x\'', 'WITH 1 AS x INSERT INTO t SELECT x, \'\'',
  'CREATE TABLE u (a UInt8) ENGINE = Memory', 'CREATE TEMPORARY TABLE u (a UInt8)', 'DROP TABLE t', 'TRUNCATE TABLE t', 'ALTER TABLE t DELETE WHERE 1', 'OPTIMIZE TABLE t',
  'RENAME TABLE t TO u', 'CREATE DATABASE d', 'KILL QUERY WHERE 1', 'SYSTEM FLUSH LOGS', 'DELETE FROM t WHERE 1', 'SELECT 1 PARALLEL WITH DROP TABLE t',
  '/* SELECT */ DROP TABLE t', 'GRANT ALL ON *.* TO reader', 'DETACH TABLE t', 'EXCHANGE TABLES t AND u',
]

test('a read-only user, a GET and readonly=1 may change nothing', async () => {
  for (const query of changes) {
    for (const answer of [await as('reader', query), await as('reader', query, { session_id: 'r' }), await asWriterByGet(query), await as('writer', query, { readonly: '1' })]) {
      assert.deepEqual([answer.status, answer.headers.get('x-clickhouse-exception-code')], [500, '164'], `${query}: ${answer.text}`)
    }
  }
  assert.match((await asWriterByGet('DROP TABLE t')).text, /method GET implies readonly/)
  assert.equal((await as('reader', 'SELECT 1 SETTINGS readonly = 0')).headers.get('x-clickhouse-exception-code'), '164')
  assert.equal((await as('writer', 'SELECT count() FROM t')).text, '0\n')
})

test('nobody reads or writes files of this machine, or reaches other machines, through the store', async () => {
  const path = secret.replace(/'/g, '\\\'')
  const attempts = [
    `SELECT file('${path}')`, `SELECT \`file\`('${path}')`, `SELECT FILE ( '${path}' )`, `SELECT arrayMap(file, ['${path}'])`,
    `SELECT * APPLY(file) FROM (SELECT '${path}')`, `SELECT $$x$$, file('${path}')`, `SELECT * FROM file('${path}', 'LineAsString')`, `SELECT * FROM default.\`${path}\``,
    `CREATE TABLE leak (a String) ENGINE = File(LineAsString, '${path}')`, 'CREATE TABLE far (a String) ENGINE = URL(\'http://127.0.0.1:1/\', TSV)',
    'CREATE DATABASE leak ENGINE = Filesystem(\'/\')', 'CREATE DATABASE leak ENGINE = SQLite(\'/tmp/x.db\')',
    'SELECT * FROM url(\'http://127.0.0.1:1/\', TSV)', 'SELECT * FROM remote(\'127.0.0.1\', system.one)', 'SELECT * FROM s3(\'http://127.0.0.1:1/b/k\', \'TSV\')',
    'SELECT * FROM executable(\'ls\', TSV, \'a String\')', `INSERT INTO t VALUES (1, file('${path}'))`, `INSERT INTO t (b) VALUES (/* ' */ file('${path}') /* ' */)`,
    `INSERT INTO FUNCTION file('${path}', 'TSV', 'a String') VALUES ('x')`, `SELECT 1 INTO OUTFILE '${path}' TRUNCATE`, `select 1 into/**/outfile '${path}' truncate`,
    `SELECT 1 INTO\nOUTFILE '${path}' APPEND`, `INSERT INTO t (b) FROM INFILE '${path}' FORMAT LineAsString`, `SELECT $x$ ' $x$ INTO OUTFILE '${path}' TRUNCATE --'`,
    'SET dialect = \'prql\'', 'CREATE DICTIONARY d (a UInt64, b String) PRIMARY KEY a SOURCE(HTTP(url \'http://127.0.0.1:1/\' format \'TSV\')) LAYOUT(FLAT()) LIFETIME(1)',
    'SYSTEM SHUTDOWN', 'SYSTEM KILL', `BACKUP TABLE t TO File('${path}')`, 'CREATE USER intruder', `SELECT 1 SETTINGS format_schema = '${path}'`,
    'CREATE FUNCTION leak AS (p) -> file(p)', `CREATE TABLE leak (a String DEFAULT file('${path}')) ENGINE = Memory`,
  ]
  for (const query of attempts) {
    const answer = await as('writer', query)
    assert.ok(answer.status >= 400, `${query} was allowed: ${answer.text}`)
    assert.doesNotMatch(answer.text, /the secret/, query)
  }
  const large = `(1, '${'x'.repeat(5 * 1024 * 1024)}'), (2, file('${path}'))`
  assert.match((await as('writer', `INSERT INTO t VALUES ${large}`)).text, /ACCESS_DENIED/)
  assert.equal((await as('writer', 'INSERT INTO t VALUES (1, \'a file, in a string: file(\'\'x\'\')\')')).status, 200)
  assert.equal((await as('writer', 'SELECT count() FROM t')).text, '1\n')
})

test('a user cannot enter the session of another', async () => {
  await as('writer', 'CREATE TEMPORARY TABLE mine AS SELECT 1 AS x', { session_id: 'shared' })
  assert.equal((await as('writer', 'SELECT x FROM mine', { session_id: 'shared', session_check: '1' })).text, '1\n')
  assert.equal((await as('reader', 'SELECT x FROM mine', { session_id: 'shared' })).headers.get('x-clickhouse-exception-code'), '60')
  assert.equal((await as('reader', 'SELECT 1', { session_id: 'other', session_check: '1' })).headers.get('x-clickhouse-exception-code'), '372')
})

test('an address that others reach is refused without users', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com']) {
    await assert.rejects(startStore({ folder: temporaryFolder(), host, port: 0, log: createLog('store', 'error') }), { code: 'CONFIG_INVALID', message: new RegExp(`^${host}`) })
  }
})

test('loopback is what only this machine reaches', () => {
  assert.deepEqual(['127.0.0.1', '127.8.9.1', '::1', 'localhost', '::ffff:127.0.0.1'].map(isLoopback), [true, true, true, true, true])
  assert.deepEqual(['0.0.0.0', '::', '10.0.0.1', 'example.com', '', '::ffff:10.0.0.1'].map(isLoopback), [false, false, false, false, false, false])
})
