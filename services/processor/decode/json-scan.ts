import type { JsonObject } from './field.ts'
import { internText } from './intern.ts'
import { whole } from './shape.ts'
import type { Member, Wanted } from './shape.ts'

/**
 * Reads the wanted parts of one JSON object from UTF-8 bytes (RFC 8259), the same values that JSON.parse gives, and only
 * walks over the rest: most of a record is never turned into values. Undefined when the text is not strictly JSON, is no
 * object, or has a form that is left to JSON.parse (escaped names, deep nesting). Not reentrant.
 */
export function scanJson (bytes: Buffer, wanted: Wanted): JsonObject | undefined {
  let at = skipSpace(bytes, 0)
  if (bytes[at] !== BRACE) return undefined
  at = readObject(bytes, at + 1, wanted, 0)
  if (at === BAD || skipSpace(bytes, at) !== bytes.length) return undefined
  return result as JsonObject
}

const QUOTE = 0x22
const COMMA = 0x2C
const MINUS = 0x2D
const DOT = 0x2E
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3A
const BRACKET = 0x5B
const BRACKET_END = 0x5D
const BACKSLASH = 0x5C
const BRACE = 0x7B
const BRACE_END = 0x7D

/** What a position becomes when the text cannot go on. */
const BAD = -1
const deepest = 64

/** The newest value read: handing it over aside spares an allocation for each value. */
let result: unknown

function skipSpace (bytes: Buffer, at: number): number {
  while (bytes[at]! <= 0x20 && isSpace(bytes[at]!)) at++
  return at
}

function isSpace (byte: number): boolean {
  return byte === 0x20 || byte === 0x0A || byte === 0x0D || byte === 0x09
}

function readObject (bytes: Buffer, at: number, wanted: Wanted, depth: number): number {
  const object: Record<string, unknown> = {}
  at = skipSpace(bytes, at)
  if (bytes[at] === BRACE_END) {
    result = object
    return at + 1
  }
  for (;;) {
    const start = at + 1
    at = endOfName(bytes, at)
    if (at === BAD) return BAD
    const member = findMember(wanted, bytes, start, at)
    const name = member?.name ?? prefixedName(wanted, bytes, start, at)
    at = skipSpace(bytes, at + 1)
    if (bytes[at] !== COLON) return BAD
    at = skipSpace(bytes, at + 1)
    if (name === undefined) at = skipValue(bytes, at, depth)
    else {
      at = readValue(bytes, at, member?.wanted ?? whole, depth)
      object[name] = result
    }
    if (at === BAD) return BAD
    at = skipSpace(bytes, at)
    if (bytes[at] === BRACE_END) {
      result = object
      return at + 1
    }
    if (bytes[at] !== COMMA) return BAD
    at = skipSpace(bytes, at + 1)
  }
}

/** Place of the quote that ends the name which begins with the quote at `at`. */
function endOfName (bytes: Buffer, at: number): number {
  if (bytes[at] !== QUOTE) return BAD
  for (;;) {
    const byte = bytes[++at]!
    if (byte === QUOTE) return at
    if (byte === BACKSLASH || !(byte >= 0x20)) return BAD
  }
}

function findMember (wanted: Wanted, bytes: Buffer, start: number, end: number): Member | undefined {
  const members = wanted.members[end - start]
  if (members === undefined) return undefined
  for (const member of members) if (equals(bytes, start, member.bytes)) return member
  return undefined
}

function prefixedName (wanted: Wanted, bytes: Buffer, start: number, end: number): string | undefined {
  for (const prefix of wanted.prefixes) {
    if (end - start >= prefix.length && equals(bytes, start, prefix)) return bytes.toString('utf8', start, end)
  }
  return undefined
}

function equals (bytes: Buffer, start: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}

function readValue (bytes: Buffer, at: number, wanted: Wanted, depth: number): number {
  const byte = bytes[at]!
  if (byte === QUOTE) return readString(bytes, at + 1)
  if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return readNumber(bytes, at)
  if (depth >= deepest) return BAD
  if (byte === BRACE && wanted.kind === 'object') return readObject(bytes, at + 1, wanted, depth + 1)
  if (byte === BRACKET && wanted.elements !== undefined) return readArray(bytes, at + 1, wanted.elements, depth + 1)
  const end = skipValue(bytes, at, depth)
  if (end !== BAD) result = JSON.parse(bytes.toString('utf8', at, end))
  return end
}

function readArray (bytes: Buffer, at: number, wanted: Wanted, depth: number): number {
  const array: unknown[] = []
  at = skipSpace(bytes, at)
  if (bytes[at] === BRACKET_END) {
    result = array
    return at + 1
  }
  for (;;) {
    at = readValue(bytes, at, wanted, depth)
    if (at === BAD) return BAD
    array.push(result)
    at = skipSpace(bytes, at)
    if (bytes[at] === BRACKET_END) {
      result = array
      return at + 1
    }
    if (bytes[at] !== COMMA) return BAD
    at = skipSpace(bytes, at + 1)
  }
}

