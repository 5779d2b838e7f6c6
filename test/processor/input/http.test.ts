import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { request as requestTls } from 'node:https'
import { sourceFolder } from '../../built.ts'
import { until } from '../../until.ts'
import { startInput } from './http-fixture.ts'
import { post } from './http-sender.ts'
import type { Answer } from './http-sender.ts'

const lines = 'one\ntwo\nthree\n'
const json = { 'content-type': 'application/json' }

function errorOf ({ status, body }: Answer): unknown[] {
  return [status, body.error, body.where]
}

test('a body is an object, an array, objects on lines, printed objects, or lines of text', async (t) => {
  const input = await startInput(t)
  for (const [body, records] of [
    ['{"a":1}', ['{"a":1}']],
    ['[{"a":1},{"a":2}]', ['[{"a":1},{"a":2}]']],
    ['{"a":1}\n{"a":2}\r\n\n{"a":3}', ['{"a":1}', '{"a":2}', '{"a":3}']],
    ['[\n{\n  "a": 1\n},\n{\n  "a": 2\n}\n]\n', ['{\n  "a": 1\n}', '{\n  "a": 2\n}']],
    [lines, ['one', 'two', 'three']],
    ['', []],
    ['\n\n', []],
  ] as const) {
    input.texts.length = 0
    assert.equal((await post(input.url, body, { headers: json })).status, 200, body)
    assert.deepEqual(input.texts, records, body)
  }
})

test('a body may be compressed, and is the same body then', async (t) => {
  const input = await startInput(t)
  const places = new Set<number>()
  for (const [coding, bytes] of [
    ['identity', Buffer.from(lines)], ['gzip', gzipSync(lines)], ['x-gzip', gzipSync(lines)], ['GZIP', Buffer.concat([gzipSync('one\ntwo\n'), gzipSync('three\n')])],
    ['deflate', deflateSync(lines)], ['deflate', deflateRawSync(lines)], ['br', brotliCompressSync(lines)],
  ] as const) {
    input.texts.length = 0
    await input.commit(false)
    const answer = post(input.url, bytes, { headers: { 'content-encoding': coding } })
    await until(() => input.held.length > 0)
    places.add(input.held[0]!.records[0]!.offset)
    await input.commit(true)
    assert.equal((await answer).status, 200, coding)
    assert.deepEqual(input.texts, ['one', 'two', 'three'], coding)
  }
  assert.equal(places.size, 1)
})

test('two bodies that are equal are two when their senders say so', async (t) => {
  const input = await startInput(t)
  await input.commit(false)
  const answers = [{}, { 'idempotency-key': 'a' }, { 'idempotency-key': 'b' }].map(async (headers) => post(input.url, lines, { headers }))
  await until(() => input.texts.length === 9)
  assert.equal(new Set(input.held.flatMap(({ records }) => records.map(({ offset }) => offset))).size, 9)
  await input.commit(true)
  await Promise.all(answers)
})

test('what is no request with records is refused, with what, where and what to do', async (t) => {
  const input = await startInput(t, { max_body_bytes: 2000, max_inflated_bytes: 4000 })
  const bomb = gzipSync(Buffer.alloc(1_000_000))
  for (const [name, options, body, expected, header] of [
    ['GET', { method: 'GET' }, '', [405, 'REQUEST_INVALID', 'request line'], ['allow', 'POST']],
    ['PUT', { method: 'PUT' }, lines, [405, 'REQUEST_INVALID', 'request line'], ['allow', 'POST']],
    ['a form', { headers: { 'content-type': 'multipart/form-data; boundary=a' } }, lines, [415, 'REQUEST_INVALID', 'header Content-Type'], ['accept', /ndjson/]],
    ['what curl -d sends', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, lines, [415, 'REQUEST_INVALID', 'header Content-Type'], ['accept', /json/]],
    ['an unknown compression', { headers: { 'content-encoding': 'compress' } }, lines, [415, 'REQUEST_INVALID', 'header Content-Encoding'], ['accept-encoding', /gzip/]],
    ['compressed twice', { headers: { 'content-encoding': 'gzip, gzip' } }, lines, [415, 'REQUEST_INVALID', 'header Content-Encoding'], ['accept-encoding', /gzip/]],
    ['a long body', {}, 'x'.repeat(2001), [413, 'REQUEST_TOO_LARGE', 'body'], []],
    ['a long body in chunks', { headers: { 'transfer-encoding': 'chunked', 'content-length': undefined } }, 'x'.repeat(2001), [413, 'REQUEST_TOO_LARGE', 'body'], []],
    ['a bomb', { headers: { 'content-encoding': 'gzip' } }, bomb, [413, 'REQUEST_TOO_LARGE', 'body'], []],
    ['cut gzip', { headers: { 'content-encoding': 'gzip' } }, gzipSync(lines).subarray(0, 20), [400, 'REQUEST_INVALID', 'body'], []],
    ['no gzip', { headers: { 'content-encoding': 'gzip' } }, lines, [400, 'REQUEST_INVALID', 'body'], []],
    ['a web page', { headers: { origin: 'http://example.com', 'content-type': 'text/plain' } }, lines, [403, 'REQUEST_UNAUTHORIZED', 'header Origin'], []],
  ] as const) {
    const answer = await post(input.url, body, options as object)
    assert.deepEqual(errorOf(answer), expected, name)
    assert.ok(String(answer.body.what).length > 10 && String(answer.body.what_to_do).length > 5, name)
    const [key, value] = header
    if (key !== undefined) assert.match(String(answer.headers[key]), new RegExp(value), name)
  }
  assert.deepEqual(input.texts, [])
  assert.equal(input.metrics.get('gatelens_input_lag_bytes http'), 0)
  assert.equal(input.metrics.get('gatelens_input_requests_total http 413'), 3)
  assert.equal((await post(input.url, lines)).status, 200)
})

