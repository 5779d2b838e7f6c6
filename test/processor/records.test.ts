/** From the bytes of a log to events: how lines, arrays, printed objects and wrappers become records. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { Decoded, Decoder, RawRecord } from '../../services/processor/contract.ts'
import { createDecoder, formatSchema } from '../../services/processor/format.ts'
import { createUnframe, cuttingOf, framingNames, framingSchema } from '../../services/processor/framing.ts'
import type { FramingConfig } from '../../services/processor/framing.ts'
import { cutRecords } from '../../services/processor/input/cut-records.ts'
import { cutLines } from '../../services/processor/input/lines.ts'
import { decodeRecords } from '../../services/processor/records.ts'
import { expectCase, readCases } from '../case.ts'

const kong = createDecoder({ type: 'kong' })
const maxBytes = 1024 * 1024

const auto: FramingConfig = { type: 'auto' }

/** Cuts a log that comes in pieces, as the inputs do: what is not consumed is seen again with what follows. */
function cut (log: Buffer, piece: number, longest = maxBytes, framing = auto): RawRecord[] {
  const records: RawRecord[] = []
  let offset = 0
  for (let end = Math.min(piece, log.length); ; end = Math.min(end + piece, log.length)) {
    const limits = { offset, maxRecords: Infinity, final: end === log.length }
    const lines = cutRecords(log.subarray(offset, end), cuttingOf(framing, longest), limits)
    records.push(...lines.records)
    assert.deepEqual(lines.tooLong, [])
    offset += lines.consumed
    if (end === log.length) return records
  }
}

function decode (log: Buffer, piece: number, longest?: number, framing = auto, decoder: Decoder = kong): Decoded {
  const unframe = createUnframe(framing)
  const records = cut(log, piece, longest, framing)
  return decodeRecords(records, 'access.log', unframe === undefined ? decoder : { ...decoder, unframe }, { events: [], rejects: [] })
}

function offsetsOf ({ events, rejects }: Decoded): number[] {
  return [...events, ...rejects].map((item) => item.source_offset)
}

for (const item of readCases('framing')) {
  const log = Buffer.from(item.input)
  const config = parse(item.config) as { format: unknown, framing?: unknown }
  const framing = framingSchema.parse(config.framing ?? 'auto')
  const decoder = createDecoder(formatSchema.parse(config.format))
  const decodeIt = (piece: number): Decoded => decode(log, piece, maxBytes, framing, decoder)
  test(item.name, () => {
    const { events, rejects } = decodeIt(log.length)
    const shown = events.map(({ source_offset: offset, request_id: id, target }) => `${offset} ${id.slice(0, 4)} ${target}`)
    expectCase(item, [...shown, ...rejects.map(({ source_offset: offset, reason, detail, length }) => `${offset} ${length} ${reason}: ${detail}`)].join('\n'))
  })

  test(`${item.name}: every record has a place of its own in the log`, () => {
    const offsets = offsetsOf(decodeIt(log.length))
    assert.equal(new Set(offsets).size, offsets.length)
    assert.ok(offsets.every((offset) => offset >= 0 && offset < log.length))
  })

  test(`${item.name}: pieces of any size give the same records`, () => {
    const whole = decodeIt(log.length)
    for (const piece of [1, 7, 64, 1000]) assert.deepEqual(decodeIt(piece), whole, String(piece))
  })
}

test('every framing has a case', () => {
  const named = new Set(readCases('framing').map(({ config }) => framingSchema.parse((parse(config) as { framing?: unknown }).framing ?? 'auto').type))
  assert.deepEqual(framingNames.filter((name) => !named.has(name)), [])
})

const record = (index: number): string => JSON.stringify({
  request: { id: index.toString(16).padStart(32, '0'), method: 'GET', uri: `/v1/orders/${index}` }, response: { status: 200 }, started_at: 1787220933732,
})

test('an array on one line that is longer than a record may be gives each of its records', () => {
  const log = Buffer.from(`[${Array.from({ length: 500 }, (_, index) => record(index)).join(',')}]\n${record(500)}\n`)
  for (const piece of [log.length, 900]) {
    const { events, rejects } = decode(log, piece, 4000)
    assert.deepEqual(events.map(({ target }) => target), Array.from({ length: 501 }, (_, index) => `/v1/orders/${index}`))
    assert.deepEqual(rejects, [])
  }
})

