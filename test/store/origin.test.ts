import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import type { Store } from '../../services/store/server.ts'
import { openStore } from './fixture.ts'

let store: Store
let port = ''

before(async () => {
  store = await openStore({ names: ['Store.internal', '192.0.2.7'] })
  port = new URL(store.url).port
})
after(async () => { await store.close() })

async function status (headers: Record<string, string>, options: { method?: string, path?: string } = {}): Promise<number> {
  return await new Promise((resolve, reject) => {
    request(store.url, { method: 'POST', ...options, headers: { host: `127.0.0.1:${port}`, ...headers } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject).end(options.method === undefined ? 'SELECT 1' : '')
  })
}

test('a program may come by a loopback name and by the configured ones', async () => {
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`, '127.8.8.8', 'store.internal:9', 'STORE.internal', `192.0.2.7:${port}`]) {
    assert.equal(await status({ host }), 200, host)
    assert.equal(await status({ host, 'user-agent': 'curl/8' }), 200, host)
  }
})

test('any other Host is refused, whatever the other headers and the path say', async () => {
  const hosts = ['evil.example', `rebound.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example:127', '192.0.2.8', '0.0.0.0', '[::]', '127.1',
    'localhost.', 'user@localhost', 'localhost,evil.example', '[::ffff:192.0.2.1]', 'store.internal.evil.example']
  for (const host of hosts) {
    const others: Array<Record<string, string>> = [{}, { 'user-agent': 'x' }, { origin: store.url }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none', 'user-agent': 'Mozilla/5.0' },
      { 'x-forwarded-host': `localhost:${port}` }, { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }]
    for (const other of others) {
      assert.equal(await status({ host, ...other }), 403, `${host} ${JSON.stringify(other)}`)
    }
    for (const path of ['/ping', '/?query=SELECT+1', '/nowhere', '/replicas_status']) assert.equal(await status({ host }, { method: 'GET', path }), 403, `${host} ${path}`)
    assert.equal(await status({ host }, { method: 'OPTIONS' }), 403, host)
  }
})

test('a second Host and the authority of an absolute target count as well', async () => {
  const answers = [
    'GET /ping HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n', 'GET /ping HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n',
    'GET http://evil.example/ping HTTP/1.1\r\nHost: localhost\r\n', 'GET http://localhost@evil.example/ping HTTP/1.1\r\nHost: localhost\r\n',
    'GET http://localhost/ping HTTP/1.1\r\nHost: evil.example\r\n', 'GET /ping HTTP/1.1\r\nHost:\r\n',
  ]
  for (const head of answers) assert.match(await raw(head), /^HTTP\/1\.1 40[03]/, head)
  assert.match(await raw(`GET http://localhost:${port}/ping HTTP/1.1\r\nHost: localhost:${port}\r\n`), /^HTTP\/1\.1 200/)
  assert.match(await raw('GET /ping HTTP/1.0\r\n'), /^HTTP\/1\.1 200/)
})

test('a page of another origin never gets in, by no kind of request', async () => {
  const headers: Array<Record<string, string>> = [
    { origin: 'https://evil.example' }, { origin: 'null' }, { origin: '' }, { origin: `http://localhost:${Number(port) + 1}` }, { origin: 'http://127.0.0.1' },
    { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, { referer: 'https://evil.example/page' },
    { origin: `http://rebound.example:${port}`, host: `rebound.example:${port}` }, { 'user-agent': 'Mozilla/5.0', host: 'store.internal' },
    { origin: 'https://evil.example', 'content-type': 'text/plain' }, { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
  ]
  for (const item of headers) {
    assert.equal(await status(item), 403, JSON.stringify(item))
    assert.equal(await status(item, { method: 'GET', path: '/?query=SELECT+1' }), 403, JSON.stringify(item))
  }
})

test('a page of the store itself and an address that was typed get in', async () => {
  assert.equal(await status({ origin: store.url, 'sec-fetch-site': 'same-origin', 'user-agent': 'Mozilla/5.0', referer: `${store.url}/` }), 200)
  assert.equal(await status({ 'user-agent': 'Mozilla/5.0', host: `localhost:${port}`, 'sec-fetch-site': 'none' }, { method: 'GET', path: '/?query=SELECT+1' }), 200)
  assert.equal(await status({ 'user-agent': 'Mozilla/5.0', host: `localhost:${port}` }), 200)
})

async function raw (head: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`${head}Connection: close\r\n\r\n`)
  const chunks: Buffer[] = []
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