test('a bomb is refused when it has reached the bound, however large it would become', async (t) => {
  const input = await startInput(t, { max_body_bytes: 4_000_000, max_inflated_bytes: 1_000_000 })
  const bomb = gzipSync(Buffer.alloc(300_000_000), { level: 1 })
  const before = process.memoryUsage().external
  assert.equal((await post(input.url, bomb, { headers: { 'content-encoding': 'gzip' } })).status, 413)
  assert.ok(process.memoryUsage().external - before < 100_000_000)
})

test('without a token of the input nobody gets in, and with it everybody', async (t) => {
  const input = await startInput(t, { token: 'a-secret' })
  for (const [authorization, header] of [
    [undefined, 'Bearer realm="gatelens"'], ['Bearer a', 'Bearer realm="gatelens", error="invalid_token"'], ['Basic YTpi', 'Bearer realm="gatelens", error="invalid_token"'],
    ['Bearer a-secret2', 'Bearer realm="gatelens", error="invalid_token"'], ['a-secret', 'Bearer realm="gatelens", error="invalid_token"'],
  ] as const) {
    const answer = await post(input.url, lines, { headers: { authorization } })
    assert.deepEqual(errorOf(answer), [401, 'REQUEST_UNAUTHORIZED', 'header Authorization'], authorization)
    assert.equal(answer.headers['www-authenticate'], header)
  }
  assert.equal((await post(input.url, lines, { headers: { authorization: 'bearer  a-secret' } })).status, 200)
})

test('while all that may wait waits, a sender is told to come again, and then gets in', async (t) => {
  const input = await startInput(t, { max_waiting_bytes: 30 })
  await input.commit(false)
  const first = post(input.url, lines)
  await until(() => input.texts.length === 3)
  const second = post(input.url, lines, { headers: { 'idempotency-key': '2' } })
  await until(() => input.texts.length === 6)
  const refused = await post(input.url, lines)
  assert.deepEqual([...errorOf(refused), refused.headers['retry-after']], [503, 'INPUT_BUSY', 'input', '1'])
  await input.commit(true)
  assert.deepEqual([(await first).status, (await second).status, (await post(input.url, 'four\n')).status], [200, 200, 200])
})

test('nobody is answered before the records are committed', async (t) => {
  const input = await startInput(t, { batch: { linger: '1ms', records: 2 } })
  await input.commit(false)
  let isAnswered = false
  const answer = post(input.url, 'a\nb\nc\nd\ne\n').then(() => { isAnswered = true })
  await until(() => input.held.length === 3)
  for (const batch of input.held.splice(0, 2)) await batch.commit()
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(isAnswered, false)
  await input.commit(true)
  await answer
})

test('until it is known what is stored already, a sender is told to come again', async (t) => {
  let know = (): void => {}
  const known = new Promise<void>((resolve) => { know = resolve })
  const input = await startInput(t, {}, async () => known)
  const refused = await post(input.url, lines)
  assert.deepEqual([...errorOf(refused), refused.headers['retry-after']], [503, 'INPUT_BUSY', 'input', '1'])
  know()
  await until(async () => (await post(input.url, lines)).status === 200)
})

/** A connection on which this much was sent. */
async function openConnection (port: number, sent: string, allowHalfOpen = true): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen })
  await once(socket, 'connect')
  socket.write(sent)
  return socket
}

