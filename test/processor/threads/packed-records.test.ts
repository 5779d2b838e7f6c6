import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReadBuffers } from '../../../services/processor/input/read-buffers.ts'
import { packRecords, unpackRecords } from '../../../services/processor/threads/packed-records.ts'

test('records that lie in one shared buffer are packed without a copy, others with one', () => {
  const shared = Buffer.from(new SharedArrayBuffer(16))
  shared.write('one\ntwo\n')
  const ofFile = [{ bytes: shared.subarray(0, 3), offset: 100 }, { bytes: shared.subarray(4, 7), offset: 104 }]
  const elsewhere = { bytes: Buffer.from('three'), offset: 2 ** 40 }
  for (const records of [ofFile, [...ofFile, elsewhere], [elsewhere], []]) {
    const { packed, transfer } = packRecords(records)
    assert.equal(packed.bytes === shared.buffer as unknown, records === ofFile)
    const sent = structuredClone(packed, { transfer })
    const read = unpackRecords(sent).map(({ bytes, offset }) => [bytes.toString(), offset])
    assert.deepEqual(read, records.map(({ bytes, offset }) => [bytes.toString(), offset]))
  }
  assert.equal(elsewhere.bytes.toString(), 'three', 'what was copied is still there')
})

test('what stands in a buffer stays until as many more as asked for were filled', () => {
  for (const ahead of [0, 3]) {
    const buffers = new ReadBuffers(8, ahead)
    const filled = Array.from({ length: 12 }, (_, index) => {
      const { current } = buffers
      current.write(String(index).padEnd(8))
      buffers.turn()
      return current
    })
    const newest = Array.from({ length: ahead + 1 }, (_, index) => String(11 - ahead + index).padEnd(8))
    assert.deepEqual(filled.slice(-1 - ahead).map(String), newest)
    assert.equal(new Set(filled).size, ahead + 1)
  }
})
