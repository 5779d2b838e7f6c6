import {
  BAD, BRACE, BRACE_END, BRACKET, BRACKET_END, COMMA, deepest, MINUS, NINE, QUOTE,
  skipNumber, skipSpace, skipString, skipValue, ZERO,
} from '../framing/json-skip.ts'
import type { JsonObject } from './field.ts'
import { found, isUsual, noteUsual, passName } from './json-member.ts'
import { openText, readPlainText, skipText, text } from './json-text.ts'
import { literalOf, shortestLiteral } from './literal.ts'
import type { Literal } from './literal.ts'
import type { Member } from './members.ts'
import type { Wanted } from './shape.ts'
import { page, standsAt, wordAt } from './words.ts'

/**
 * Reads the wanted parts of one JSON object from UTF-8 bytes (RFC 8259), the same values that JSON.parse gives, and only
 * walks over the rest: most of a record is never turned into values. Undefined when it cannot be read so: no object, not
 * JSON, escaped names, deep nesting, over 64 KiB. Texts that are not wanted are not looked into, so a fault inside one of them (a bad
 * escape, a control character) goes unseen. Not reentrant.
 */
export function scanJson (bytes: Buffer, wanted: Wanted): JsonObject | undefined {
  if (!openText(bytes)) return undefined
  let at = skipSpace(page, 0)
  if (page[at] !== BRACE) return undefined
  at = readObject(page, at + 1, wanted, 0)
  if (at === BAD || skipSpace(page, at) !== bytes.length) return undefined
  return result as JsonObject
}

/** The newest value read: handing it over aside spares an allocation for each value. */
export let result: unknown

function readObject (bytes: Buffer, at: number, wanted: Wanted, depth: number): number {
  const object: Record<string, unknown> = {}
  at = skipSpace(bytes, at)
  if (bytes[at] === BRACE_END) {
    result = object
    return at + 1
  }
  let member = wanted.seen.first
  for (;;) {
    at = passName(bytes, at, wanted.seen, member)
    if (at === BAD) return BAD
    member = found as Member<Wanted>
    if (bytes[at]! <= 0x20) at = skipSpace(bytes, at)
    if (member.value === undefined) at = skipMember(bytes, at, member, depth)
    else {
      at = readMember(bytes, at, member, member.value, depth)
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

/** Passes the value of a member that nobody wants. */
export function skipMember (bytes: Buffer, at: number, member: Member<unknown>, depth: number): number {
  if (isUsual(member, at)) return at + member.usualLength
  const end = bytes[at] === QUOTE ? skipText(at + 1) : skipValue(bytes, at, depth)
  if (end !== BAD) noteUsual(member, bytes, at, end, undefined)
  return end
}

/** Reads the value of a member into {@link result}. */
export function readMember (bytes: Buffer, at: number, member: Member<unknown>, wanted: Wanted, depth: number): number {
  const byte = bytes[at]!
  if (wanted.kind === 'fresh' || (byte !== QUOTE && !(byte >= ZERO && byte <= NINE))) return readValue(bytes, at, wanted, depth)
  if (isUsual(member, at)) {
    result = member.usualValue
    return at + member.usualLength
  }
  const end = readValue(bytes, at, wanted, depth)
  if (end !== BAD) noteUsual(member, bytes, at, end, result)
  return end
}

/** Reads a value of any kind into {@link result}. */
export function readValue (bytes: Buffer, at: number, wanted: Wanted, depth: number): number {
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

interface Repeated { wanted: Wanted, literal: Literal, value: unknown }

const slots = 8192
const longestRepeated = 2048
const repeated: Array<Repeated | undefined> = new Array(slots)

/**
 * Objects that come again byte by byte, such as the route of a request, are read once: an object ends where it ends, so
 * text that begins like a known one is that one. Bounded: 8192 texts of at most 2 KiB. Two slots may have a text, so that two routes which
 * fall on the same one do not drive each other out.
 */
function readRepeated (bytes: Buffer, at: number, wanted: Wanted, depth: number): number {
  const slot = repeatedSlot(at)
  const known = repeated[slot]
  if (known !== undefined && known.wanted === wanted && standsAt(known.literal, at)) return takeRepeated(known, at)
  const other = repeated[slot ^ 1]
  if (other !== undefined && other.wanted === wanted && standsAt(other.literal, at)) return takeRepeated(other, at)
  const end = readObject(bytes, at + 1, wanted, depth + 1)
  const isKept = end !== BAD && end - at <= longestRepeated && end - at >= shortestLiteral
  if (isKept) {
    repeated[slot ^ 1] = known
    repeated[slot] = { wanted, literal: literalOf(bytes.subarray(at, end)), value: result }
  }
  return end
}

function takeRepeated ({ literal, value }: Repeated, at: number): number {
  result = value
  return at + literal.length
}

/** Words near the beginning, where ids and names are, tell objects apart well enough. */
function repeatedSlot (at: number): number {
  let hash = 0
  for (let place = at + 7; place < at + 80; place += 12) hash = Math.imul(hash, 0x9E3779B1) + wordAt(place) | 0
  hash = Math.imul(hash ^ (hash >>> 15), 0x85EBCA6B)
  return (hash ^ (hash >>> 13)) & (slots - 1)
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
  const end = readPlainText(start, wanted.kind === 'fresh')
  if (end === BAD) return readEscaped(bytes, start)
  result = text
  return end
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
