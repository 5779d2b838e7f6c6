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

/** The lines of a stream as its pieces come, as {@link LineSplitter} gives them. */
export async function * splitLines (stream: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<StreamLines> {
  const splitter = new LineSplitter(maxBytes)
  for await (const piece of stream) {
    const lines = splitter.push(piece)
    if (lines !== undefined) yield lines
  }
  yield splitter.end()
}

/**
 * Cuts the pieces of a stream into its lines. Offsets count the bytes of the stream. A record of more than `maxBytes` is told by its
 * place and length, and its bytes are not kept.
 */
export class LineSplitter {
  readonly #maxBytes: number
  #rest: Buffer = Buffer.alloc(0)
  #offset = 0
  /** Length so far of a record that is longer than allowed; its bytes are not kept. */
  #skipped = 0

  constructor (maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The lines that end in this piece; undefined while a record that is too long goes on. */
  push (piece: Buffer): StreamLines | undefined {
    let bytes: Buffer = piece
    const tooLong: LongLine[] = []
    if (this.#skipped > 0) {
      const end = piece.indexOf(newline)
      this.#skipped += end === -1 ? piece.length : end
      if (end === -1) return undefined
      tooLong.push({ offset: this.#offset, length: this.#skipped })
      this.#offset += this.#skipped + 1
      this.#skipped = 0
      bytes = piece.subarray(end + 1)
    }
    const buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const lines = cutLines(buffer, { offset: this.#offset, maxRecords: Infinity, maxBytes: this.#maxBytes, final: false })
    this.#offset += lines.consumed
    this.#rest = buffer.subarray(lines.consumed)
    const held = this.#rest.length
    if (held > this.#maxBytes) {
      this.#skipped = held
      this.#rest = Buffer.alloc(0)
    }
    return { records: lines.records, tooLong: [...tooLong, ...lines.tooLong], to: this.#offset, held }
  }

  /** What stands behind the last line end. */
  end (): StreamLines {
    const end = this.#offset + this.#skipped + this.#rest.length
    if (this.#skipped > 0) return { records: [], tooLong: [{ offset: this.#offset, length: this.#skipped }], to: end, held: 0 }
    const { records, tooLong } = cutLines(this.#rest, { offset: this.#offset, maxRecords: Infinity, maxBytes: this.#maxBytes, final: true })
    return { records, tooLong, to: end, held: 0 }
  }
}
