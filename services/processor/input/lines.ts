import type { RawRecord } from '../contract.ts'
import type { Content } from './content.ts'

/** A record that is too long to be decoded: where it starts, and how long it is without its line end. */
export interface LongLine { offset: number, length: number }

export interface Lines {
  records: RawRecord[]
  tooLong: LongLine[]
  /** How many bytes of the buffer the records above and their line ends take up. */
  consumed: number
}

export interface LineLimits {
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

/**
 * Cuts bytes into records at `\n` or `\r\n`. Lines without content are no records. The records are views of `buffer`.
 */
export function cutLines (buffer: Buffer, { offset, maxRecords, maxBytes, final }: LineLimits): Lines {
  const lines: Lines = { records: [], tooLong: [], consumed: 0 }
  while (lines.records.length < maxRecords && lines.consumed < buffer.length) {
    const start = lines.consumed
    const found = buffer.indexOf(newline, start)
    if (found === -1 && !final) break
    const end = found === -1 ? buffer.length : found
    lines.consumed = found === -1 ? end : end + 1
    add(lines, buffer, start, end > start && buffer[end - 1] === carriageReturn ? end - 1 : end, offset, maxBytes)
  }
  return lines
}

function add (lines: Lines, buffer: Buffer, start: number, end: number, offset: number, maxBytes: number): void {
  if (end === start) return
  if (end - start > maxBytes) lines.tooLong.push({ offset: offset + start, length: end - start })
  else lines.records.push({ bytes: buffer.subarray(start, end), offset: offset + start })
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
