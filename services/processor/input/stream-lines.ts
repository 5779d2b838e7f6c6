import type { RawRecord } from '../contract.ts'
import type { Cutting } from '../framing.ts'
import { cutRecords } from './cut-records.ts'
import type { LongLine } from './lines.ts'
import { Pull } from './pull.ts'

/** The records of one piece of a stream, and those that are too long to be decoded. */
export interface StreamLines {
  records: RawRecord[]
  tooLong: LongLine[]
  /** The place behind them, and how many bytes behind that are held: the beginning of the next record. */
  to: number
  held: number
}

const newline = 0x0A
/** How long the last piece of a record that came in pieces is waited for, ms. */
const patience = 10_000
const nothing = Buffer.alloc(0)
const never = new AbortController().signal

/** The records of a stream as its pieces come, as {@link LineSplitter} gives them. */
export async function * splitLines (stream: AsyncIterable<Buffer>, cutting: Cutting): AsyncGenerator<StreamLines> {
  const splitter = new LineSplitter(cutting)
  const pieces = stream[Symbol.asyncIterator]()
  const pull = new Pull(pieces)
  try {
    for (;;) {
      const next = await pull.next(splitter.patience(), never)
      if (next?.done === true) break
      const lines = splitter.push(next?.value ?? nothing)
      if (lines !== undefined) yield lines
    }
    yield splitter.end()
  } finally {
    await pieces.return?.()
  }
}

/**
 * Cuts the pieces of a stream into its records. Offsets count the bytes of the stream. A record that is too long is told by its
 * place and length, and its bytes are not kept. One that is cut into lines is given once its last line is there, and so is what stands
 * behind its first; it goes out without the last when that does not come.
 */
export class LineSplitter {
  readonly #cutting: Cutting
  #rest: Buffer = nothing
  #offset = 0
  /** Length so far of a record that is longer than allowed; its bytes are not kept. */
  #skipped = 0
  /** Since when the last piece of a record may be waited for, epoch ms; 0 when it is not. */
  #since = 0

  constructor (cutting: Cutting) {
    this.#cutting = cutting
  }

  /** How long to wait for more bytes, ms: then nothing is pushed, so that what was waited for too long goes out. */
  patience (): number {
    return this.#since === 0 ? Infinity : Math.max(0, this.#since + patience - Date.now())
  }

  /** The records that end in this piece; undefined while a record that is too long goes on. */
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
    const limits = { offset: this.#offset, maxRecords: Infinity, final: false, giveUp: this.patience() === 0 }
    const { records, tooLong: long, consumed, hasPieces, isWaiting } = cutRecords(buffer, this.#cutting, limits)
    this.#offset += consumed
    this.#rest = buffer.subarray(consumed)
    const held = this.#rest.length
    if (!isWaiting && (!hasPieces || held === 0)) this.#since = 0
    else if (!isWaiting || this.#since === 0) this.#since = Date.now()
    if (held > this.#cutting.maxBytes && !isWaiting) {
      this.#skipped = held
      this.#rest = nothing
    }
    return { records, tooLong: [...tooLong, ...long], to: this.#offset, held }
  }

  /** What stands behind the last line end. */
  end (): StreamLines {
    const end = this.#offset + this.#skipped + this.#rest.length
    if (this.#skipped > 0) return { records: [], tooLong: [{ offset: this.#offset, length: this.#skipped }], to: end, held: 0 }
    const { records, tooLong } = cutRecords(this.#rest, this.#cutting, { offset: this.#offset, maxRecords: Infinity, final: true })
    return { records, tooLong, to: end, held: 0 }
  }
}
