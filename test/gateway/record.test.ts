import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from 'undici'
import { createHeaderWriter } from '../../services/gateway/record-headers.ts'
import { scrubRecord } from '../../services/gateway/redact.ts'
import { anyText, fc } from '../property.ts'
import { run, serve } from './servers.ts'

const names = fc.constantFrom('Host', 'host', 'Set-Cookie', 'Authorization', 'apikey', 'APIKEY', 'X-One', 'x-one', '__proto__', 'X-"Odd"')
const pairs = fc.array(fc.tuple(names, fc.oneof(fc.constantFrom('a', 'b'), anyText())), { maxLength: 8 })

test('headers are written alike, however often they came before, and in whatever spelling', () => {
  const write = createHeaderWriter(new Set(['apikey']))
  fc.assert(fc.property(pairs, fc.option(fc.string(), { nil: undefined }), (headers, changed) => {
    const changes = new Map([['host', changed === undefined ? undefined : { name: 'Host', value: changed }]])
    const expected = new Map<string, string[]>()
    const all = [...headers.filter(([name]) => name.toLowerCase() !== 'host'), ...changed === undefined ? [] : [['Host', changed] as const]]
    for (const [given, value] of all) {
      const name = given.toLowerCase()
      expected.set(name, [...expected.get(name) ?? [], name === 'apikey' || name === 'authorization' ? 'REDACTED' : value])
    }
    const written = write(headers.flat(), changes)
    const wanted = [...expected].map(([name, values]) => [name, values.length === 1 ? values[0] : values])
    assert.deepEqual(Object.entries(JSON.parse(written) as object), wanted)
  }))
})

test('ever new header names cost no memory and are written right, repeated ones too', () => {
  const write = createHeaderWriter(new Set())
  for (let index = 0; index < 3000; index++) write([`x-${index}`, 'a'])
  assert.equal(write(['X-New', '1', 'x-new', '2', 'x-1', '3']), '{"x-new":["1","2"],"x-1":"3"}')
})

test('a credential goes out of what the client wrote and leaves what the gateway wrote', () => {
  const record = { request: { id: '0'.repeat(32), uri: '/000000' }, source: 'kong', trace_id: { w3c: '0000001' }, service: { name: '000000' } }
  assert.deepEqual(JSON.parse(scrubRecord(JSON.stringify(record), ['000000'])), { ...record, request: { id: '0'.repeat(32), uri: '/REDACTED' } })
  assert.equal(scrubRecord('{"a":"short"}', ['short']), '{"a":"short"}')
})

test('latencies tell fractions of a millisecond', async () => {
  const upstream = await serve((_incoming, response) => { response.end('ok') })
  const { gateway, stop } = await run(`
_format_version: "3.0"
services: [{ name: s, url: "${upstream.url}", routes: [{ name: r, paths: [/r] }] }]
plugins: [{ name: file-log, config: { path: access.log } }]
`)
  for (let count = 0; count < 20; count++) await (await request(`${gateway.url}/r`)).body.dump()
  const all = (await stop()).map((record) => record.latencies)
  for (const part of ['kong', 'proxy', 'request'] as const) assert.ok(all.some((latencies) => !Number.isInteger(latencies[part])), part)
  for (const { kong, proxy, request: total, receive } of all) assert.ok(Math.abs(kong + proxy + receive - total) < 0.01)
  await upstream.close()
})
