import type { JsonObject } from './field.ts'
import { internText, readText } from './intern.ts'
import {
  BACKSLASH, BAD, BRACE, BRACE_END, BRACKET, BRACKET_END, COLON, COMMA, deepest, MINUS, NINE, QUOTE,
  skipNumber, skipSpace, skipString, skipValue, ZERO,
} from '../framing/json-skip.ts'
import type { Member } from './members.ts'
import type { Wanted } from './shape.ts'

/**
 * Reads the wanted parts of one JSON object from UTF-8 bytes (RFC 8259), the same values that JSON.parse gives, and only
 * walks over the rest: most of a record is never turned into values. Undefined when it cannot be read so: no object, not
 * JSON, escaped names, deep nesting. Texts that are not wanted are not looked into, so a fault inside one of them (a bad
 * escape, a control character) goes unseen. Not reentrant.
 */
export function scanJson (bytes: Buffer, wanted: Wanted): JsonObject | undefined {
  let at = skipSpace(bytes, 0)
  if (bytes[at] !== BRACE) return undefined
  at = readObject(bytes, at + 1, wanted, 0)
  if (at === BAD || skipSpace(bytes, at) !== bytes.length) return undefined
  return result as JsonObject
}

/** The newest value read: handing it over aside spares an allocation for each value. */
let result: unknown

/** The newest member found: its value begins where {@link passName} says. */
let found: Member<Wanted>

function readObject (bytes: Buffer, at: number, wanted: Wanted, depth: number): number {
  const object: Record<string, unknown> = {}
  at = skipSpace(bytes, at)
  if (bytes[at] === BRACE_END) {
    result = object
    return at + 1
  }
  let member = wanted.seen.first
  for (;;) {
    at = passName(bytes, at, wanted, member)
    if (at === BAD) return BAD
    member = found
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
    if (member.value === undefined) at = skipValue(bytes, at, depth)
    else {
      at = readValue(bytes, at, member.value, depth)
      object[member.name] = result
    }
    if (at === BAD) return BAD
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
    if (bytes[at] === BRACE_END) {
      result = object
      return at + 1
    }
    if (bytes[at] !== COMMA) return BAD
    at++
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
  }
}

/** Passes a name and its colon. It is most likely the one that followed `previous` in an earlier record. */
function passName (bytes: Buffer, at: number, wanted: Wanted, previous: Member<Wanted>): number {
  const { next, other } = previous
  if (next !== undefined) {
    if (stands(bytes, at, next.bytes)) {
      found = next
      return at + next.bytes.length
    }
    if (other !== undefined && stands(bytes, at, other.bytes)) {
      found = other
      return at + other.bytes.length
    }
  }
  return findName(bytes, at, wanted, previous)
}

function findName (bytes: Buffer, at: number, wanted: Wanted, previous: Member<Wanted>): number {
  if (bytes[at] !== QUOTE) return BAD
  const end = skipString(bytes, at + 1)
  if (end === BAD) return BAD
  const member = wanted.seen.find(bytes, at + 1, end - 1, previous)
  const colon = skipSpace(bytes, end)
  if (member === undefined || bytes[colon] !== COLON) return BAD
  found = member
  return colon + 1
}

function stands (bytes: Buffer, at: number, name: Uint8Array): boolean {
  const { length } = name
  for (let i = 1; i < length; i++) if (bytes[at + i] !== name[i]) return false
  return bytes[at] === QUOTE
}

function readValue (bytes: Buffer, at: number, wanted: Wanted, depth: number): number {
  const byte = bytes[at]!
  if (byte === QUOTE) return readString(bytes, at + 1, wanted)
  if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return readNumber(bytes, at)
  if (depth >= deepest) return BAD
  if (byte === BRACE && wanted.repeats) return readRepeated(bytes, at, wanted, depth)
  if (byte === BRACE && wanted.kind === 'object') return readObject(bytes, at + 1, wanted, depth + 1)
  if (byte === BRACKET && wanted.elements !== undefined) return readArray(bytes, at + 1, wanted.elements, depth + 1)
  const end = skipValue(bytes, at, depth)
  return end === BAD ? BAD : parsePart(bytes, at, end)
}

const slots = 1024
const longestRepeated = 2048
const repeated: Array<{ wanted: Wanted, bytes: Buffer, value: unknown } | undefined> = new Array(slots)

/**
 * Objects that come again byte by byte, such as the route of a request, are read once: an object ends where it ends, so
 * text that begins like a known one is that one. Bounded: 1024 texts of at most 2 KiB.
 */
function readRepeated (bytes: Buffer, at: number, wanted: Wanted, depth: number): number {
  const slot = repeatedSlot(bytes, at)
  const known = repeated[slot]
  if (known !== undefined && known.wanted === wanted && repeats(bytes, at, known.bytes)) {
    result = known.value
    return at + known.bytes.length
  }
  const end = readObject(bytes, at + 1, wanted, depth + 1)
  if (end !== BAD && end - at <= longestRepeated) repeated[slot] = { wanted, bytes: Buffer.from(bytes.subarray(at, end)), value: result }
  return end
}

function repeats (bytes: Buffer, at: number, known: Buffer): boolean {
  return at + known.length <= bytes.length && bytes.compare(known, 0, known.length, at, at + known.length) === 0
}

function repeatedSlot (bytes: Buffer, at: number): number {
  let hash = 0
  const last = Math.min(160, bytes.length - at)
  for (let i = 7; i < last; i += 9) hash = Math.imul(hash, 31) + bytes[at + i]! | 0
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

function readString (bytes: Buffer, start: number, wanted: Wanted): number {
  const { length } = bytes
  let seen = 0
  for (let at = start; at < length; at++) {
    const byte = bytes[at]!
    if (byte === QUOTE) {
      const isAscii = seen < 0x80
      result = wanted.kind === 'fresh' ? readText(bytes, start, at, isAscii) : internText(bytes, start, at, isAscii)
      return at + 1
    }
    if (byte === BACKSLASH || byte < 0x20) return readEscaped(bytes, start)
    seen |= byte
  }
  return BAD
}

/** Left to the engine: a text with escapes, or one that is none for a control character in it. */
function readEscaped (bytes: Buffer, start: number): number {
  const next = skipString(bytes, start)
  return next === BAD ? BAD : parsePart(bytes, start - 1, next)
}

/** Up to 15 digits are exact as they are; longer numbers, and all but whole ones, are left to the engine. */
function readNumber (bytes: Buffer, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start
  const first = at
  let number = 0
  for (let byte = bytes[at]!; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) number = number * 10 + byte - ZERO
  const isWhole = at > first && at - first <= 15 && (bytes[first] !== ZERO || at === first + 1) && isBehindNumber(bytes[at])
  if (!isWhole) {
    at = skipNumber(bytes, start)
    if (at === BAD) return BAD
    number = Number(bytes.toString('latin1', start, at))
  } else if (first > start) number = -number
  result = number
  return at
}

function isBehindNumber (byte: number | undefined): boolean {
  return byte === COMMA || byte === BRACE_END || byte === BRACKET_END
}
