/** What it takes to add a log format: one definition, and its place in the list of all. It fits the same contract. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { isReject } from '../../services/processor/contract.ts'
import type { RawRecord } from '../../services/processor/contract.ts'
import { blankEvent } from '../../services/processor/decode/blank-event.ts'
import { defineDecoder } from '../../services/processor/decode/definition.ts'
import { eventId } from '../../services/processor/decode/identity.ts'
import { decoders } from '../../services/processor/decode/index.ts'
import type { AccessEvent, Reject } from '../../services/processor/event.ts'
import { createFormats } from '../../services/processor/format.ts'
import { decodeRecords } from '../../services/processor/records.ts'
import { testDecoder } from './decoder.ts'

/** Lines of requests, one or several: `1787220930123 GET /v1/orders 200; …`. Lines that begin with the mark are headings. */
const requests = defineDecoder({
  name: 'requests',
  options: z.strictObject({ heading: z.string().length(1).default('#') }),
  framing: 'lines',
  create: ({ heading }) => (record, source) => {
    const line = record.bytes.toString('latin1')
    if (line.startsWith(heading)) return []
    let place = 0
    return line.split(';').flatMap((part) => {
      const bytes = record.bytes.subarray(place, place + part.length)
      const offset = record.offset + place
      place += part.length + 1
      return part.trim() === '' ? [] : decodePart(part.trim(), { bytes, offset }, source)
    })
  },
})

function decodePart (part: string, record: RawRecord, source: string): AccessEvent | Reject {
  const found = /^(\d{13}) ([A-Z]{3,7}) (\/\S*) (\d{3})$/.exec(part)
  if (found === null) {
    return { reason: 'malformed', detail: 'not a request', source, source_offset: record.offset, length: record.bytes.length }
  }
  const event = blankEvent('requests', record, source)
  event.time = Number(found[1])
  event.method = found[2] ?? ''
  event.target = found[3] ?? ''
  event.status = Number(found[4])
  event.event_id = eventId('', event, record.bytes)
  return event
}

const formats = createFormats([...decoders, requests])
const samples = ['1787220930123 GET /v1/orders/7 200', '1787220930123 GET /v1/orders 200; 1787220930123 GET /v1/orders 200', '# time method target status', 'nonsense']

test('a format that is added is known to the configuration by its name and by its options', () => {
  assert.deepEqual(formats.names, [...decoders.map(({ name }) => name), 'requests'])
  assert.deepEqual(formats.schema.parse('requests'), { type: 'requests', heading: '#' })
  assert.deepEqual(formats.schema.parse({ type: 'requests', heading: '!' }), { type: 'requests', heading: '!' })
  assert.equal(formats.schema.safeParse({ type: 'requests', mark: '!' }).success, false)
  assert.equal(formats.schema.safeParse('kong').success, true)
})

test('a record gives none, one or several events, each with a place and an id of its own', () => {
  const decoder = formats.createDecoder({ type: 'requests', heading: '#' })
  const records = samples.map((sample, index) => ({ bytes: Buffer.from(sample), offset: index * 1000 }))
  const { events, rejects } = decodeRecords(records, 'log', decoder, { events: [], rejects: [] })
  assert.deepEqual(events.map((event) => event.source_offset), [0, 1000, 1033])
  assert.equal(new Set(events.map((event) => event.event_id)).size, 3)
  assert.deepEqual(rejects.map(({ reason, source_offset: offset }) => [reason, offset]), [['malformed', 3000]])
})

test('one bad part of a record leaves the others', () => {
  const { decode } = formats.createDecoder({ type: 'requests', heading: '#' })
  const results = [decode({ bytes: Buffer.from(`${samples[0]};x;${samples[0]}`), offset: 0 }, 'log')].flat()
  assert.deepEqual(results.map(isReject), [false, true, false])
})

testDecoder({ name: 'a format that is added', decoder: formats.createDecoder({ type: 'requests', heading: '#' }), samples })
