import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lingerFor } from '../../../services/processor/input/linger.ts'

test('few records wait four times as long for more', () => {
  assert.deepEqual([1, 256 * 1024 - 1, 256 * 1024, 16 * 1024 ** 2].map((bytes) => lingerFor(bytes, 1000)), [4000, 4000, 1000, 1000])
})
