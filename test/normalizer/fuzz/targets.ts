/** Random and mutated request targets: what clients, scanners and broken gateways put into access logs. */
import type { Random } from '../directory/random.ts'

/** Pieces that a path may go wrong with. */
const pieces: readonly string[] = [
  '/', '//', '/.', '/..', '/./', '/../', '.', '..', '...', '%', '%2', '%zz', '%2F', '%2f', '%5C', '%00', '%25', '%41', '%7e', '%C3%A9', '%ff', '?', '#', ';', ':',
  ',', '=', '&', '+', '*', '@', '~', '!', '$', '(', ')', "'", '"', '<', '>', '{', '}', '[', ']', '|', '\\', '^', '`', ' ', '\t', '\n', '\r', '\0', '\u007f', 'é', '日本',
  '\ud83d\ude00', '\ud800', '\udc00', '\ufeff', '1', 'a', 'Z', '-', '_', 'http://', 'https://x.example.com/', '://', '{id}', '/{id}', "('1')", '(1)', ':cancel', '.json',
  '#x=y', '?q=/a', '%2e%2e/', '/%2e/', '/0', '/me', '/v1', '/api', 'constructor', '__proto__', '/toString', '*', '\u2028', '%E2%80%A8', '/..;/', '&#47;',
]

const methods: readonly string[] = [
  'GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'PURGE', 'get', '', '*', 'QUERY', 'constructor',
]

/** Makes one target out of well-formed ones. */
export function makeTarget (seeds: readonly string[], random: Random): string {
  const kind = random.next()
  if (kind < 0.15) return randomTarget(random)
  if (kind < 0.3) return randomPieces(random)
  if (kind < 0.35) return spliced(random.pick(seeds), random.pick(seeds), random)
  let target = random.pick(seeds)
  for (let count = random.below(4); count > 0; count--) target = mutate(target, random)
  return kind > 0.9995 ? lengthen(target, random) : target
}

/** A method that a log may hold. */
export function makeMethod (random: Random): string {
  return random.pick(methods)
}

/** A target of about `length` characters of one repeated piece behind a well-formed beginning. */
export function makeLong (seeds: readonly string[], length: number, random: Random): string {
  const piece = random.pick(pieces) + random.pick(pieces) + random.pick(['', '/', 'a/', '-'])
  return random.pick(seeds) + piece.repeat(Math.ceil(length / piece.length))
}

function randomTarget (random: Random): string {
  const codes = Array.from({ length: random.below(60) }, () => random.next() < 0.2 ? 47 : randomCode(random))
  return (random.next() < 0.9 ? '/' : '') + String.fromCharCode(...codes)
}

function randomCode (random: Random): number {
  return random.next() < 0.95 ? 33 + random.below(94) : random.below(65536)
}

function randomPieces (random: Random): string {
  let target = random.next() < 0.9 ? '/' : ''
  for (let count = random.below(12); count > 0; count--) target += random.pick(pieces)
  return target
}

function spliced (one: string, other: string, random: Random): string {
  return one.slice(0, random.below(one.length + 1)) + other.slice(random.below(other.length + 1))
}

function mutate (target: string, random: Random): string {
  const at = random.below(target.length + 1)
  const to = at + random.below(6)
  switch (random.below(7)) {
    case 0: return target.slice(0, at) + random.pick(pieces) + target.slice(at)
    case 1: return target.slice(0, at) + random.pick(pieces) + target.slice(to)
    case 2: return target.slice(0, at) + target.slice(to)
    case 3: return target.slice(0, at) + target.slice(at, to).repeat(2) + target.slice(to)
    case 4: return target.slice(0, at)
    case 5: return swapSegments(target, random)
    default: return target.slice(0, at) + target.slice(at, to).toUpperCase() + target.slice(to)
  }
}

function swapSegments (target: string, random: Random): string {
  const parts = target.split('/')
  const [one, other] = [random.below(parts.length), random.below(parts.length)]
  const part = parts[one]!
  parts[one] = parts[other]!
  parts[other] = part
  return parts.join('/')
}

function lengthen (target: string, random: Random): string {
  return target + random.pick(pieces).repeat(random.below(4000))
}