test('a range that is read again from any of its records gives the same places', () => {
  const log = Buffer.from(`[${Array.from({ length: 50 }, (_, index) => record(index)).join(', ')}]\n`)
  const first = decode(log, log.length, 1000)
  for (const { source_offset: start } of first.events) {
    const again = decodeRecords(cutLines(log.subarray(start), { offset: start, maxRecords: Infinity, maxBytes, final: true }).records,
      'access.log', kong, { events: [], rejects: [] })
    assert.deepEqual(again.events, first.events.filter((event) => event.source_offset >= start))
  }
})

test('a line that only opens an object holds nothing up once a record follows it', () => {
  const lines = cutLines(Buffer.from(`{\n${record(1)}\n`), { offset: 0, maxRecords: Infinity, maxBytes, final: false })
  assert.equal(lines.records.length, 2)
})

test('damaged lines of any kind never throw, and cost time in proportion to their length', () => {
  for (const text of ['{"'.repeat(50_000), '{"a":'.repeat(50_000), '[{'.repeat(50_000), '{"a":{"a":{'.repeat(20_000), '<14>'.repeat(50_000), '[a b]'.repeat(50_000), '\0'.repeat(90_000)]) {
    const { events } = decodeRecords([{ bytes: Buffer.from(text), offset: 0 }], 'access.log', kong, { events: [], rejects: [] })
    assert.deepEqual(events, [])
  }
})

const bare = JSON.stringify({ request: { method: 'GET', uri: '/v1/orders', url: 'http://a/v1/orders' }, response: { status: 200 }, latencies: { request: 7 }, started_at: 1787220930123 })

/** What the messages of a topic give; their offsets count messages. */
function consume (messages: string[], from = 5, decoder = kong): Decoded {
  const records = messages.map((text, index) => ({ bytes: Buffer.from(text), offset: from + index }))
  return decodeRecords(records, 'topic/0', decoder, { events: [], rejects: [] }, 'messages')
}

test('records within one message have its offset, and each of them an id of its own', () => {
  const several = [
    `[${bare},${bare},${bare}]`, bare, `${bare}${bare}`, JSON.stringify({ log: bare, stream: 'stdout', time: '2026-08-20T10:15:33.7Z' }),
    `<190>Aug 20 10:15:33 gw kong: ${bare}`, bare,
  ]
  const { events, rejects } = consume(several)
  assert.deepEqual(rejects, [])
  assert.deepEqual(events.map((event) => event.source_offset), [5, 5, 5, 6, 7, 7, 8, 9, 10])
  assert.deepEqual(new Set(events.map(({ source }) => source)), new Set(['topic/0']))
  assert.equal(new Set(events.map((event) => event.event_id)).size, events.length)
  assert.deepEqual(consume(several), { events, rejects }, 'the same message gives the same ids when it comes again')
  assert.deepEqual(consume(several.slice(2), 7).events, events.slice(4), 'the messages before it do not matter')
})

test('what is wrong within a message has its offset, too', () => {
  const { events, rejects } = consume([bare, `[${bare},{"request":1}]`, 'nonsense', ''])
  assert.deepEqual(events.map((event) => event.source_offset), [5, 6])
  assert.deepEqual(rejects.map(({ source, source_offset: offset }) => [source, offset]), [['topic/0', 6], ['topic/0', 7]])
})

test('a line of text behind a prefix has the offset of its message', () => {
  const line = '10.0.0.1 - - [20/Aug/2026:10:15:30 +0000] "GET / HTTP/1.1" 200 7 "-" "-"'
  const { events } = consume([`<190>Aug 20 10:15:33 gw nginx: ${line}`, `<14>1 2026-08-20T10:15:33.732Z gw access 7 - - ${line}`, line], 0, createDecoder(formatSchema.parse('nginx')))
  assert.deepEqual(events.map((event) => event.source_offset), [0, 1, 2])
  assert.equal(new Set(events.map((event) => event.event_id)).size, 3)
})
