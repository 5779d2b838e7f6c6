import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from 'undici'
import { anyText, fc } from '../property.ts'
import { until } from '../until.ts'
import { exchangeBytes, run, serve } from './servers.ts'

const config = (url: string): string => `
_format_version: "3.0"
services: [{ name: s, url: "${url}", routes: [{ name: r, paths: [/r, '~/x/(?<id>[^/]+)/'] }, { name: h, hosts: ["*.test"] }] }]
consumers: [{ username: a, keyauth_credentials: [{ key: k }] }]
plugins:
  - { name: file-log, config: { path: access.log } }
  - { name: key-auth, config: { anonymous: a } }
  - { name: correlation-id, config: { echo_downstream: true } }
  - { name: rate-limiting, config: { year: 1000000, limit_by: header, header_name: X-Tenant } }
`

/** Bytes that are nearly HTTP, and bytes that are not. */
const token = fc.oneof(fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'PRI', 'g', ''), fc.string({ maxLength: 8 }))
const target = fc.oneof(fc.constantFrom('/r', '/x/1/', '*', '//', '/r?apikey=%', '/r?%=&=&&', 'http://a.test/r', 'http://', '/%00', '/r#f', ''),
  anyText({ maxLength: 40 }))
const name = fc.constantFrom('Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Expect', 'Upgrade', 'apikey', 'Accept', 'TE', 'X-Tenant',
  'traceparent', '__proto__', 'Kong-Request-ID', 'Bad Name')
const value = fc.oneof(fc.constantFrom('a.test', '0', '5', '-1', 'chunked', 'gzip, chunked', 'close', 'keep-alive, Host', '100-continue', 'websocket', 'k',
  '*/*;q=nan', 'text/html;q=0.1, */*'), anyText({ maxLength: 30 }))
const nearly = fc.tuple(token, target, fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.1 '), fc.array(fc.tuple(name, value), { maxLength: 6 }),
  fc.string({ maxLength: 20 })).map(([method, path, version, headers, body]) =>
  `${method} ${path} ${version}\r\n${headers.map(([key, text]) => `${key}: ${text}\r\n`).join('')}Connection: close\r\n\r\n${body}`)
const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1'))

test('whatever bytes arrive, the gateway answers the next request', async () => {
  const upstream = await serve((incoming, response) => { incoming.resume().on('end', () => response.end('ok')).on('error', () => undefined) })
  const { gateway, stop } = await run(config(upstream.url), { clientTimeout: 300 })
  const port = Number(new URL(gateway.url).port)
  await fc.assert(fc.asyncProperty(fc.array(fc.oneof(nearly, noise), { minLength: 10, maxLength: 20 }), async (attacks) => {
    await Promise.all(attacks.map(async (attack) => await exchangeBytes(port, Buffer.from(`${attack}\r\n\r\n`, 'latin1'), 50)))
    const { statusCode, body } = await request(`${gateway.url}/r`)
    assert.equal(statusCode, 200)
    assert.equal(await body.text(), 'ok')
  }), { numRuns: 40 })
  // A client that hung up is noticed a moment later.
  await until(() => gateway.stats().active === 0)
  // Every request that was one has exactly one record.
  assert.equal((await stop()).length, gateway.stats().requests)
  await upstream.close()
})

test('headers past the limit, broken bytes and CONNECT get an answer of their own', async () => {
  const upstream = await serve((_incoming, response) => { response.end() })
  const { gateway, stop } = await run(config(upstream.url))
  const port = Number(new URL(gateway.url).port)
  const big = await exchangeBytes(port, `GET /r HTTP/1.1\r\nHost: a\r\nX-Big: ${'a'.repeat(40_000)}\r\n\r\n`)
  assert.match(big, /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*"message":"Request header or cookie too large"/)
  assert.match(await exchangeBytes(port, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*"message":"Bad request"/)
  assert.match(await exchangeBytes(port, 'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n'), /^HTTP\/1\.1 405 /)
  const smuggled = 'POST /r HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /r HTTP/1.1\r\n\r\n'
  assert.match(await exchangeBytes(port, smuggled), /^HTTP\/1\.1 400 /)
  assert.equal(gateway.stats().malformed, 4)
  assert.deepEqual(await stop(), [])
  await upstream.close()
})

test('a transfer coding that cannot be passed on is refused and logged, an expectation that nobody knows is ignored', async () => {
  let arrived = 0
  const upstream = await serve((incoming, response) => {
    arrived++
    incoming.resume().on('end', () => response.end('ok'))
  })
  const { gateway, stop } = await run(config(upstream.url))
  const port = Number(new URL(gateway.url).port)
  const post = async (version: string, header: string, body: string): Promise<string> =>
    await exchangeBytes(port, `POST /r HTTP/${version}\r\nHost: a\r\nConnection: close\r\n${header}\r\n\r\n${body}`)
  assert.match(await post('1.1', 'Transfer-Encoding: gzip, chunked', '0\r\n\r\n'), /^HTTP\/1\.1 501 /)
  assert.match(await post('1.0', 'Transfer-Encoding: chunked', '0\r\n\r\n'), /^HTTP\/1\.1 400 /)
  assert.equal(arrived, 0)
  assert.match(await post('1.1', 'Expect: 200-maybe\r\nContent-Length: 2', 'ab'), /^HTTP\/1\.1 200 /)
  const records = await stop()
  assert.deepEqual(records.map((record) => record.response.status), [501, 400, 200])
  await upstream.close()
})
