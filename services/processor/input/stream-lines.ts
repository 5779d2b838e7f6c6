import type { RawRecord } from '../contract.ts'
import { cutLines } from './lines.ts'
import type { LongLine } from './lines.ts'

/** The records of one piece of a stream, and those that are too long to be decoded. */
export interface StreamLines {
  records: RawRecord[]
  tooLong: LongLine[]
  /** The place behind them, and how many bytes behind that are held: the beginning of the next record. */
  to: number
  held: number
}

const newline = 0x0A

/**
 * The lines of a stream as its pieces come. Offsets count the bytes of the stream. A record of more than `maxBytes` is told by its
 * place and length, and its bytes are not kept.
 */
export async function * splitLines (stream: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<StreamLines> {
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  /** Length so far of a record that is longer than allowed; its bytes are not kept. */
  let skipped = 0
  for await (const piece of stream) {
    let bytes: Buffer = piece
    const tooLong: LongLine[] = []
    if (skipped > 0) {
      const end = piece.indexOf(newline)
      skipped += end === -1 ? piece.length : end
      if (end === -1) continue
      tooLong.push({ offset, length: skipped })
      offset += skipped + 1
      skipped = 0
      bytes = piece.subarray(end + 1)
    }
    const buffer = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const lines = cutLines(buffer, { offset, maxRecords: Infinity, maxBytes, final: false })
    offset += lines.consumed
    rest = buffer.subarray(lines.consumed)
    yield { records: lines.records, tooLong: [...tooLong, ...lines.tooLong], to: offset, held: rest.length }
    if (rest.length > maxBytes) {
      skipped = rest.length
      rest = Buffer.alloc(0)
    }
  }
  const end = offset + skipped + rest.length
  if (skipped > 0) yield { records: [], tooLong: [{ offset, length: skipped }], to: end, held: 0 }
  else yield { ...cutLines(rest, { offset, maxRecords: Infinity, maxBytes, final: true }), to: end, held: 0 }
}