/** Plain ASCII, which is nearly every text, is interned; escapes and other letters take the engine's own way. */
function readString (bytes: Buffer, start: number): number {
  let at = start
  let hash = 0
  let all = 0
  for (;;) {
    const byte = bytes[at++]!
    if (byte === QUOTE) break
    if (byte === BACKSLASH) return readEscaped(bytes, start)
    if (!(byte >= 0x20)) return BAD
    all |= byte
    hash = (Math.imul(hash, 31) + byte) | 0
  }
  result = all < 0x80 ? internText(bytes, start, at - 1, hash) : bytes.toString('utf8', start, at - 1)
  return at
}

function readEscaped (bytes: Buffer, start: number): number {
  const end = skipString(bytes, start)
  if (end !== BAD) result = JSON.parse(bytes.toString('utf8', start - 1, end))
  return end
}

function readNumber (bytes: Buffer, start: number): number {
  const end = skipNumber(bytes, start)
  if (end === BAD) return BAD
  const negative = bytes[start] === MINUS
  let number = 0
  let at = negative ? start + 1 : start
  // Up to 15 digits are exact as they are; longer and broken ones are left to the engine.
  if (end - at > 15) at = end + 1
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) number = number * 10 + bytes[at++]! - ZERO
  result = at === end ? (negative ? -number : number) : Number(bytes.toString('latin1', start, end))
  return end
}

function skipValue (bytes: Buffer, at: number, depth: number): number {
  const byte = bytes[at]!
  if (byte === QUOTE) return skipString(bytes, at + 1)
  if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return skipNumber(bytes, at)
  if (byte === BRACE) return depth >= deepest ? BAD : skipObject(bytes, at + 1, depth + 1)
  if (byte === BRACKET) return depth >= deepest ? BAD : skipArray(bytes, at + 1, depth + 1)
  return skipLiteral(bytes, at)
}

function skipObject (bytes: Buffer, at: number, depth: number): number {
  at = skipSpace(bytes, at)
  if (bytes[at] === BRACE_END) return at + 1
  for (;;) {
    if (bytes[at] !== QUOTE) return BAD
    at = skipString(bytes, at + 1)
    if (at === BAD) return BAD
    at = skipSpace(bytes, at)
    if (bytes[at] !== COLON) return BAD
    at = skipValue(bytes, skipSpace(bytes, at + 1), depth)
    if (at === BAD) return BAD
    at = skipSpace(bytes, at)
    if (bytes[at] === BRACE_END) return at + 1
    if (bytes[at] !== COMMA) return BAD
    at = skipSpace(bytes, at + 1)
  }
}

function skipArray (bytes: Buffer, at: number, depth: number): number {
  at = skipSpace(bytes, at)
  if (bytes[at] === BRACKET_END) return at + 1
  for (;;) {
    at = skipValue(bytes, at, depth)
    if (at === BAD) return BAD
    at = skipSpace(bytes, at)
    if (bytes[at] === BRACKET_END) return at + 1
    if (bytes[at] !== COMMA) return BAD
    at = skipSpace(bytes, at + 1)
  }
}

function skipString (bytes: Buffer, at: number): number {
  for (;;) {
    const byte = bytes[at++]!
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) {
      at = skipEscape(bytes, at)
      if (at === BAD) return BAD
    } else if (!(byte >= 0x20)) return BAD
  }
}

/** `at` is behind the backslash. */
function skipEscape (bytes: Buffer, at: number): number {
  const letter = String.fromCharCode(bytes[at] ?? 0)
  if (letter !== 'u') return '"\\/bfnrt'.includes(letter) && letter !== '' ? at + 1 : BAD
  return /^[0-9a-fA-F]{4}$/.test(bytes.toString('latin1', at + 1, at + 5)) ? at + 5 : BAD
}

function skipNumber (bytes: Buffer, at: number): number {
  if (bytes[at] === MINUS) at++
  const first = bytes[at]!
  if (!(first >= ZERO && first <= NINE)) return BAD
  at = first === ZERO ? at + 1 : skipDigits(bytes, at)
  if (bytes[at] === DOT) {
    const digits = skipDigits(bytes, at + 1)
    if (digits === at + 1) return BAD
    at = digits
  }
  return bytes[at] === 0x65 || bytes[at] === 0x45 ? skipExponent(bytes, at + 1) : at
}

function skipDigits (bytes: Buffer, at: number): number {
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++
  return at
}

function skipExponent (bytes: Buffer, at: number): number {
  if (bytes[at] === MINUS || bytes[at] === 0x2B) at++
  const end = skipDigits(bytes, at)
  return end === at ? BAD : end
}

const literals = ['true', 'false', 'null'].map((word) => Buffer.from(word))

function skipLiteral (bytes: Buffer, at: number): number {
  for (const word of literals) if (equals(bytes, at, word)) return at + word.length
  return BAD
}
