import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { pino } from 'pino'
import { readDeclarative } from '../../services/gateway/entities.ts'
import { Exchange } from '../../services/gateway/exchange.ts'
import type { Answer, Hooks } from '../../services/gateway/plugin.ts'
import { plugins } from '../../services/gateway/plugins/index.ts'

const request = new IncomingMessage(new Socket())
const response = new ServerResponse(request)

/** A request at a time of our choosing: the windows are cut by the time of the request, not by a clock. */
function at (time: string, clientIp = '10.0.0.1', uri = '/a'): Exchange {
  const target = { authority: '', uri, path: uri, query: undefined }
  return new Exchange(request, response, { target, authority: 'a', host: 'a', port: 80, peer: clientIp, clientIp, trusted: false }, Date.parse(time))
}

function start (config: Record<string, unknown>): (exchange: Exchange) => string {
  const parsed = plugins['rate-limiting']?.parse(config)
  assert.ok(parsed !== undefined && 'start' in parsed)
  const entities = readDeclarative({ path: 'kong.yml', text: '_format_version: "3.0"' }, 0)
  const hooks: Hooks = parsed.start({ entities, log: pino({ level: 'silent' }), openLog: () => { throw new Error('not for this plugin') } })
  return (exchange) => {
    const answer = hooks.access?.(exchange) as Answer | undefined
    const header = (name: string): string => exchange.extraHeaders.get(name)?.value ?? '-'
    return `${answer?.status ?? 'ok'} ${header('ratelimit-limit')} ${header('ratelimit-remaining')} ${header('ratelimit-reset')} ${header('retry-after')}`
  }
}

test('a minute is a minute of the wall clock, and a new one starts full', () => {
  const ask = start({ minute: 2 })
  assert.equal(ask(at('2026-03-01T10:00:10.900Z')), 'ok 2 1 50 -')
  assert.equal(ask(at('2026-03-01T10:00:59.999Z')), 'ok 2 0 1 -')
  assert.equal(ask(at('2026-03-01T10:00:59.999Z')), '429 2 0 1 1')
  assert.equal(ask(at('2026-03-01T10:01:00.000Z')), 'ok 2 1 60 -')
})

test('days, months and years are cut in UTC', () => {
  const day = start({ day: 1 })
  assert.equal(day(at('2026-03-01T23:59:00Z')), 'ok 1 0 60 -')
  assert.equal(day(at('2026-03-01T23:59:30Z')), '429 1 0 30 30')
  assert.equal(day(at('2026-03-02T00:00:00Z')), 'ok 1 0 86400 -')
  const month = start({ month: 1 })
  assert.equal(month(at('2026-03-01T00:00:00Z')), 'ok 1 0 2592000 -')
  // March has more seconds than Kong's nominal month: the reset is 1 at least.
  assert.equal(month(at('2026-03-31T23:59:59Z')), '429 1 0 1 1')
  assert.equal(month(at('2026-04-01T00:00:00Z')), 'ok 1 0 2592000 -')
  const year = start({ year: 1 })
  assert.equal(year(at('2026-12-31T23:59:59Z')), 'ok 1 0 1 -')
  assert.equal(year(at('2027-01-01T00:00:00Z')), 'ok 1 0 31536000 -')
})

test('the window with the least left is announced; a refused request is not counted in any', () => {
  const ask = start({ second: 2, minute: 3 })
  assert.equal(ask(at('2026-03-01T10:00:00Z')), 'ok 2 1 1 -')
  assert.equal(ask(at('2026-03-01T10:00:00Z')), 'ok 2 0 1 -')
  assert.equal(ask(at('2026-03-01T10:00:00Z')), '429 2 0 1 1')
  assert.equal(ask(at('2026-03-01T10:00:01Z')), 'ok 3 0 59 -')
  assert.equal(ask(at('2026-03-01T10:00:02Z')), '429 3 0 58 58')
})

test('callers are counted apart, by address when nobody is identified', () => {
  const ask = start({ hour: 1, limit_by: 'consumer' })
  assert.match(ask(at('2026-03-01T10:00:00Z', '10.0.0.1')), /^ok/)
  assert.match(ask(at('2026-03-01T10:00:00Z', '10.0.0.2')), /^ok/)
  assert.match(ask(at('2026-03-01T10:00:00Z', '10.0.0.1')), /^429/)
  const byPath = start({ hour: 1, limit_by: 'path', path: '/a' })
  assert.match(byPath(at('2026-03-01T10:00:00Z', '10.0.0.1', '/a')), /^ok/)
  assert.match(byPath(at('2026-03-01T10:00:00Z', '10.0.0.2', '/a')), /^429/)
  assert.match(byPath(at('2026-03-01T10:00:00Z', '10.0.0.3', '/b')), /^ok/)
})

test('a flood of callers does not grow without bound', () => {
  const ask = start({ year: 1, limit_by: 'ip' })
  const before = process.memoryUsage().heapUsed
  for (let index = 0; index < 250_000; index++) ask(at('2026-03-01T10:00:00Z', `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`))
  assert.ok(process.memoryUsage().heapUsed - before < 300 * 1024 * 1024)
  assert.match(ask(at('2026-03-01T10:00:00Z', '10.0.0.0')), /^ok/, 'the first caller was forgotten')
  assert.match(ask(at('2026-03-01T10:00:00Z', '10.3.208.143')), /^429/, 'the last caller is remembered')
})
