import type { PieceKind, RawRecord } from '../contract.ts'
import type { Cutting } from '../framing.ts'
import { BAD, BRACE, BRACE_END, skipValue } from '../framing/json-skip.ts'
import { cutValues, isBetween } from '../framing/values.ts'
import type { Content } from './content.ts'

/** A record that is too long to be decoded: where it starts, and how long it is without its line end. */
export interface LongLine { offset: number, length: number }

export interface Lines {
  records: RawRecord[]
  tooLong: LongLine[]
  /** How many bytes of the buffer the records above and their line ends take up. */
  consumed: number
  /** True when some lines may be pieces of longer ones. */
  hasPieces: boolean
}

/** `unit` and `pieces` are those of `auto` without pieces when they are left out. */
export interface LineLimits extends Partial<Omit<Cutting, 'maxBytes'>> {
  /** Position of the buffer's first byte. */
  offset: number
  maxRecords: number
  /** Longest record in bytes, without its line end. */
  maxBytes: number
  /** True when no more bytes will follow: what lies after the last line end is then a record too. */
  final: boolean
}

const newline = 10
const carriageReturn = 13
const none: readonly PieceKind[] = []

/**
 * Cuts bytes into records at `\n` or `\r\n`. Lines without content are no records, nor are the brackets and commas of an
 * array that stand on a line alone. A JSON object that begins on such a line (`{`, as printers write it) is one record,
 * over all its lines; of a line that is too long, the objects side by side in it are records. Both hold for the unit `value`
 * only. The records are views of `buffer`.
 */
export function cutLines (buffer: Buffer, limits: LineLimits): Lines {
  const { offset, maxRecords, maxBytes, final, unit = 'value', pieces = none } = limits
  const lines: Lines = { records: [], tooLong: [], consumed: 0, hasPieces: false }
  while (lines.records.length < maxRecords && lines.consumed < buffer.length) {
    const start = lines.consumed
    const found = buffer.indexOf(newline, start)
    const isOpen = found === -1 && !final
    if (isOpen && buffer.length - start <= maxBytes) break
    const end = found === -1 ? buffer.length : found
    const content = end > start && buffer[end - 1] === carriageReturn ? end - 1 : end
    if (content - start > maxBytes && unit === 'value' && addValues(lines, buffer, start, content, limits)) continue
    if (isOpen) break
    lines.consumed = found === -1 ? end : end + 1
    if (!lines.hasPieces) lines.hasPieces = startsPiece(buffer, start, pieces)
    // A record that is a line ends in a brace: only other lines are looked at twice.
    if (buffer[content - 1] === BRACE_END || unit !== 'value' || content - start > maxBytes) add(lines, buffer, start, content, offset, maxBytes)
    else if (!addPrinted(lines, buffer, start, content, limits)) break
  }
  return lines
}

function add (lines: Lines, buffer: Buffer, start: number, end: number, offset: number, maxBytes: number): void {
  // A system that went down may leave zeros where bytes should be, and so does a truncation below a writer that does not append.
  while (start < end && buffer[start] === 0) start++
  if (end === start) return
  if (end - start > maxBytes) lines.tooLong.push({ offset: offset + start, length: end - start })
  else lines.records.push({ bytes: buffer.subarray(start, end), offset: offset + start })
}

function startsPiece (buffer: Buffer, at: number, kinds: readonly PieceKind[]): boolean {
  for (let index = 0; index < kinds.length; index++) if (kinds[index]!.starts(buffer, at)) return true
  return false
}

/** Adds the whole objects at the start of a line that is too long; false when there is none, or one that is too long itself. */
function addValues (lines: Lines, buffer: Buffer, start: number, end: number, { offset, maxRecords, maxBytes }: LineLimits): boolean {
  const first = skipBetween(buffer, start, end)
  if (buffer[first] !== BRACE) return false
  const before = lines.consumed
  for (const part of cutValues(buffer.subarray(start, Math.min(end, start + 2 * maxBytes)))) {
    if (!part.whole || part.end - part.start > maxBytes || lines.records.length >= maxRecords) break
    add(lines, buffer, start + part.start, start + part.end, offset, maxBytes)
    lines.consumed = start + part.end
  }
  return lines.consumed > before
}

/**
 * Adds a line that does not end as a record does. When an object begins with it, all of that is taken, up to its closing
 * brace; false, and nothing consumed, while its end may still come.
 */
function addPrinted (lines: Lines, buffer: Buffer, start: number, end: number, { offset, maxBytes, final }: LineLimits): boolean {
  const first = skipBetween(buffer, start, end)
  if (first === end) return true
  if (buffer[first] === BRACE && isBlank(buffer, first + 1, end)) {
    const rest = buffer.subarray(first, Math.min(buffer.length, first + maxBytes))
    const length = lengthOfObject(rest)
    if (length !== BAD) {
      add(lines, buffer, first, first + length, offset, maxBytes)
      lines.consumed = first + length
      return true
    }
    // A record that begins on a line of its own says that the object before it will never end.
    if (rest.length < maxBytes && !final && rest.indexOf('\n{"') === -1) {
      lines.consumed = start
      return false
    }
  }
  add(lines, buffer, start, end, offset, maxBytes)
  return true
}

/** Looks no further than it must: most objects are small, and the buffer holds thousands of them. */
function lengthOfObject (rest: Buffer): number {
  for (let window = 16 * 1024; ; window *= 8) {
    const part = rest.subarray(0, window)
    const length = skipValue(part, 0, 0)
    if (length !== BAD || part.length === rest.length) return length
  }
}

function skipBetween (buffer: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && isBetween(buffer[at]!)) at++
  return at
}

function isBlank (buffer: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (buffer[at]! > 0x20) return false
  return true
}

/** The position behind the last line end before `size`, 0 when there is none. */
export async function lastLineEnd (content: Content, size: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(64 * 1024)
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - buffer.length)
    const read = await content.read(buffer.subarray(0, end - start), start)
    const found = buffer.subarray(0, read).lastIndexOf(newline)
    if (found !== -1) return start + found + 1
    end = start
  }
  return 0
}
