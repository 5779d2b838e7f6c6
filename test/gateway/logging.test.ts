import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Agent, request } from 'undici'
import { until } from '../until.ts'
import { configFor, exchangeBytes, only, readRecords, run, serve, serveSocket } from './servers.ts'

test('a thousand requests, two hundred at a time, are each logged exactly once', async () => {
  const upstream = await serve((incoming, response) => { response.end(incoming.url) })
  const { gateway, stop } = await run(configFor(upstream.url))
  // Each takes four open files in this process, and some systems allow a thousand.
  const dispatcher = new Agent({ connections: 200, connect: { timeout: 0 } })
  const statuses = await Promise.all(Array.from({ length: 1000 }, async (_, index) => {
    const { statusCode, headers, body } = await request(`${gateway.url}${index % 10 === 9 ? '/nowhere' : '/r'}/${index}`, { dispatcher })
    await body.dump()
    return `${statusCode} ${String(headers['x-kong-request-id'])} ${index}`
  }))
  await dispatcher.close()
  const records = await stop()
  assert.equal(records.length, 1000)
  const logged = records.map((record) => `${record.response.status} ${record.request.id} ${record.request.uri.split('/').at(-1)}`)
  assert.deepEqual(logged.sort(), statuses.sort())
  assert.deepEqual(gateway.stats().statuses, { '2xx': 900, '4xx': 100 })
  await upstream.close()
})

test('closing lets running requests end, refuses new ones and writes the log out', async () => {
  let finish = (): void => undefined
  let arrived = false
  const upstream = await serve((_incoming, response) => {
    finish = () => response.end('done')
    arrived = true
  })
  const { gateway, folder } = await run(configFor(upstream.url), { adminPort: 0 })
  const running = request(`${gateway.url}/r`)
  await until(() => arrived && gateway.stats().active === 1)
  assert.equal((await request(`${gateway.statusUrl}/readyz`)).statusCode, 200)
  assert.equal((await request(`${gateway.statusUrl}/livez`)).statusCode, 200)
  const closing = gateway.close(120_000)
  const { statusCode } = await request(`${gateway.statusUrl}/readyz`)
  assert.equal(statusCode, 503)
  await assert.rejects(request(`${gateway.url}/r`, { dispatcher: new Agent() }))
  finish()
  const { headers, body } = await running
  assert.equal(await body.text(), 'done')
  assert.equal(headers.connection, 'close')
  await closing
  assert.equal(readRecords(join(folder, 'access.log')).length, 1)
  await upstream.close()
})

