/** Commands that need a store, on the embedded one: store, migrate, query, and what goes wrong with them. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { temporaryFolder } from '../folder.ts'
import { CommandHost, runCommand, startCommand } from './run-command.ts'

const folder = temporaryFolder()
const data = join(folder, 'store')
const host = new CommandHost()
let store: ChildProcess
let url = ''

before(async () => {
  store = startCommand(['store', '--data', data, '--listen', '127.0.0.1:0'])
  url = await announcedUrl(store)
})

after(async () => {
  host.close()
  store.kill('SIGTERM')
  if (store.exitCode === null) await once(store, 'exit')
})

test('a query before the schema is there says what to do', async () => {
  const { code, stderr } = await host.run(['query', 'SELECT 1', '--url', url])
  assert.equal(code, 2)
  assert.match(stderr, /error\[SCHEMA_MISSING\] .*: there is no database gatelens\n.*gatelens migrate/)
})

test('migrate makes the tables, and a second time changes nothing', async () => {
  const first = await host.run(['migrate', '--url', url])
  assert.deepEqual([first.code, first.stderr], [0, ''])
  assert.match(first.stdout, /^gatelens brought from schema version 0 to \d+\n$/)
  const second = await host.run(['migrate', '--url', url, '--json'])
  assert.deepEqual([second.code, (JSON.parse(second.stdout) as { applied: string[] }).applied], [0, []])
})

test('query prints tab-separated values when nobody looks, and any format that is asked for', async () => {
  const plain = await host.run(['query', 'SELECT count() AS requests FROM requests', '--url', url])
  assert.deepEqual(plain, { code: 0, stdout: 'requests\n0\n', stderr: '' })
  const json = await host.run(['query', 'SELECT 1 AS one', '--url', url, '--json'])
  assert.deepEqual((JSON.parse(json.stdout) as { data: unknown }).data, [{ one: 1 }])
  const piped = await runCommand(['query', '--url', url, '--format', 'CSV'], { stdin: 'SELECT 1, \'a\'' })
  assert.equal(piped.stdout, '1,"a"\n')
})

test('query shows the engine\'s message and ends with 1', async () => {
  const { code, stdout, stderr } = await host.run(['query', 'SELECT nothing FROM requests', '--url', url])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^error\[STORE_REFUSED\] .*UNKNOWN_IDENTIFIER/)
})

test('query changes nothing unless --write is given', async () => {
  const refused = await host.run(['query', 'TRUNCATE TABLE rejected', '--url', url])
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /READONLY[\s\S]*--write/)
  assert.equal((await host.run(['query', 'TRUNCATE TABLE rejected', '--url', url, '--write'])).code, 0)
})

test('a data folder belongs to one store', async () => {
  const { code, stderr } = await host.run(['store', '--data', data, '--listen', '127.0.0.1:0'])
  assert.equal(code, 2)
  assert.match(stderr, /error\[FOLDER_LOCKED\]/)
})

test('a taken port is named, with what to do', async () => {
  const { port } = new URL(url)
  const { code, stderr } = await host.run(['store', '--data', join(folder, 'other'), '--listen', `127.0.0.1:${port}`])
  assert.equal(code, 2)
  assert.match(stderr, new RegExp(`error\\[PORT_IN_USE\\] 127\\.0\\.0\\.1:${port}: port ${port} on 127\\.0\\.0\\.1 is in use\n  what to do: Stop that process`))
})

test('a folder that cannot be made is named', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const { code, stderr } = await host.run(['store', '--data', join(file, 'store'), '--listen', '127.0.0.1:0'])
  assert.equal(code, 2)
  assert.match(stderr, /error\[FOLDER_UNUSABLE\] .*file\/store: cannot use the folder/)
})

test('no store at the address is a failure that names it', async () => {
  const { code, stderr } = await host.run(['query', 'SELECT 1', '--url', 'http://127.0.0.1:1'])
  assert.equal(code, 2)
  assert.match(stderr, /error\[STORE_UNREACHABLE\] http:\/\/127\.0\.0\.1:1: /)
})

async function announcedUrl (child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stdout!)) {
    const found = /listens on (\S+)/.exec(line)?.[1]
    if (found !== undefined) return found
  }
  throw new Error('the store ended before it served')
}
