import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostOf, readTraceparent, traceId } from '../../services/processor/decode/http.ts'
import { eventId } from '../../services/processor/decode/identity.ts'
import { createPrivacy, privacySchema } from '../../services/processor/enrich/privacy.ts'
import { normalizedEvent } from './event.ts'

const record = Buffer.from('{}')
const privacy = createPrivacy(privacySchema.parse({ key: 'a key of the tests alone' }))

test('request ids of gateways are published as they are', () => {
  for (const id of [
    '2b0c4d0e-6a43-4b7a-8f0b-0d5f8f0e2001', '2B0C4D0E-6A43-4B7A-8F0B-0D5F8F0E2001', '2b0c4d0e-6a43-4b7a-8f0b-0d5f8f0e2001#17', '6b4d4233eeb6a1f6f14330dd07e57c98',
    '463ac35c9f6413ad', '230b030023ae2822-SJC', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '1-67891233-abcdef012345678912345678',
    'Root=1-67891233-abcdef012345678912345678', '32770', '00000000000000000000000000000004', '00000000-0000-0000-0000-000000000001', '',
  ]) assert.equal(privacy.cleanId(id), id)
})

test('what a client may have put into a request id is published as its hash', () => {
  for (const id of [
    '4111111111111111', '4111-1111-1111-1111', '078-05-1120', '078051120', '9f8862bfeb57337770e90292c1007965eb27a6d7', '41111111-1111-1111-1111-111111111111',
    '2b0c4d0e-6a43-4b7a-8f0b-0d5f8f0e2001#4111111111111111', '172.17.0.2-8000-23-4711-1-1787220930.123', '7F000001:8296_7F00001E:1F90_4F7B0A69_0003:790A', 'jane.doe',
    'D41D8CD98F00B204E9800998ECF8427E', 'correct-horse-battery-staple', 'eyJhbGciOiJub25lIn0.e30.', '00-41111111111111110000000000000000-4111111111111111-01', 'YX2x9-AhdTE',
  ]) assert.match(privacy.cleanId(id), /^id-[0-9a-f]{12}$/, id)
})

test('a number in place of a trace or span id is dropped', () => {
  assert.equal(traceId('4111111111111111'), '')
  assert.equal(traceId('41111111111111110000000000000000'), '')
  assert.equal(traceId('1-41111111-111111110000000000000000'), '')
  assert.deepEqual(readTraceparent('00-4bf92f3577b34da6a3ce929d0e0e4736-4111111111111111-01'), { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '' })
})

test('a host that has the shape of a secret before it is folded to lower case is none', () => {
  const hosts = ['AKIAIOSFODNN7EXAMPLE.example.com', 'sk_live_EXAMPLE0000000000', 'eyJhbGciOiJub25lIn0.e30.c2ln', '4111-1111-1111-1111.example.com', 'API.Example.com:443', 'jane@[fd00::12]:80']
  assert.deepEqual(hosts.map(hostOf), ['', '', '', '', 'api.example.com', 'fd00::12'])
})

test('an event id is the request id where that is 32 hex digits, also of decimal digits alone', () => {
  for (const id of [
    '6b4d4233eeb6a1f6f14330dd07e57c98', '00070001000000000000000000000012', '00000001000000000000000000000990', '00000000000000000000000000000004', '73918460275510938846201957730284',
  ]) assert.equal(eventId(id, normalizedEvent(), record), id)
  assert.equal(eventId('D41D8CD98F00B204E9800998ECF8427E', normalizedEvent(), record), 'd41d8cd98f00b204e9800998ecf8427e')
})

test('an event id is a hash where the request id has another shape, or is a number of somebody between zeros', () => {
  for (const id of ['4111111111111111', '41111111111111110000000000000000', '00000000000000004111111111111111', '00000000000000000000000078051120', 'jane.doe']) {
    const hash = eventId(id, normalizedEvent(), record)
    assert.match(hash, /^[0-9a-f]{32}$/)
    assert.notEqual(hash, id)
    assert.equal(eventId(id, normalizedEvent(), record), hash)
  }
})

test('without an id of the gateway, source, position and content tell a request, so that two equal records are two', () => {
  const at = (offset: number, source = 'a', content = 'GET /'): string =>
    eventId('', { ...normalizedEvent(), source, source_offset: offset }, Buffer.from(content))
  assert.equal(at(0), at(0))
  assert.equal(new Set([at(0), at(6), at(0, 'b'), at(0, 'a', 'GET /x')]).size, 4)
})
