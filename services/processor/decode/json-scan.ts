import type { JsonObject } from './field.ts'
import { internText } from './intern.ts'
import {
  BACKSLASH, BAD, BRACE, BRACE_END, BRACKET, BRACKET_END, COLON, COMMA, deepest, equals, MINUS, NINE, QUOTE,
  skipNumber, skipSpace, skipString, skipValue, ZERO,
} from '../framing/json-skip.ts'
import { whole } from './shape.ts'
import type { Member, Wanted } from './shape.ts'

/**
 * Reads the wanted parts of one JSON object from UTF-8 bytes (RFC 8259), the same values that JSON.parse gives, and only
 * walks over the rest: most of a record is never turned into values. Undefined when it cannot be read so: no object, not
 * JSON, escaped names, deep nesting. Texts that are not wanted are not looked into, so a fault inside one of them (a bad
 * escape, a control character) goes unseen. Not reentrant.
 */
export function scanJson (bytes: Buffer, wanted: Wanted): JsonObject | undefined {
  let at = skipSpace(bytes, 0)
  if (bytes[at] !== BRACE) return undefined
  // As Latin-1 every byte is one character, so places are the same in both; searching a text is the engine's own work.
  at = readObject(bytes, bytes.toString('latin1'), at + 1, wanted, 0)
  if (at === BAD || skipSpace(bytes, at) !== bytes.length) return undefined
  return result as JsonObject
}

/** The newest value read: handing it over aside spares an allocation for each value. */
let result: unknown

function readObject (bytes: Buffer, text: string, at: number, wanted: Wanted, depth: number): number {
  const object: Record<string, unknown> = {}
  at = skipSpace(bytes, at)
  if (bytes[at] === BRACE_END) {
    result = object
    return at + 1
  }
  for (;;) {
    const start = at + 1
    const end = bytes[at] === QUOTE ? text.indexOf('"', start) : BAD
    if (end === BAD) return BAD
    at = skipSpace(bytes, end + 1)
    if (bytes[at] !== COLON) return BAD
    at = skipSpace(bytes, at + 1)
    const member = findMember(wanted, bytes, start, end)
    // Names with escapes are left to JSON.parse: they may be wanted ones, and their first quote may be escaped.
    if (member === undefined && isEscapedName(bytes, start, end)) return BAD
    const name = member === undefined ? prefixedName(wanted, bytes, start, end) : member.name
    if (name === undefined) at = skipValue(bytes, text, at, depth)
    else {
      at = readValue(bytes, text, at, member === undefined ? whole : member.wanted, depth)
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

function findMember (wanted: Wanted, bytes: Buffer, start: number, end: number): Member | undefined {
  const length = end - start
  if (length >= wanted.members.length) return undefined
  const members = wanted.members[length]!
  for (let i = 0; i < members.length; i++) if (equals(bytes, start, members[i]!.bytes)) return members[i]
  return undefined
}

function isEscapedName (bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true
  return false
}

function prefixedName (wanted: Wanted, bytes: Buffer, start: number, end: number): string | undefined {
  for (let i = 0; i < wanted.prefixes.length; i++) {
    const prefix = wanted.prefixes[i]!
    if (end - start >= prefix.length && equals(bytes, start, prefix)) return bytes.toString('utf8', start, end)
  }
  return undefined
}

function readValue (bytes: Buffer, text: string, at: number, wanted: Wanted, depth: number): number {
  const byte = bytes[at]!
  if (byte === QUOTE) return readString(bytes, text, at + 1)
  if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return readNumber(bytes, at)
  if (depth >= deepest) return BAD
  if (byte === BRACE && wanted.repeats) return readRepeated(bytes, text, at, wanted, depth)
  if (byte === BRACE && wanted.kind === 'object') return readObject(bytes, text, at + 1, wanted, depth + 1)
  if (byte === BRACKET && wanted.elements !== undefined) return readArray(bytes, text, at + 1, wanted.elements, depth + 1)
  const end = skipValue(bytes, text, at, depth)
  return end === BAD ? BAD : parsePart(bytes, at, end)
}

const slots = 1024
const longestRepeated = 2048
const repeated: Array<{ wanted: Wanted, text: string, value: unknown } | undefined> = new Array(slots)

/**
 * Objects that come again byte by byte, such as the route of a request, are read once: an object ends where it ends, so
 * text that begins like a known one is that one. Bounded: 1024 texts of at most 2 KiB.
 */
function readRepeated (bytes: Buffer, text: string, at: number, wanted: Wanted, depth: number): number {
  const slot = repeatedSlot(bytes, at)
  const known = repeated[slot]
  if (known !== undefined && known.wanted === wanted && text.slice(at, at + known.text.length) === known.text) {
    result = known.value
    return at + known.text.length
  }
  const end = readObject(bytes, text, at + 1, wanted, depth + 1)
  if (end !== BAD && end - at <= longestRepeated) repeated[slot] = { wanted, text: bytes.toString('latin1', at, end), value: result }
  return end
}

function repeatedSlot (bytes: Buffer, at: number): number {
  let hash = 0
  for (let i = 7; i < 160; i += 9) hash = Math.imul(hash, 31) + (bytes[at + i] ?? 0) | 0
  return (hash ^ (hash >>> 15)) & (slots - 1)
}

function parsePart (bytes: Buffer, at: number, end: number): number {
  try {
    result = JSON.parse(bytes.toString('utf8', at, end))
    return end
  } catch {
    return BAD
  }
}

function readArray (bytes: Buffer, text: string, at: number, wanted: Wanted, depth: number): number {
  const array: unknown[] = []
  at = skipSpace(bytes, at)
  if (bytes[at] === BRACKET_END) {
    result = array
    return at + 1
  }
  for (;;) {
    at = readValue(bytes, text, at, wanted, depth)
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

function readString (bytes: Buffer, text: string, start: number): number {
  const next = skipString(bytes, text, start)
  if (next === BAD) return BAD
  const value = internText(bytes, text, start, next - 1)
  if (value === undefined) return parsePart(bytes, start - 1, next)
  result = value
  return next
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
