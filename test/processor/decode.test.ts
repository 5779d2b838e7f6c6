import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { isReject } from '../../services/processor/contract.ts'
import type { Decode } from '../../services/processor/contract.ts'
import type { LabelOptions } from '../../services/processor/decode/labels.ts'
import { rejectReasons } from '../../services/processor/event.ts'
import type { AccessEvent, Reject } from '../../services/processor/event.ts'
import { createDecoder, formatNames, formatSchema } from '../../services/processor/format.ts'
import { expectCase, readCases } from '../case.ts'
import type { Case } from '../case.ts'

type Decoded = AccessEvent | Reject
interface Config extends LabelOptions { format: unknown }

const cases = readCases('decode')

function decodeCase (item: Case): Decoded[] {
  const { format, ...labels } = parse(item.config) as Config
  const { decode } = createDecoder(formatSchema.parse(format), labels)
  let offset = 0
  return item.input.split('\n').flatMap((line) => {
    const bytes = Buffer.from(line)
    const result = decodeAll(decode, bytes, offset)
    offset += bytes.length + 1
    return result
  })
}

function decodeAll (decode: Decode, bytes: Buffer, offset = 0): Decoded[] {
  return [decode({ bytes, offset }, 'access.log')].flat()
}

for (const item of cases) {
  test(item.name, () => {
    const results = decodeCase(item)
    expectCase(item, results.map((result, i) => i === 0 ? JSON.stringify(result, null, 2) : difference(results[0], result)).join('\n'))
  })
}

/** Records after the first are shown by what differs from the first, on one line. */
function difference (first: Decoded | undefined, result: Decoded): string {
  const known = new Map(first === undefined || isReject(first) ? [] : Object.entries(first))
  if (isReject(result)) return JSON.stringify(result)
  const changed = Object.entries(result).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(known.get(key)))
  return JSON.stringify(Object.fromEntries(changed))
}

test('every format and every reject reason that decoding gives has a case', () => {
  const results = cases.flatMap(decodeCase)
  const given = new Set(results.filter(isReject).map((reject) => reject.reason))
  // The input gives too_long and the sink refused_by_store.
  assert.deepEqual(rejectReasons.filter((reason) => !given.has(reason)), ['too_long', 'not_framed', 'refused_by_store'])
  const used = new Set(cases.map((item) => formatSchema.parse((parse(item.config) as Config).format).type))
  assert.deepEqual(formatNames.filter((name) => !used.has(name)), [])
})

/** What the ten sample scenarios say, written down apart from the decoder. */
const facts = [
  { method: 'GET', status: 200, gateway_route: 'orders-v1', consumer: 'acme-logistics', anonymous: false, client_ip: '203.0.113.17', duration_ms: 47, upstream_ms: 41, response_source: 'upstream' },
  { method: 'POST', status: 201, gateway_route: 'payments-v1', consumer: 'globex-pay', anonymous: false, client_ip: '198.51.100.23', duration_ms: 183, upstream_ms: 176, response_source: 'upstream' },
  { method: 'GET', status: 401, gateway_route: 'orders-v1', consumer: '', anonymous: false, client_ip: '192.0.2.88', duration_ms: 1, upstream_ms: null, response_source: 'gateway' },
  { method: 'GET', status: 404, gateway_route: '', consumer: '', anonymous: false, client_ip: '192.0.2.201', duration_ms: 0, upstream_ms: null, response_source: 'gateway' },
  { method: 'GET', status: 404, gateway_route: 'catalog-v1', consumer: 'acme-logistics', anonymous: false, client_ip: '203.0.113.17', duration_ms: 19, upstream_ms: 15, response_source: 'upstream' },
  { method: 'GET', status: 429, gateway_route: 'orders-v1', consumer: 'initech', anonymous: false, client_ip: '203.0.113.240', duration_ms: 2, upstream_ms: null, response_source: 'gateway' },
  { method: 'PATCH', status: 500, gateway_route: 'orders-v1', consumer: 'acme-logistics', anonymous: false, client_ip: '203.0.113.17', duration_ms: 95, upstream_ms: 88, response_source: 'upstream' },
  { method: 'GET', status: 200, attempts: 2, consumer: 'globex-pay', anonymous: false, client_ip: '198.51.100.23', duration_ms: 312, upstream_ms: 36, response_source: 'upstream' },
  { method: 'POST', status: 504, gateway_route: 'payments-v1', consumer: 'globex-pay', anonymous: false, client_ip: '198.51.100.23', duration_ms: 8001, upstream_ms: 7994, response_source: 'gateway' },
  { method: 'GET', status: 200, gateway_route: 'customers-v1', consumer: '', anonymous: true, client_ip: '2001:db8:85a3::8a2e:370:7334', duration_ms: 64, upstream_ms: 55, response_source: 'upstream' },
] satisfies Array<Partial<AccessEvent>>

test('the ten sample scenarios decode to their facts', () => {
  const events = cases.filter((item) => item.name.includes('kong/sample-')).flatMap(decodeCase)
  assert.equal(events.length, facts.length)
  events.forEach((event, i) => assertHas(event, facts[i] ?? {}))
})

function assertHas (actual: Decoded | undefined, expected: Partial<AccessEvent>): void {
  assert.deepEqual(Object.fromEntries(Object.entries(actual ?? {}).filter(([key]) => key in expected)), expected)
}

test('bytes that are no UTF-8, and a byte order mark, are tolerated', () => {
  const [sample] = readCases('decode/kong').filter((item) => item.name.includes('sample-01'))
  const text = (sample?.input ?? '').replace('acme-erp/4.2.1', 'acme\u0001')
  const bytes = Buffer.from(text, 'latin1')
  bytes[bytes.indexOf(1)] = 0xFF
  const [result] = decodeAll(createDecoder({ type: 'kong' }).decode, Buffer.concat([Buffer.from([0xEF, 0xBB, 0xBF]), bytes]))
  assertHas(result, { status: 200, user_agent_original: 'acme\uFFFD' })
})

test('a reject never quotes the record', () => {
  for (const item of cases) {
    for (const result of decodeCase(item)) {
      if (isReject(result)) assert.doesNotMatch(result.detail, /hunter|sesame|4711/, item.name)
    }
  }
})
