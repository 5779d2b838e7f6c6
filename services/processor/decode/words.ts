/**
 * The bytes of one record, four at a time. A record is copied into memory that is always the same, and which the engine therefore
 * knows as a constant: that costs a twentieth of what it saves. One a thread: a record is read whole before the next is opened.
 */
import type { Literal } from './literal.ts'

/** Longest record that can be opened, in bytes. */
const longest = 64 * 1024
/** No text that is compared, and none that is copied here, is longer. */
const spare = 4096
const tail = Buffer.from('\0\0\0\0\0\0\0\0"\0\0\0\0\0\0\0')

/**
 * The record, and behind it bytes at which everything that walks over JSON stops: what is read beyond the end of the record
 * ends beyond it, and shows by that.
 */
export const page = Buffer.from(new ArrayBuffer(longest + spare))
const view = new DataView(page.buffer)

/** Opens a record; false for one that is too long. */
export function openWords (bytes: Buffer): boolean {
  if (bytes.length > longest) return false
  page.set(bytes)
  page.set(tail, bytes.length)
  return true
}

/** True when the record goes on with these bytes at `at`. */
export function standsAt ({ length, words, last }: Literal, at: number): boolean {
  for (let i = 0; i < words.length; i++) if (view.getInt32(at + i * 4, true) !== words[i]) return false
  return view.getInt32(at + length - 4, true) === last
}

/** True when as many bytes, at least four, are the same at two places. */
export function isSame (one: number, other: number, length: number): boolean {
  for (let i = 0; i + 4 <= length; i += 4) if (view.getInt32(one + i, true) !== view.getInt32(other + i, true)) return false
  return view.getInt32(one + length - 4, true) === view.getInt32(other + length - 4, true)
}

/** Four bytes, lowest first. */
export function wordAt (at: number): number {
  return view.getInt32(at, true)
}

/** False when there was a byte above 0x7F in what {@link endOfPlain} passed last. */
export let isAscii = true

const highBits = 0x80808080 | 0

/** The place of the next quote, backslash or control character. */
export function endOfPlain (start: number): number {
  let seen = 0
  for (let at = start; ; at += 4) {
    const word = view.getInt32(at, true)
    const ends = endsOf(word)
    if (ends !== 0) {
      const rest = (31 - Math.clz32(ends & -ends)) >> 3
      // Of this word only what stands before the end.
      isAscii = ((seen | (word & ((1 << 8 * rest) - 1))) & highBits) === 0
      return at + rest
    }
    seen |= word
  }
}

/**
 * Marks each of four bytes that is a quote, a backslash or a control character by its highest bit: a byte that is zero behind the
 * first step borrows from it (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord). The lowest mark is true; what
 * is above it may be marked for the borrowing alone.
 */
function endsOf (word: number): number {
  const quote = word ^ 0x22222222
  const backslash = word ^ 0x5C5C5C5C
  return (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((word - 0x20202020) & ~word)) & highBits
}

/** Where there is room for a text of up to 64 bytes that does not belong to the record. */
export const aside = longest + spare - 64
