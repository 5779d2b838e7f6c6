/** Texts of JSON in the record that was opened last. */
import { BAD, QUOTE, skipString } from '../framing/json-skip.ts'
import { internText, readText } from './intern.ts'
import { literalOf, shortestLiteral } from './literal.ts'
import type { Literal } from './literal.ts'
import { endOfPlain, isAscii, isSame, openWords, page } from './words.ts'

/** Fresh texts of the record so far: an id or a target often stands in it twice. */
let texts = 0
const starts = new Uint32Array(4)
const values: string[] = ['', '', '', '']

/** Opens a record; false for one that is too long. */
export function openText (bytes: Buffer): boolean {
  texts = 0
  return openWords(bytes)
}

/** The text that was read last. */
export let text = ''

/**
 * Reads a text without escapes that begins at `start`, behind its quote. Gives the place behind its end; BAD when there is an
 * escape or a control character in it, or no end. A `fresh` one is a text that hardly ever comes again.
 */
export function readPlainText (start: number, fresh: boolean): number {
  const end = endOfPlain(start)
  if (page[end] !== QUOTE) return BAD
  text = fresh ? freshText(start, end) : internText(start, end, isAscii)
  return end + 1
}

/** Passes a text that nobody wants; what it holds is not looked at. */
export function skipText (start: number): number {
  const end = endOfPlain(start)
  return page[end] === QUOTE ? end + 1 : skipString(page, end)
}

function freshText (start: number, end: number): string {
  if (!isAscii) return readText(start, end, false)
  for (let index = 0; index < texts; index++) {
    if (values[index]!.length === end - start && isSame(starts[index]!, start, end - start)) return values[index]!
  }
  const value = readText(start, end, true)
  if (texts < 4 && value.length >= shortestLiteral) {
    starts[texts] = start
    values[texts++] = value
  }
  return value
}

/** The bytes in `[start, end)` of the record as a literal, and those behind them where that is too few; undefined for too many. */
export function literalAt (start: number, end: number): Literal | undefined {
  const last = Math.max(end, start + shortestLiteral)
  return last - start > longestLiteral ? undefined : literalOf(page.subarray(start, last))
}

const longestLiteral = 96
