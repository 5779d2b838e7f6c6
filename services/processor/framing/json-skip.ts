/**
 * Walks over JSON (RFC 8259) in bytes without making values. Each function takes the place where something begins and gives
 * the place behind it, or BAD.
 */

/** The byte `"`. */
export const QUOTE = 0x22
/** The byte `,`. */
export const COMMA = 0x2C
/** The byte `-`. */
export const MINUS = 0x2D
const DOT = 0x2E
/** The byte `0`. */
export const ZERO = 0x30
/** The byte `9`. */
export const NINE = 0x39
/** The byte `:`. */
export const COLON = 0x3A
/** The byte `[`. */
export const BRACKET = 0x5B
/** The byte `]`. */
export const BRACKET_END = 0x5D
/** The byte `\`. */
export const BACKSLASH = 0x5C
/** The byte `{`. */
export const BRACE = 0x7B
/** The byte `}`. */
export const BRACE_END = 0x7D

/** What a position becomes when the text cannot go on. */
export const BAD = -1
/** Deeper nesting is left to a parser that does not recurse. */
export const deepest = 64

/** The place of the next byte that is no white space. */
export function skipSpace (bytes: Buffer, at: number): number {
  while (at < bytes.length && isSpace(bytes[at]!)) at++
  return at
}

function isSpace (byte: number): boolean {
  return byte === 0x20 || byte === 0x0A || byte === 0x0D || byte === 0x09
}

/** True when the bytes at `start` are `text`. */
export function equals (bytes: Buffer, start: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}

/** Passes one value of any kind; what stands inside its texts is not looked at. */
export function skipValue (bytes: Buffer, at: number, depth: number): number {
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

/** The place behind the quote that ends a text which begins at `at`: what follows a backslash is passed over. */
export function skipString (bytes: Buffer, at: number): number {
  const { length } = bytes
  while (at < length) {
    const byte = bytes[at]!
    if (byte === QUOTE) return at + 1
    at += byte === BACKSLASH ? 2 : 1
  }
  return BAD
}

/** Passes a number, strictly. */
export function skipNumber (bytes: Buffer, at: number): number {
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
