/** Bytes of the two requests that are written by hand; what real brokers answer is tested with one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeEpochEnd, encodeEpochRequest } from '../../../services/processor/input/kafka-epoch.ts'
import { decodeTopicId, encodeTopicRequest } from '../../../services/processor/input/kafka-identity.ts'
import { Reader, unsigned } from '../../../services/processor/input/kafka-wire.ts'

const topicAnswer = (error: string, id: string): Reader => new Reader(Buffer.from(
  // Tags; throttle; one broker: id, host "h", port, no rack, tags; cluster "c"; controller; one topic: error, name "t", id.
  `00 00000000 02 00000001 0268 00002384 00 00 0263 00000001 02 ${error} 0274 ${id} 00`.replaceAll(' ', ''), 'hex'))

test('the request for a topic\'s id names the topic and makes none', () => {
  assert.equal(encodeTopicRequest('logs').toString('hex'), `0002${'0'.repeat(32)}056c6f67730000000000`)
})

test('the id of a topic is read behind whatever brokers there are; a topic with an error, or an empty id, has none', () => {
  const id = '00112233445566778899aabbccddeeff'
  assert.equal(decodeTopicId(topicAnswer('0000', id)), 'ABEiM0RVZneImaq7zN3u_w')
  assert.equal(decodeTopicId(topicAnswer('0003', id)), undefined)
  assert.equal(decodeTopicId(topicAnswer('0000', '0'.repeat(32))), undefined)
  assert.throws(() => decodeTopicId(new Reader(Buffer.from('0000000000ff', 'hex'))), RangeError)
})

test('the end of an epoch is asked for one partition, and is unknown where the leader has an error', () => {
  assert.equal(encodeEpochRequest('t', 5, 7).toString('hex'), 'ffffffff00000001000174' + '0000000100000005ffffffff00000007')
  const answer = (error: string): Reader => new Reader(Buffer.from(
    `00000000 00000001 000174 00000001 ${error} 00000005 00000007 0000000000000123`.replaceAll(' ', ''), 'hex'))
  assert.equal(decodeEpochEnd(answer('0000')), 0x123)
  assert.equal(decodeEpochEnd(answer('004b')), -1)
})

test('numbers of variable length are read as they are written', () => {
  for (const value of [0, 1, 127, 128, 300, 16_384, 2 ** 31 - 1]) assert.equal(new Reader(unsigned(value)).unsigned(), value)
})