test('trusted proxies name the client; others cannot', async () => {
  const upstream = await serve((incoming, response) => { response.end(JSON.stringify(incoming.headers)) })
  const headers = { 'x-real-ip': '203.0.113.7', 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.test' }
  const ask = async (trustedAddresses: string[]): Promise<unknown> => {
    const { gateway, stop } = await run(configFor(upstream.url), { trustedAddresses })
    const seen = await (await request(`${gateway.url}/r`, { headers })).body.json() as Record<string, string>
    return [only(await stop()).client_ip, seen['x-forwarded-for'], seen['x-forwarded-proto'], seen['x-forwarded-host'], seen['x-real-ip']]
  }
  assert.deepEqual(await ask(['127.0.0.0/8']), ['203.0.113.7', '203.0.113.7, 127.0.0.1', 'https', 'shop.test', '203.0.113.7'])
  assert.deepEqual(await ask(['10.0.0.1']), ['127.0.0.1', '203.0.113.7, 127.0.0.1', 'http', '127.0.0.1', '127.0.0.1'])
  await upstream.close()
})

test('no credential that key-auth reads reaches the access log', async () => {
  const upstream = await serve((_incoming, response) => { response.end() })
  const secrets = Array.from({ length: 20 }, (_, index) => createHash('sha256').update(`secret ${index}`).digest('base64').slice(0, 16))
  const { gateway, folder, stop } = await run(`
_format_version: "3.0"
services: [{ name: s, url: "${upstream.url}", routes: [{ name: r, paths: [/r] }] }]
consumers: [{ username: a, keyauth_credentials: [${secrets.slice(0, 10).map((key) => `{ key: "${key}" }`).join(', ')}] }]
plugins: [{ name: key-auth, config: { key_names: [X-Api-Key, token] } }, { name: file-log, config: { path: access.log } }]
`)
  for (const secret of secrets) {
    await (await request(`${gateway.url}/r`, { headers: { 'x-api-key': secret, referer: `https://a.test/?${secret}` } })).body.dump()
    await (await request(`${gateway.url}/r?x=1&token=${encodeURIComponent(secret)}`)).body.dump()
    await (await request(`${gateway.url}/lost?apikey=${encodeURIComponent(secret)}`, { headers: { authorization: `Bearer ${secret}` } })).body.dump()
  }
  assert.equal((await stop()).length, 60)
  const text = readFileSync(join(folder, 'access.log'), 'utf8')
  for (const secret of secrets) {
    assert.ok(!text.includes(secret) && !text.includes(encodeURIComponent(secret)), 'a credential is in the log')
  }
  await upstream.close()
})

test('requests that wait behind another on one connection are logged when it breaks', async () => {
  let arrived = 0
  const upstream = await serve((incoming) => {
    arrived++
    incoming.resume()
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  socket.write('GET /r/1 HTTP/1.1\r\nHost: a\r\n\r\nGET /r/2 HTTP/1.1\r\nHost: a\r\n\r\nGET /lost HTTP/1.1\r\nHost: a\r\n\r\n')
  await until(() => arrived === 2 && gateway.stats().requests === 3)
  socket.destroy()
  await until(() => gateway.stats().active === 0)
  const records = await stop()
  assert.deepEqual(records.map((record) => record.request.uri).sort(), ['/lost', '/r/1', '/r/2'])
  await upstream.close()
})

test('a response without a body may tell the length that it does not send', async () => {
  const upstream = await serveSocket((socket) => {
    socket.on('data', () => { socket.write('HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nETag: "a"\r\n\r\n') })
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  for (let count = 0; count < 3; count++) {
    const text = await exchangeBytes(Number(new URL(gateway.url).port), 'GET /r HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    assert.match(text, /^HTTP\/1\.1 304 Not Modified\r\n[\s\S]*ETag: "a"\r\n[\s\S]*\r\n\r\n$/)
  }
  const records = await stop()
  assert.deepEqual(records.map(({ response, source }) => [response.status, source]), Array.from({ length: 3 }, () => [304, 'upstream']))
  await upstream.close()
})

test('a key is not logged wherever the client puts a copy of it, escaped or not', async () => {
  const upstream = await serve((_incoming, response) => { response.end('ok') })
  const key = 'a+b/c="secret"'
  const { gateway, stop, folder } = await run(`
_format_version: "3.0"
services: [{ name: s, url: "${upstream.url}", routes: [{ name: r, paths: [/r] }] }]
consumers: [{ username: acme, keyauth_credentials: [{ key: '${key}' }] }]
plugins:
  - { name: key-auth }
  - { name: correlation-id }
  - { name: file-log, config: { path: access.log } }
`)
  const encoded = encodeURIComponent(key)
  await exchangeBytes(Number(new URL(gateway.url).port), `GET /r/${encoded}?copy=${encoded}&${encoded}=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\napikey: ${key}\r\n` +
    `Kong-Request-ID: ${key}\r\nReferer: http://a/?k=${encoded.toLowerCase()}\r\nX-Copy: ${key}\r\nX-Copy: ${key}\r\n\r\n`)
  const record = only(await stop())
  const text = readFileSync(join(folder, 'access.log'), 'utf8').toLowerCase()
  for (const form of [key, encoded, JSON.stringify(key).slice(1, -1)]) assert.ok(!text.includes(form.toLowerCase()), form)
  assert.deepEqual(record.request.headers['x-copy'], ['REDACTED', 'REDACTED'])
  assert.equal(record.correlation_id, 'REDACTED')
  assert.match(record.request.id, /^[0-9a-f]{32}$/)
  await upstream.close()
})
