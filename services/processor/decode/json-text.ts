/**
 * Texts of JSON in bytes, four at a time. All of it works on the record that was opened last, one a thread: a record is read
 * whole before the next one is opened.
 */
import { BACKSLASH, BAD, QUOTE, skipString } from '../framing/json-skip.ts'
import { internText, readText } from './intern.ts'
import { literalOf, shortestLiteral, stands } from './literal.ts'
import type { Literal } from './literal.ts'

let view = new DataView(new ArrayBuffer(0))
/** Where the record begins and ends in the memory that `view` is of. */
let base = 0
let limit = 0
/** Fresh texts of the record so far: an id or a target often stands in it twice. */
let texts = 0
const starts = new Uint32Array(4)
const values: string[] = ['', '', '', '']

/** Opens a record; records of one buffer are views of the same memory. */
export function openText (bytes: Buffer): void {
  if (bytes.buffer !== view.buffer) view = new DataView(bytes.buffer as ArrayBuffer)
  base = bytes.byteOffset
  limit = base + bytes.length
  texts = 0
}

/** True when the record goes on with these bytes. */
export function standsAt (literal: Literal, at: number): boolean {
  return stands(literal, view, base + at, limit)
}

/** The text that was read last. */
export let text = ''

/**
 * Reads a text without escapes that begins at `start`, behind its quote. Gives the place behind its end; BAD when there is an
 * escape or a control character in it, or no end. A `fresh` one is a text that hardly ever comes again.
 */
export function readPlainText (bytes: Buffer, start: number, fresh: boolean): number {
  let at = base + start
  let seen = 0
  for (; at + 4 <= limit; at += 4) {
    const word = view.getInt32(at, true)
    if (endsText(word)) break
    seen |= word
  }
  for (at -= base; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === QUOTE) {
      const isAscii = (seen & highBits) === 0
      text = fresh ? freshText(bytes, start, at, isAscii) : internText(bytes, start, at, isAscii)
      return at + 1
    }
    if (byte === BACKSLASH || byte < 0x20) return BAD
    // As in a word: the highest bit tells what is no ASCII.
    seen |= byte
  }
  return BAD
}

const highBits = 0x80808080 | 0

/**
 * True when one of four bytes is a quote, a backslash or a control character: a byte that is zero behind the first step borrows
 * from its highest bit (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord).
 */
function endsText (word: number): boolean {
  const quote = word ^ 0x22222222
  const backslash = word ^ 0x5C5C5C5C
  return ((((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((word - 0x20202020) & ~word)) & highBits) !== 0
}

/** Passes a text that nobody wants; what it holds is not looked at. */
export function skipText (bytes: Buffer, start: number): number {
  let at = base + start
  for (; at + 4 <= limit; at += 4) {
    const word = view.getInt32(at, true)
    const quote = word ^ 0x22222222
    const backslash = word ^ 0x5C5C5C5C
    if (((((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & highBits) !== 0) break
  }
  return skipString(bytes, at - base)
}

function freshText (bytes: Buffer, start: number, end: number, isAscii: boolean): string {
  for (let index = 0; index < texts; index++) {
    const value = values[index]!
    if (isAscii && value.length === end - start && isSame(starts[index]!, start, end - start)) return value
  }
  const value = readText(bytes, start, end, isAscii)
  if (isAscii && texts < 4 && value.length >= shortestLiteral) {
    starts[texts] = start
    values[texts++] = value
  }
  return value
}

/** True when as many bytes, at least four, are the same at two places of the record. */
function isSame (one: number, other: number, length: number): boolean {
  for (let i = 0; i + 4 <= length; i += 4) if (view.getInt32(base + one + i, true) !== view.getInt32(base + other + i, true)) return false
  return view.getInt32(base + one + length - 4, true) === view.getInt32(base + other + length - 4, true)
}

/** The bytes in `[start, end)` of the record as a literal; undefined for too few or too many. */
export function literalAt (bytes: Buffer, start: number, end: number): Literal | undefined {
  return end - start < shortestLiteral || end - start > longestLiteral ? undefined : literalOf(bytes.subarray(start, end))
}

const longestLiteral = 96
