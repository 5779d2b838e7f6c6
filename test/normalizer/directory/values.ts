/** Values of path parameters, percent-encoded: as the parameter's schema asks for, and awkward ones that are legal too. */
import type { Json } from './documents.ts'
import type { Random } from './random.ts'

/** A value by the schema: example, enum, default, format or type. */
export function valueFor (schema: Json, random: Random): string {
  return encodeURIComponent(plainValue(schema, random)) || 'value'
}

/** Legal in a path segment, and easily got wrong. */
export const awkward: readonly string[] = [
  'a.b', '1.0.0', 'v1', 'x:y', 'urn:isbn:123', 'a-b-c', 'x_y', '~home', '%7Ehome', '@me', 'user@example.com', 'user%40example.com',
  '%61bc', '%41%62', 'a%2Fb', 'a%2fb%2Fc', 'caf%C3%A9', 'caf%c3%a9', '%E2%82%AC', '%20', 'a%20b', 'a+b', "o'x", '(1)', 'a,b', 'a;b=c', 'k=v',
  '$count', '*', '!', '-', '_', '...', '.hidden', 'a.', '%', '100%', '%zz', '%e', '0', '-1', '1e9', 'null', 'undefined', 'true', '2024-02-29',
  '2024-02-29T12:00:00Z', '2024-02-29T12%3A00%3A00%2B01%3A00', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'AAECAwQ%3D', 'AAECAwQ=', '&', 'a&b',
  '%3Fq', '%23top', '%25', '%5B0%5D', '%7Bid%7D', '"', '%00', 'x'.repeat(2000), '%C3%A9'.repeat(200), 'me', 'search', 'new', 'index.html', 'a.json',
]

function plainValue (schema: Json, random: Random): string {
  const told = toldValues(schema)
  if (told.length > 0) return random.pick(told)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'integer' || type === 'number') return String(numberFor(schema, random))
  if (type === 'boolean') return random.pick(['true', 'false'])
  if (type === 'array') return [1, 2].map(() => letters(random, 4)).join(',')
  return textFor(schema, random)
}

function toldValues (schema: Json): string[] {
  const listed = Array.isArray(schema.enum) ? schema.enum : [schema.example, schema.default]
  // A path made of dots alone would be a dot segment.
  return listed.filter((value) => ['string', 'number', 'boolean'].includes(typeof value)).map(String).filter((value) => !/^\.{0,2}$/.test(value))
}

function numberFor (schema: Json, random: Random): number {
  const least = Number.isFinite(schema.minimum) ? schema.minimum as number : 1
  const most = Number.isFinite(schema.maximum) ? schema.maximum as number : least + 99_999
  return Math.round(least + random.next() * Math.max(0, Math.min(most, least + 1e9) - least))
}

const formats: Readonly<Record<string, (random: Random) => string>> = {
  uuid: (random) => [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-'),
  date: () => '2024-02-29',
  'date-time': () => '2024-02-29T23:59:59.999+01:00',
  email: (random) => `${letters(random, 6)}@example.com`,
  ipv4: (random) => [1, 2, 3, 4].map(() => random.below(256)).join('.'),
  ipv6: () => '2001:db8::1',
  uri: () => 'https://example.com/a?b=c#d',
  hostname: () => 'www.example.com',
  byte: () => 'AAECAwQ=',
  int32: (random) => String(random.below(2 ** 31)),
  int64: (random) => String(random.below(2 ** 53)),
}

function textFor (schema: Json, random: Random): string {
  const made = typeof schema.format === 'string' ? formats[schema.format]?.(random) : undefined
  if (made !== undefined) return made
  const least = typeof schema.minLength === 'number' ? schema.minLength : 1
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : least + 12
  const length = Math.min(2000, Math.max(1, least + random.below(Math.max(1, Math.min(most - least + 1, 24)))))
  return random.pick([letters, hex, mixed])(random, length)
}

function letters (random: Random, length: number): string {
  return pickFrom('abcdefghijklmnopqrstuvwxyz', random, length)
}

function hex (random: Random, length: number): string {
  return pickFrom('0123456789abcdef', random, length)
}

function mixed (random: Random, length: number): string {
  return pickFrom('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', random, length)
}

function pickFrom (alphabet: string, random: Random, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(random.below(alphabet.length))).join('')
}
