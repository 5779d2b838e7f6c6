/** Cuts bytes into the JSON objects that stand in them one after the other: arrays, records that ran together, stray commas. */
import { BAD, BRACE, BRACE_END, BRACKET, BRACKET_END, COMMA, QUOTE, skipValue } from './json-skip.ts'

/** A part of some bytes, `[start, end)`; `whole` when it is one JSON object, else what is left between two of them. */
export interface Part { start: number, end: number, whole: boolean }

/** Most starts of objects that are tried behind a damaged one: each try may walk to the end of the line. */
const mostTries = 64
const recordSeparator = 0x1E

/**
 * The objects in `bytes` from `from` on, in their order, and the damaged parts between them. White space, commas, brackets
 * at the top and record separators (RFC 7464) belong to none. An object whose end was cut off is one damaged part; the
 * record that follows it on the line is found by where an object starts that reaches the end or the next object whole.
 */
export function cutValues (bytes: Buffer, from = 0): Part[] {
  const parts: Part[] = []
  for (let at = skipBetween(bytes, from); at < bytes.length; at = skipBetween(bytes, at)) {
    const end = bytes[at] === BRACE ? skipValue(bytes, at, 0) : BAD
    const part = end === BAD ? { start: at, end: findNext(bytes, at + 1), whole: false } : { start: at, end, whole: true }
    parts.push(part)
    at = part.end
  }
  return parts
}

/** True for a byte that may stand between two records. */
export function isBetween (byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0D) || byte === COMMA || byte === BRACKET || byte === BRACKET_END ||
    byte === recordSeparator || byte === 0
}

function skipBetween (bytes: Buffer, from: number): number {
  let at = from
  if (bytes[at] === 0xEF && bytes[at + 1] === 0xBB && bytes[at + 2] === 0xBF) at += 3
  while (at < bytes.length && isBetween(bytes[at]!)) at++
  return at
}

/** Where the next record starts after a damaged one, the end of the bytes when none does. */
function findNext (bytes: Buffer, from: number): number {
  let tries = 0
  for (let at = bytes.indexOf(BRACE, from); at !== -1 && tries < mostTries; at = bytes.indexOf(BRACE, at + 1)) {
    if (bytes[at + 1] !== QUOTE) continue
    tries++
    const end = skipValue(bytes, at, 0)
    // An object inside of the damaged one is followed by the rest of that, not by another record.
    if (end !== BAD && endsRecord(bytes, end)) return at
  }
  return bytes.length
}

function endsRecord (bytes: Buffer, end: number): boolean {
  const next = skipBetween(bytes, end)
  return next >= bytes.length || (bytes[next] === BRACE && bytes[next + 1] === QUOTE && bytes[end - 1] === BRACE_END && next === end)
}
