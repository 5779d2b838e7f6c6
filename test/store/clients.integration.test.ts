import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { packageRoot } from '../../services/runtime/package.ts'
import type { Store } from '../../services/store/server.ts'
import { sourceFolder } from '../built.ts'
import { openStore } from './fixture.ts'

const run = promisify(execFile)
const installed = join(process.env.GATELENS_SERVERS ?? join(packageRoot, 'test/.servers'), 'clickhouse-clients')
const scripts = join(sourceFolder(import.meta.dirname), 'clients')
let store: Store

before(async () => { store = await openStore() })
after(async () => { await store.close() })

test('Python\'s clickhouse-connect works with its defaults', async () => {
  const { hostname, port } = new URL(store.url)
  const { stdout } = await run(join(installed, 'venv/bin/python'), [join(scripts, 'connect.py'), hostname, port])
  assert.deepEqual(stdout.trim().split('\n'), [
    'insert and select: ok', 'parameters: ok', 'stream: ok', 'raw and external data: ok', 'session: ok', 'metadata and errors: ok',
  ])
})

test('DBeaver\'s JDBC driver works with its defaults', async () => {
  const url = `jdbc:clickhouse://${new URL(store.url).host}/default`
  const { stdout } = await run('java', ['-Duser.timezone=UTC', '-cp', join(installed, 'jars/*'), join(scripts, 'Jdbc.java'), url])
  assert.deepEqual(stdout.trim().split('\n'), ['insert: ok', 'parameters: ok', 'million rows: ok', 'errors: ok', 'metadata: ok'])
})

for (const [version, ...only] of [['v2.30.0', 'sql'], ['v2.51.0']] as const) {
  test(`Go's clickhouse-go ${version} works over HTTP, with and without compression`, async () => {
    const { stdout } = await run(join(installed, 'go', `client-${version}`), [new URL(store.url).host, ...only])
    const own = ['types, batches and a million rows: ok', 'parameters and errors: ok']
    assert.deepEqual(stdout.trim().split('\n'), ['database/sql: ok', ...only.length === 0 ? own : []])
  })
}

test('curl sends queries, data and files', async () => {
  const curl = async (...args: string[]): Promise<string> => (await run('curl', ['--silent', '--show-error', ...args])).stdout
  assert.equal(await curl(`${store.url}/ping`), 'Ok.\n')
  assert.equal(await curl(`${store.url}/?query=SELECT%201`), '1\n')
  assert.equal(await curl(store.url, '--data-binary', 'CREATE TABLE curl (a UInt32, b String) ENGINE = MergeTree ORDER BY a'), '')
  assert.equal(await curl(`${store.url}/?query=INSERT%20INTO%20curl%20FORMAT%20CSV`, '--data-binary', '1,"one"\n2,"two"'), '')
  assert.equal(await curl(store.url, '--data-binary', 'INSERT INTO curl VALUES (3, \'three\')'), '')
  assert.equal(await curl('--user', 'default:', '--compressed', `${store.url}/?enable_http_compression=1`, '--data-binary', 'SELECT * FROM curl ORDER BY a FORMAT CSV'),
    '1,"one"\n2,"two"\n3,"three"\n')
  assert.match(await curl('--user', 'someone:else', store.url, '--data-binary', 'SELECT 1'), /^Code: 516\..*AUTHENTICATION_FAILED/)
})
