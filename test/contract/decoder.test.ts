/** What every decoder must hold, run over the whole registry. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isReject } from '../../services/processor/contract.ts'
import type { Decoder } from '../../services/processor/contract.ts'
import { decoders } from '../../services/processor/decode/index.ts'
import { rejectReasons } from '../../services/processor/event.ts'
import type { AccessEvent, Reject } from '../../services/processor/event.ts'
import { readCases } from '../case.ts'
import { fc } from '../property.ts'

const marker = 'zqxjkvb'

for (const [format, decode] of Object.entries(decoders)) {
  const samples = readCases(`decode/${format}`).flatMap((item) => item.input.split('\n')).filter((line) => line.length > 100)
  const whole = samples.filter((line) => !isReject(decode({ bytes: Buffer.from(line), offset: 0 }, 'input')))

  test(`${format}: any bytes give an event or a reject`, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { check(decode, Buffer.from(bytes)) }), { numRuns: 2000 })
  })

  test(`${format}: a record with changed, lost or added bytes gives an event or a reject`, () => {
    const edit = fc.record({ at: fc.nat(4000), remove: fc.nat(40), insert: fc.uint8Array({ maxLength: 12 }) })
    fc.assert(fc.property(fc.constantFrom(...samples), fc.array(edit, { minLength: 1, maxLength: 4 }), (sample, edits) => {
      check(decode, edits.reduce((bytes, { at, remove, insert }) => {
        const place = at % (bytes.length + 1)
        return Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)])
      }, Buffer.from(sample)))
    }), { numRuns: 3000 })
  })

  test(`${format}: any value in the place of any other gives an event or a reject`, () => {
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(-1, 1e308, 2 ** 63, '-', '', '1e999', '\ud800', [], {}, [[]], null, true))
    fc.assert(fc.property(fc.constantFrom(...whole), fc.nat(), odd, (sample, place, value) => {
      const record: unknown = JSON.parse(sample)
      const places = placesOf(record)
      const { owner, key } = places[place % places.length] ?? { owner: {}, key: '' }
      Object.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true })
      check(decode, Buffer.from(JSON.stringify(record)))
    }), { numRuns: 3000 })
  })

  test(`${format}: every beginning of a record is truncated, and nothing else`, () => {
    const sample = Buffer.from(whole[0] ?? '')
    for (let end = 1; end < sample.length; end++) {
      const result = decode({ bytes: sample.subarray(0, end), offset: 0 }, 'input')
      assert.equal(isReject(result) ? result.reason : '', 'truncated', `after ${end} bytes`)
    }
  })

  test(`${format}: deep nesting, huge numbers and keys of the prototype do no harm`, () => {
    for (const text of ['['.repeat(1e6), '{"a":'.repeat(1e5), `${'['.repeat(1e5)}${']'.repeat(1e5)}`, '{"__proto__":{"method":"GET"}}', '9'.repeat(1e5),
      `{"a":"${'\\u0000'.repeat(1e5)}"}`, `{"a":"${'x'.repeat(1e6)}`]) check(decode, Buffer.from(text))
    assert.equal(Object.hasOwn(Object.prototype, 'method'), false)
  })

  test(`${format}: a reject tells nothing of the record's content`, () => {
    for (const text of [marker, `{"${marker}":1}`, `{"request":{"method":"${marker}"}}`, `{"a":${marker}`, `["${marker}"]`, `{"a":"${marker}`]) {
      const result = check(decode, Buffer.from(text))
      assert.ok(isReject(result) && !JSON.stringify(result).includes(marker), text)
    }
  })
}

const template = Object.entries(decoders.kong({ bytes: Buffer.from(readCases('decode/kong').find((item) => item.name.includes('sample-06'))?.input ?? ''), offset: 0 }, 'input'))
const nullable = new Set(['upstream_status', 'duration_ms', 'upstream_ms', 'gateway_ms', 'request_bytes', 'response_bytes', 'attempts', 'limit', 'remaining'])

/** Decodes twice, and checks the result's shape: all fields there, of their kind, finite, not negative. */
function check (decode: Decoder, bytes: Buffer): AccessEvent | Reject {
  const result = decode({ bytes, offset: 7 }, 'input')
  assert.deepEqual(decode({ bytes, offset: 7 }, 'input'), result, 'the same record gives the same result')
  if (isReject(result)) {
    assert.ok(rejectReasons.includes(result.reason) && result.detail !== '' && result.detail.length < 200)
    assert.deepEqual([result.source, result.source_offset, result.length], ['input', 7, bytes.length])
    return result
  }
  assert.match(result.event_id, /^[0-9a-f]{32}$/)
  assert.deepEqual(Object.keys(result), template.map(([key]) => key))
  for (const [key, value] of Object.entries(result)) checkField(key, value)
  return result
}

function checkField (key: string, value: unknown): void {
  const sample = template.find(([name]) => name === key)?.[1]
  if (value === null) assert.ok(nullable.has(key), key)
  else assert.equal(typeof value, nullable.has(key) ? 'number' : typeof sample, key)
  if (typeof value === 'number') assert.ok(value >= 0 && value <= Number.MAX_SAFE_INTEGER, `${key} ${value}`)
}

interface Place { owner: object, key: string }

function placesOf (value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [{ owner: value, key }, ...placesOf(inner)])
}