const head = (length: number, more = ''): string => `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n${more}\r\n`

test('a sender that closes its half behind its request gets its answer', async (t) => {
  const input = await startInput(t)
  const socket = await openConnection(input.port, head(4, 'connection: close\r\n') + 'one\n')
  socket.end()
  assert.match(await text(socket), /^HTTP\/1\.1 200 OK/)
})

test('slow senders hold up nobody, and lose their connections', async (t) => {
  const input = await startInput(t, { timeout: '300ms', max_waiting_bytes: 1000 })
  const slow = await Promise.all([head(900) + 'half', head(900), 'POST / HTTP/1.1\r\n', ''].map((sent) => openConnection(input.port, sent)))
  const ends = slow.map((socket) => text(socket))
  assert.equal((await post(input.url, 'x'.repeat(900))).status, 200)
  for (const end of (await Promise.all(ends)).slice(0, 3)) assert.match(end, /^HTTP\/1\.1 408 Request Timeout\r\n[^]*"error":"REQUEST_INVALID"/)
  assert.equal(input.metrics.get('gatelens_input_lag_bytes http'), 0)
})

test('a sender that goes away within a body leaves nothing', async (t) => {
  const input = await startInput(t)
  for (const sent of [head(900) + 'one\ntwo', 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n4\r\none\n\r\n']) {
    const socket = await openConnection(input.port, sent)
    await until(async () => (await post(input.url, '')).status === 200)
    socket.destroy()
  }
  await post(input.url, 'three\n')
  await until(() => input.metrics.get('gatelens_input_lag_bytes http') === 0)
  assert.deepEqual(input.texts, ['three'])
})

test('what is no HTTP is told so, and a body without a length, too', async (t) => {
  const input = await startInput(t)
  for (const [sent, expected] of [
    ['nonsense\r\n\r\n', /^HTTP\/1\.1 400 [^]*"what":"this is no HTTP\/1\.1 request"/],
    ['POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', /^HTTP\/1\.1 411 [^]*"where":"header Content-Length"/],
    [`POST / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 [^]*"error":"REQUEST_INVALID"/],
    [head(4, 'content-length: 5\r\n') + 'one\n', /^HTTP\/1\.1 400 /],
  ] as const) assert.match(await text(await openConnection(input.port, sent)), expected)
})

test('a sender that asks first is told before it sends its body', async (t) => {
  const input = await startInput(t, { max_body_bytes: 100 })
  const expect = 'expect: 100-continue\r\n'
  assert.match(await text(await openConnection(input.port, head(101, expect + 'connection: close\r\n'), false)), /^HTTP\/1\.1 413 /)
  const socket = await openConnection(input.port, head(4, expect + 'connection: close\r\n'))
  const [first] = await once(socket, 'data') as [Buffer]
  assert.match(first.toString(), /^HTTP\/1\.1 100 Continue/)
  socket.write('one\n')
  assert.match(await text(socket), /^HTTP\/1\.1 200 OK/)
})

test('no more connections are held than may be', async (t) => {
  const input = await startInput(t, { max_connections: 3 })
  const held = await Promise.all([1, 2, 3].map(() => openConnection(input.port, head(4) + 'on')))
  await assert.rejects(post(input.url, lines))
  held[0]!.destroy()
  await until(async () => await post(input.url, lines).then(({ status }) => status === 200, () => false))
  for (const socket of held) socket.destroy()
})

test('with a certificate it speaks HTTPS, and with an authority only to those who have a certificate of it', async (t) => {
  const read = (name: string): string => readFileSync(join(sourceFolder(import.meta.dirname), '../catalog/tls', name), 'utf8')
  const [cert, key] = [read('cert.pem'), read('key.pem')]
  const send = async (url: string, more: object): Promise<number | undefined> => {
    const sent = requestTls(url, { method: 'POST', ca: cert, servername: 'localhost', agent: false, headers: { 'content-length': 4 }, checkServerIdentity: () => undefined, ...more })
    sent.end('one\n')
    const [response] = await once(sent, 'response') as [{ statusCode: number, resume (): void }]
    response.resume()
    return response.statusCode
  }
  const open = await startInput(t, { tls: { cert, key } })
  assert.equal(await send(open.url, {}), 200)
  const closed = await startInput(t, { name: 'closed', tls: { cert, key, client_ca: cert } })
  await assert.rejects(send(closed.url, {}))
  assert.equal(await send(closed.url, { cert, key }), 200)
  await assert.rejects(startInput(t, { tls: { cert: 'nonsense', key } }), { code: 'CONFIG_INVALID' })
})
