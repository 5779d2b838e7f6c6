import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { openStore } from './fixture.ts'

test('a store without users answers programs, and not the pages of others', async (t) => {
  const store = await openStore()
  t.after(async () => { await store.close() })
  const { host, port } = new URL(store.url)
  const status = async (headers: Record<string, string>): Promise<number> => await new Promise((resolve, reject) => {
    request(store.url, { method: 'POST', headers: { host, ...headers } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject).end('SELECT 1')
  })
  assert.equal(await status({}), 200)
  assert.equal(await status({ 'user-agent': 'curl/8', host: 'anything.example' }), 200)
  assert.equal(await status({ origin: store.url, 'sec-fetch-site': 'same-origin', 'user-agent': 'Mozilla/5.0' }), 200)
  assert.equal(await status({ 'user-agent': 'Mozilla/5.0', host: `localhost:${port}` }), 200)
  assert.equal(await status({ origin: 'https://evil.example' }), 403)
  assert.equal(await status({ origin: 'null' }), 403)
  assert.equal(await status({ 'sec-fetch-site': 'cross-site' }), 403)
  assert.equal(await status({ origin: `http://rebound.example:${port}`, host: `rebound.example:${port}` }), 403)
  assert.equal(await status({ 'user-agent': 'Mozilla/5.0', host: `rebound.example:${port}` }), 403)
})
