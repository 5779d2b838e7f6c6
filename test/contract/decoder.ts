/** What every decoder promises, as tests over one of its configurations and records that fit that. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isReject } from '../../services/processor/contract.ts'
import type { Decoder } from '../../services/processor/contract.ts'
import { blankEvent } from '../../services/processor/decode/blank-event.ts'
import { rejectReasons } from '../../services/processor/event.ts'
import type { AccessEvent, Reject } from '../../services/processor/event.ts'
import { decodeRecords } from '../../services/processor/records.ts'
import { fc, runs } from '../property.ts'

const marker = 'zqxjkvb'
const source = 'input'

/** A decoder under test: its name, and records of which some are events. */
export interface Subject { name: string, decoder: Decoder, samples: string[] }

/** Defines the tests. */
export function testDecoder ({ name, decoder, samples }: Subject): void {
  const whole = samples.filter((line) => check(decoder, Buffer.from(line)).some((result) => !isReject(result)))

  test(`${name}: a record of its cases is an event`, () => { assert.ok(whole.length > 0) })

  test(`${name}: any bytes give events or rejects`, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { check(decoder, Buffer.from(bytes)) }), runs(200))
  })

  test(`${name}: a record with changed, lost or added bytes gives events or rejects`, () => {
    const edit = fc.record({ at: fc.nat(4000), remove: fc.nat(40), insert: fc.uint8Array({ maxLength: 12 }) })
    fc.assert(fc.property(fc.constantFrom(...samples), fc.array(edit, { minLength: 1, maxLength: 4 }), (sample, edits) => {
      check(decoder, edits.reduce((bytes, { at, remove, insert }) => {
        const place = at % (bytes.length + 1)
        return Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)])
      }, Buffer.from(sample)))
    }), runs(300))
  })

  test(`${name}: every beginning of a record gives events or rejects`, () => {
    const sample = Buffer.from(whole[0] ?? '')
    const isJson = isParsable(whole[0] ?? '')
    for (let end = 0; end < sample.length; end++) {
      const results = check(decoder, sample.subarray(0, end))
      if (isJson && end > 0) assert.deepEqual(results.map((result) => isReject(result) ? result.reason : ''), ['truncated'], `after ${end} bytes`)
    }
  })

  test(`${name}: long records of whatever shape take time in proportion to their length`, () => {
    const sample = whole[0] ?? ''
    const half = Math.floor(sample.length / 2)
    for (const text of hostile.flatMap((piece) => [piece, sample.slice(0, half) + piece + sample.slice(half)])) {
      decoder.decode({ bytes: Buffer.from(text), offset: 0 }, source)
    }
    assert.equal(Object.hasOwn(Object.prototype, 'method'), false)
  })

  test(`${name}: a reject tells nothing of the record's content`, () => {
    const json = [
      `{"${marker}":1}`, `{"request":{"method":"${marker}"}}`, `{"a":${marker}`, `["${marker}"]`, `{"a":"${marker}`]
    for (const text of [marker, `${marker} - - [x] "y"`, ...json, ...samples.map((sample) => `${marker} ${sample}`)]) {
      const rejects = check(decoder, Buffer.from(text)).filter(isReject)
      assert.ok(!JSON.stringify(rejects).includes(marker), text)
    }
  })

  test(`${name}: records in the wrappers of collectors are found`, () => {
    const plain = eventsOf(decoder, whole[0] ?? '')
    for (const line of wrappers.map((wrap) => wrap(whole[0] ?? ''))) {
      assert.deepEqual(eventsOf(decoder, line).map(content), plain.map(content), line.slice(0, 60))
    }
  })

  test(`${name}: equal records at two positions are two requests, unless the gateway gave them an id`, () => {
    for (const sample of whole) {
      const [first, second] = [0, 5000].map((offset) => [decoder.decode({ bytes: Buffer.from(sample), offset }, source)].flat())
      first?.forEach((result, index) => {
        const other = second?.[index]
        if (isReject(result) || other === undefined || isReject(other)) return
        if (result.event_id === other.event_id) assert.notEqual(result.request_id, '')
      })
    }
  })
}

