import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { request as send } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { request } from 'undici'
import { until } from '../until.ts'
import { configFor, exchangeBytes, only, run, serve, serveDeaf, serveSocket } from './servers.ts'

test('a big body goes up and another comes down, unchanged and counted', async () => {
  const up = randomBytes(8 * 1024 * 1024)
  const down = randomBytes(12 * 1024 * 1024)
  const seen = createHash('sha256')
  const upstream = await serve((incoming, response) => {
    incoming.on('data', (chunk: Buffer) => seen.update(chunk)).on('end', () => response.end(down))
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const { statusCode, body } = await request(`${gateway.url}/r`, { method: 'POST', body: up })
  const got = Buffer.from(await body.arrayBuffer())
  assert.equal(statusCode, 200)
  assert.ok(got.equals(down))
  assert.equal(seen.digest('hex'), createHash('sha256').update(up).digest('hex'))
  const record = only(await stop())
  assert.ok(record.request.size > up.length && record.request.size < up.length + 1000, String(record.request.size))
  assert.ok(record.response.size > down.length && record.response.size < down.length * 1.01, String(record.response.size))
  await upstream.close()
})

test('a client that reads slowly holds the upstream back', async () => {
  let sent = 0
  const upstream = await serve((_incoming, response) => {
    const chunk = Buffer.alloc(256 * 1024)
    const more = (): void => {
      if (response.destroyed || sent >= 400 * chunk.length) return
      sent += chunk.length
      if (response.write(chunk)) setImmediate(more)
      else response.once('drain', more)
    }
    more()
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  socket.pause()
  socket.write('GET /r HTTP/1.1\r\nHost: a\r\n\r\n')
  let before = -1
  // It stands still once all buffers in between are full; 100 MB would fit nowhere.
  for (let still = 0; still < 20; still = sent === before && sent > 0 ? still + 1 : 0) {
    before = sent
    await new Promise((resolve) => { setTimeout(resolve, 10) })
  }
  assert.ok(sent < 60 * 1024 * 1024, `${sent} bytes were taken from the upstream`)
  socket.destroy()
  await until(() => gateway.stats().active === 0)
  const record = only(await stop())
  assert.equal(record.response.status, 200)
  assert.equal(gateway.stats().aborted, 1)
  await upstream.close()
})

test('parts of a response arrive before it ends', async () => {
  let finish = (): void => undefined
  const upstream = await serve((_incoming, response) => {
    response.write('first')
    finish = () => response.end('second')
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const { body } = await request(`${gateway.url}/r`)
  const iterator = body[Symbol.asyncIterator]()
  assert.equal(String((await iterator.next()).value), 'first')
  finish()
  assert.equal(String((await iterator.next()).value), 'second')
  assert.equal((await iterator.next()).done, true)
  await stop()
  await upstream.close()
})

test('an upstream that keeps silent gives 504, once, after the read timeout', async () => {
  let calls = 0
  const upstream = await serve(() => { calls++ })
  const { gateway, stop } = await run(configFor(upstream.url, ', read_timeout: 150'))
  const { statusCode, headers, body } = await request(`${gateway.url}/r`)
  const answer = await body.json() as { message: string, request_id: string }
  assert.equal(statusCode, 504)
  assert.deepEqual(answer, { message: 'The upstream server is timing out', request_id: headers['x-kong-request-id'] })
  assert.ok(Number(headers['x-kong-upstream-latency']) >= 149)
  assert.ok(headers['x-kong-proxy-latency'] !== undefined)
  // On a machine that stood still the time may be over before the upstream has looked.
  await until(() => calls > 0)
  assert.equal(calls, 1)
  const record = only(await stop())
  assert.equal(record.upstream_status, '504')
  assert.equal(record.source, 'kong')
  assert.ok(record.latencies.proxy >= 149)
  assert.equal(record.tries?.length, 1)
  await upstream.close()
})

test('an upstream that cannot be connected to in time gives 504', async () => {
  const upstream = await serveDeaf()
  const { gateway, stop } = await run(configFor(upstream.url, ', connect_timeout: 100, retries: 1'))
  const { statusCode, body } = await request(`${gateway.url}/r`)
  await body.dump()
  const record = only(await stop())
  assert.equal(statusCode, 504)
  assert.equal(record.tries?.length, 2)
  assert.equal(record.upstream_status, '504, 504')
  await upstream.close()
})

test('a host that has no address gives 503 and no try', async () => {
  const { gateway, stop } = await run(configFor('http://nothing.invalid'))
  const { statusCode, body } = await request(`${gateway.url}/r`)
  assert.equal(statusCode, 503)
  assert.equal((await body.json() as { message: string }).message, 'name resolution failed')
  const record = only(await stop())
  assert.deepEqual(record.tries, [])
  assert.equal(record.latencies.proxy, -1)
})

test('an idempotent request is repeated when a kept connection turns out to be dead; others are not', async () => {
  let connections = 0
  const upstream = await serveSocket((socket) => {
    const number = ++connections
    socket.on('data', () => {
      // The first connection answers once and then hangs up on the second request.
      if (number === 1 && socket.bytesWritten > 0) socket.destroy()
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const get = async (method: 'GET' | 'POST'): Promise<number> => {
    const { statusCode, body } = await request(`${gateway.url}/r`, { method })
    await body.dump()
    return statusCode
  }
  assert.deepEqual([await get('GET'), await get('GET')], [200, 200])
  const records = await stop()
  assert.equal(records[1]?.upstream_status, '502, 200')
  assert.equal(records[1]?.tries?.[0]?.state, 'failed')
  await upstream.close()

  connections = 0
  const again = await serveSocket((socket) => { socket.on('data', () => { connections++; socket.destroy() }) })
  const second = await run(configFor(again.url))
  const { statusCode, body } = await request(`${second.gateway.url}/r`, { method: 'POST', body: 'x' })
  await body.dump()
  assert.equal(statusCode, 502)
  assert.equal(connections, 1)
  await second.stop()
  await again.close()
})

test('a response that breaks off is cut for the client too, and logged with its status', async () => {
  const upstream = await serveSocket((socket) => {
    socket.on('data', () => { socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart', () => socket.destroy()) })
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const text = await exchangeBytes(Number(new URL(gateway.url).port), 'GET /r HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.match(text, /^HTTP\/1\.1 200 OK/)
  const record = only(await stop())
  assert.equal(record.response.status, 200)
  assert.equal(record.source, 'upstream')
  await upstream.close()
})

test('a client that goes away is logged as 499 and the upstream request is cancelled', async () => {
  let cancelled = false
  let arrived = false
  const upstream = await serve((incoming) => {
    arrived = true
    incoming.socket.on('close', () => { cancelled = true })
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const client = send(`${gateway.url}/r`).on('error', () => undefined)
  client.end()
  await until(() => arrived)
  client.destroy()
  await until(() => cancelled && gateway.stats().active === 0)
  const record = only(await stop())
  assert.equal(record.response.status, 499)
  assert.equal(record.source, 'upstream')
  assert.equal(record.upstream_status, '')
  assert.equal(record.tries?.length, 1)
  await upstream.close()
})

test('a client that goes away in the middle of its body cancels the upstream request', async () => {
  let cancelled = false
  let arrived = false
  const upstream = await serve((incoming) => {
    arrived = true
    incoming.on('close', () => { cancelled = true }).on('error', () => undefined).resume()
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const client = send(`${gateway.url}/r`, { method: 'POST', headers: { 'content-length': '1000000' } }).on('error', () => undefined)
  client.write('a'.repeat(1000))
  await until(() => arrived)
  client.destroy()
  await until(() => cancelled && gateway.stats().active === 0)
  assert.equal(only(await stop()).response.status, 499)
  await upstream.close()
})

test('a client that stops in the middle of its body gets 408', async () => {
  const upstream = await serve((incoming) => { incoming.on('error', () => undefined).resume() })
  const { gateway, stop } = await run(configFor(upstream.url), { clientTimeout: 100 })
  const text = await exchangeBytes(Number(new URL(gateway.url).port), 'POST /r HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
  assert.match(text, /^HTTP\/1\.1 408 /)
  assert.equal(only(await stop()).response.status, 408)
  await upstream.close()
})

test('an answer before the end of the request body is passed on', async () => {
  const upstream = await serve((_incoming, response) => { response.writeHead(413).end('too much') })
  const { gateway, stop } = await run(configFor(upstream.url))
  const client = send(`${gateway.url}/r`, { method: 'POST' }).on('error', () => undefined)
  client.write('x'.repeat(100_000))
  const response = await new Promise<IncomingMessage>((resolve) => { client.once('response', resolve) })
  assert.equal(response.statusCode, 413)
  response.resume()
  client.destroy()
  await until(() => gateway.stats().active === 0)
  assert.equal(only(await stop()).response.status, 413)
  await upstream.close()
})

test('chunked requests, 204, 304 and interim responses go through', async () => {
  const upstream = await serveSocket((socket) => {
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1')
      if (text.includes('/204')) socket.write('HTTP/1.1 204 No Content\r\n\r\n')
      else if (text.includes('/304')) socket.write('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n')
      else if (text.includes('/103')) socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      else if (text.endsWith('0\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n')
    })
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const get = async (path: string): Promise<string> => {
    const { statusCode, body } = await request(`${gateway.url}/r${path}`)
    return `${statusCode} ${await body.text()}`
  }
  assert.equal(await get('/204'), '204 ')
  assert.equal(await get('/304'), '304 ')
  assert.equal(await get('/103'), '200 ok')
  const port = Number(new URL(gateway.url).port)
  const text = await exchangeBytes(port,
    'POST /r HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
  assert.match(text, /^HTTP\/1\.1 200 OK[\s\S]*2\r\nhi\r\n0\r\n\r\n$/)
  const records = await stop()
  assert.deepEqual(records.map((record) => record.response.status), [204, 304, 200, 200])
  await upstream.close()
})

test('a request with more headers than are read is refused, and one with few less is passed on whole', async () => {
  let seen = 0
  const upstream = await serve((incoming, response) => {
    seen = incoming.rawHeaders.filter((name) => name.startsWith('h-')).length
    response.end()
  })
  const { gateway, stop } = await run(configFor(upstream.url))
  const port = Number(new URL(gateway.url).port)
  const head = (count: number): string => `GET /r HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${Array.from({ length: count }, (_, index) => `h-${index}: 1\r\n`).join('')}\r\n`
  assert.match(await exchangeBytes(port, head(990)), /^HTTP\/1\.1 200 /)
  assert.equal(seen, 990)
  seen = 0
  assert.match(await exchangeBytes(port, head(2500)), /^HTTP\/1\.1 431 /)
  assert.equal(seen, 0)
  await stop()
  await upstream.close()
})
