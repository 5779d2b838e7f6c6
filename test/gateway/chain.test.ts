import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from 'undici'
import { run, serve } from './servers.ts'

/** From the most special to the most general; each gives another limit, and the last hit tells which one was used. */
const scopes: Array<[string, string]> = [
  ['consumer, route and service', 'consumer: acme, route: r, service: s'],
  ['consumer and route', 'consumer: acme, route: r'],
  ['consumer and service', 'consumer: acme, service: s'],
  ['route and service', 'route: r, service: s'],
  ['consumer', 'consumer: acme'],
  ['route', 'route: r'],
  ['service', 'service: s'],
  ['global', ''],
]

test('the most special configuration of a plugin is used', async () => {
  const upstream = await serve((_incoming, response) => { response.end() })
  for (let first = 0; first < scopes.length; first++) {
    const limits = scopes.slice(first).map(([, scope], index) =>
      `{ name: rate-limiting, config: { year: ${first + index + 1} }${scope === '' ? '' : `, ${scope}`} }`).reverse()
    const { gateway, stop } = await run(`
_format_version: "3.0"
services: [{ name: s, url: "${upstream.url}", routes: [{ name: r, paths: [/r] }] }]
consumers: [{ username: acme, keyauth_credentials: [{ key: k }] }]
plugins: [{ name: key-auth }, { name: file-log, config: { path: access.log } }, ${limits.join(', ')}]
`)
    const { headers, body } = await request(`${gateway.url}/r`, { headers: { apikey: 'k' } })
    await body.dump()
    assert.equal(headers['ratelimit-limit'], String(first + 1), scopes[first]?.[0])
    await stop()
  }
  await upstream.close()
})

test('a disabled plugin does not run', async () => {
  const upstream = await serve((_incoming, response) => { response.end() })
  const { gateway, stop } = await run(`
_format_version: "3.0"
services: [{ name: s, url: "${upstream.url}", routes: [{ name: r, paths: [/r] }] }]
plugins: [{ name: key-auth, enabled: false }, { name: file-log, config: { path: access.log } }]
`)
  assert.equal((await request(`${gateway.url}/r`)).statusCode, 200)
  assert.equal((await stop()).length, 1)
  await upstream.close()
})