/** A walk that begins anew at every byte of so many would not end while a person waits. */
const long = 400_000
const hostile = [
  '[', '{"a":', '{"', '9', ' ', '"', '\\', '\\"', '" ', '", ', ' - ', ', ', ' : ', ' [', '] "', '\\x22', '\\u0000', '\0', '<14>', '|', '/', '?', ' [20/Aug/2026:10:15:30 +0000', ' 200 ',
].map((piece) => piece.repeat(long / piece.length)).concat(`${'['.repeat(long)}${']'.repeat(long)}`, '{"__proto__":{"method":"GET"}}')

function isParsable (text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const wrappers: Array<(record: string) => string> = [
  (record) => JSON.stringify({ log: `${record}\n`, stream: 'stdout', time: '2026-08-20T10:15:33.7Z' }),
  (record) => `2026-08-20T10:15:33.732123456Z stdout F ${record}`,
  (record) => `<190>Aug 20 10:15:33 gw nginx: ${record}`,
  (record) => `<14>1 2026-08-20T10:15:33.732Z gw access 7 - - ${record}`,
  (record) => JSON.stringify({ MESSAGE: record, PRIORITY: '6', _HOSTNAME: 'gw' }),
  (record) => JSON.stringify({ '@timestamp': '2026-08-20T10:15:33.732Z', message: record, agent: { type: 'filebeat' } }),
  (record) => `[pod/gateway-7/proxy] ${record}`,
]

function eventsOf (decoder: Decoder, line: string): AccessEvent[] {
  return decodeRecords([{ bytes: Buffer.from(line), offset: 0 }], source, decoder, { events: [], rejects: [] }).events
}

/** All but the place, and what follows from it. */
function content ({ event_id: _id, source_offset: _offset, ...rest }: AccessEvent): object {
  return rest
}

const template = Object.entries(blankEvent('kind', { bytes: Buffer.alloc(0), offset: 0 }, source))
const nullable = new Set(template.flatMap(([key, value]) => value === null ? [key] : []))

/** Decodes twice, and checks the results: all fields there, of their kind, finite, not negative. */
function check (decoder: Decoder, bytes: Buffer): Array<AccessEvent | Reject> {
  const results = [decoder.decode({ bytes, offset: 7 }, source)].flat()
  assert.deepEqual([decoder.decode({ bytes, offset: 7 }, source)].flat(), results, 'the same record gives the same results')
  const places = results.map((result) => result.source_offset)
  assert.equal(new Set(places).size, places.length, 'each event of a record has a place of its own')
  for (const result of results) {
    assert.equal(result.source, source)
    const place = result.source_offset - 7
    assert.ok(place === 0 || (place > 0 && place < bytes.length), String(place))
    if (isReject(result)) checkReject(result, bytes)
    else checkEvent(result)
  }
  return results
}

function checkReject ({ reason, detail, length }: Reject, bytes: Buffer): void {
  assert.ok(rejectReasons.includes(reason) && detail !== '' && detail.length < 200, detail)
  assert.ok(length <= bytes.length)
}

function checkEvent (event: AccessEvent): void {
  assert.match(event.event_id, /^[0-9a-f]{32}$/)
  assert.deepEqual(Object.keys(event), template.map(([key]) => key))
  for (const [key, value] of Object.entries(event)) checkField(key, value)
}

function checkField (key: string, value: unknown): void {
  const sample = template.find(([name]) => name === key)?.[1]
  if (value === null) assert.ok(nullable.has(key), key)
  else assert.equal(typeof value, nullable.has(key) ? 'number' : typeof sample, key)
  if (typeof value === 'number') assert.ok(value >= 0 && value <= Number.MAX_SAFE_INTEGER, `${key} ${value}`)
}
