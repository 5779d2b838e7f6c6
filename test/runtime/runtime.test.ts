import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { catalogue, explainError, GatelensError, messageOf, systemCode } from '../../services/runtime/errors.ts'
import { ensureFolder, ensureFolderSync, writeDurably } from '../../services/runtime/files.ts'
import { listen, sendJson } from '../../services/runtime/http.ts'
import { packageRoot, version } from '../../services/runtime/package.ts'
import { pause } from '../../services/runtime/shutdown.ts'
import { parseAddress, parseBytes, parseDuration } from '../../services/runtime/units.ts'
import { temporaryFolder } from '../folder.ts'

const folder = temporaryFolder()

test('every catalogue entry says what happened and what to do', () => {
  for (const [code, entry] of Object.entries(catalogue)) {
    assert.match(code, /^[A-Z][A-Z_]+$/)
    assert.match(entry.summary, /^[A-Z].*\.$/, code)
    assert.ok(entry.hint.length > 10, code)
  }
})

test('an error is explained with code, place, message and hint, and a stack only when nobody foresaw it', () => {
  assert.equal(explainError(new GatelensError('PORT_IN_USE', 'port 1 is in use', { where: '127.0.0.1:1' })),
    `error[PORT_IN_USE] 127.0.0.1:1: port 1 is in use\n  what to do: ${catalogue.PORT_IN_USE.hint}`)
  assert.match(explainError(new TypeError('odd')), /^error\[INTERNAL\] TypeError: odd\n\s+at /)
  assert.equal(messageOf(new Error('a\n  b')), 'a b')
  assert.equal(systemCode({ code: 'ENOENT' }), 'ENOENT')
  assert.equal(systemCode('text'), '')
})

test('durations and sizes are parsed exactly or not at all', () => {
  assert.deepEqual(['500ms', '10s', '5m', '1h', '1d', '1w', '1.5s'].map(parseDuration), [500, 10_000, 300_000, 3_600_000, 86_400_000, 604_800_000, 1500])
  assert.deepEqual(['1B', '10KB', '64MiB', '1 GB'].map(parseBytes), [1, 10_000, 67_108_864, 1e9])
  for (const text of ['', '5', 's', '-1s', '1 hour', '1e3s', '10mb']) assert.equal(parseDuration(text) ?? parseBytes(text), undefined, text)
})

test('a durable write replaces the file whole and leaves no temporary file', async () => {
  const path = join(folder, 'state.json')
  await writeDurably(path, 'one')
  await writeDurably(path, 'two')
  assert.equal(readFileSync(path, 'utf8'), 'two')
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('state')), ['state.json'])
})

test('a folder that cannot be made is FOLDER_UNUSABLE with its path', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const expected = (error: unknown): boolean => error instanceof GatelensError && error.code === 'FOLDER_UNUSABLE' && error.where === join(file, 'x')
  await assert.rejects(ensureFolder(join(file, 'x')), expected)
  assert.throws(() => ensureFolderSync(join(file, 'x')), expected)
  // Node's own recursive mkdir never returns here.
  assert.throws(() => ensureFolderSync('/proc/gatelens/x'), { code: 'FOLDER_UNUSABLE', where: '/proc/gatelens/x' })
})

test('a taken port is PORT_IN_USE with the address', async () => {
  const first = await listen({ host: '127.0.0.1', port: 0 }, (_request, response) => sendJson(response, 200, { ok: true }))
  await assert.rejects(listen({ host: '127.0.0.1', port: first.port }, () => {}), (error: unknown) =>
    error instanceof GatelensError && error.code === 'PORT_IN_USE' && error.where === `127.0.0.1:${first.port}`)
  assert.deepEqual(await (await fetch(first.url)).json(), { ok: true })
  await first.close()
})

test('closing a listener cuts requests that outlast the grace', async () => {
  const listener = await listen({ host: '127.0.0.1', port: 0 }, () => {})
  const cut = new Promise<string>((resolve) => {
    get(listener.url).on('error', (error) => resolve(systemCode(error)))
  })
  await new Promise((resolve) => listener.server.once('request', resolve))
  await listener.close(10)
  assert.equal(await cut, 'ECONNRESET')
})

test('connections are kept longer than clients keep them, and closing waits for none that an answer leaves idle', async () => {
  const waiting: ServerResponse[] = []
  const listener = await listen({ host: '127.0.0.1', port: 0 }, (_request, response) => { waiting.push(response) })
  const answered = new Promise<IncomingMessage>((resolve) => { get(listener.url, { agent: new Agent({ keepAlive: true }) }, resolve) })
  await new Promise((resolve) => listener.server.once('request', resolve))
  // From here on the server would keep it for ever.
  const closing = listener.close(2 ** 31 - 1)
  listener.server.keepAliveTimeout = 0
  waiting[0]?.writeHead(200, { 'content-length': 2 }).end('ok')
  const response = (await answered).resume()
  await closing
  assert.equal(response.statusCode, 200)
  const other = await listen({ host: '127.0.0.1', port: 0 }, (_request, response) => sendJson(response, 200, {}))
  assert.equal((await fetch(other.url)).headers.get('keep-alive'), 'timeout=65')
  await other.close()
})

test('addresses are split into host and port', () => {
  assert.deepEqual(parseAddress('127.0.0.1:9464'), { host: '127.0.0.1', port: 9464 })
  assert.deepEqual(parseAddress('[::1]:80'), { host: '::1', port: 80 })
  assert.deepEqual(parseAddress('9464'), { host: '127.0.0.1', port: 9464 })
  for (const text of ['', 'x', ':80', 'a:99999', '1.2.3.4']) assert.equal(parseAddress(text), undefined, text)
})

test('a pause ends at once when its signal aborts', async () => {
  const controller = new AbortController()
  const waiting = pause(3_600_000, controller.signal)
  controller.abort()
  await waiting
  await pause(3_600_000, controller.signal)
})

test('the package knows its root and version', () => {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { name: string, version: string }
  assert.deepEqual([manifest.name, manifest.version], ['gatelens', version])
})
