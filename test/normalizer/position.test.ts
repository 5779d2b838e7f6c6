/** One endpoint, one label: ids of every kind at one position. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInference } from '../../normalizer/index.ts'
import { seeded } from '../seeded.ts'

const digits = '0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = lower.toUpperCase()
const random = seeded(11)
const pick = (alphabet: string, length: number): string => Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('')

const kinds: Record<string, () => string> = {
  base64url: () => pick(`${digits}${lower}${upper}-_`, 22),
  'longer base64url': () => pick(`${digits}${lower}${upper}-_`, 43),
  nanoid: () => pick(`${digits}${lower}${upper}-_`, 21),
  'video ids': () => pick(`${digits}${lower}${upper}-_`, 11),
  base62: () => pick(`${digits}${lower}${upper}`, 16),
  base36: () => pick(`${digits}${lower}`, 10),
  'hexadecimal digits': () => pick(`${digits}abcdef`, 8),
  'digests in hexadecimal': () => pick(`${digits}abcdef`, 40),
  'ids with a prefix': () => `cus_${pick(`${digits}${lower}${upper}`, 14)}`,
  numbers: () => pick(digits, 5),
  'numbered users': () => `user${1 + Math.floor(random() * 9999)}`,
  'numbered orders': () => `order-${1 + Math.floor(random() * 9999)}`,
  versions: () => [0, 0, 0].map(() => Math.floor(random() * 30)).slice(0, random() < 0.5 ? 2 : 3).join('.'),
  decimals: () => (random() * 100).toFixed(2),
  'names of people': () => `${pick(lower, 5)}-${pick(lower, 7)}`,
}

for (const [kind, next] of Object.entries(kinds)) {
  test(`2,000 requests of two endpoints with ${kind} keep two routes, and no label changes more than once`, () => {
    const inference = createInference()
    const given = new Map<string, string[]>()
    for (let number = 0; number < 2000; number++) {
      const path = number % 2 === 0 ? `/items/${next()}` : `/items/${next()}/lines`
      given.set(path, [inference.infer('s', path)])
    }
    for (const [path, labels] of given) labels.push(inference.infer('s', path))
    assert.equal(new Set([...given.values()].map((labels) => labels[1])).size, 2)
    assert.ok(new Set([...given.values()].map((labels) => labels[0])).size <= 4)
    assert.equal(inference.size, 2, JSON.stringify(inference.save().services))
  })
}

test('a restart keeps what a position was found to be', () => {
  const one = createInference()
  for (const id of ['12345678', '1a2b3c4d']) one.infer('s', `/items/${id}`)
  const two = createInference()
  two.load(JSON.parse(JSON.stringify(one.save())))
  assert.deepEqual(two.save(), one.save())
  assert.equal(two.infer('s', '/items/87654321'), '/items/{id}')
})

test('a position of numbers stays one when it has had many', () => {
  const inference = createInference()
  for (let id = 1; id <= 40; id++) inference.infer('s', `/orders/${id}`)
  assert.equal(inference.infer('s', '/orders/4fa9c1'), '/orders/{hex}')
  assert.equal(inference.infer('s', '/orders/41'), '/orders/{int}')
})

test('a word becomes known when many callers use it, not when one does so often', () => {
  const inference = createInference({ callers: 30 })
  const ask = (word: string, caller: string): string => inference.infer('s', `/shop/${word}`, { caller })
  for (let round = 0; round < 500; round++) assert.equal(ask('zorbify', 'one'), '/shop/{word}')
  const labels = Array.from({ length: 40 }, (_, number) => ask('zorbify', `caller ${number}`))
  assert.deepEqual([labels[0], labels.at(-1)], ['/shop/{word}', '/shop/zorbify'])
  const restarted = createInference({ callers: 30 })
  restarted.load(JSON.parse(JSON.stringify(inference.save())))
  assert.equal(restarted.infer('s', '/shop/zorbify'), '/shop/zorbify')
})

test('where many words stand none becomes known, however many callers use it', () => {
  const inference = createInference({ callers: 30 })
  for (let name = 0; name < 60; name++) inference.infer('s', `/people/${'bdfgklmnprst'.charAt(name % 12)}ano${'bdlmr'.charAt(Math.floor(name / 12))}a`, { caller: 'one' })
  for (let caller = 0; caller < 100; caller++) assert.ok(!inference.infer('s', '/people/jane-doe', { caller: `caller ${caller}` }).includes('jane'))
})

test('a state of an earlier version, or one with all words, gives no name back', () => {
  const old = { version: 1, services: { s: ['/people/jane-doe', '/orders/{int}'] } }
  const all = createInference({ words: 'all' })
  all.infer('s', '/people/jane-doe')
  for (const state of [old, all.save()]) {
    const inference = createInference()
    inference.load(JSON.parse(JSON.stringify(state)))
    assert.ok(!JSON.stringify(inference.save()).includes('jane'))
    assert.equal(inference.infer('s', '/people/jane-doe'), '/people/{word}')
  }
})
