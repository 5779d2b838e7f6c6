import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { createKeyedHash } from '../../services/processor/enrich/keyed-hash.ts'
import { anyText, fc, runs } from '../property.ts'

test('a keyed hash is HMAC-SHA-256, for keys and texts of any length', () => {
  const keys = fc.oneof(anyText({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }))
  const texts = fc.array(fc.oneof(anyText({ maxLength: 50 }), anyText({ minLength: 500, maxLength: 530 }), fc.constant('\ud800')), { maxLength: 5 })
  fc.assert(fc.property(keys, texts, (key, list) => {
    const keyed = createKeyedHash(key)
    for (const text of list) assert.equal(keyed(text), createHmac('sha256', key).update(text).digest('hex'))
  }), runs(100))
})
