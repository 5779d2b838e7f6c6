/** Messages that say their length first, `123 <13>1 …`: RFC 6587, section 3.4.1. */
import type { LongLine } from './lines.ts'
import type { StreamLines } from './stream-lines.ts'

/** A length has no more digits than this: a stream that begins otherwise is no such stream. */
const mostDigits = 10
const space = 0x20
const zero = 0x30
const nine = 0x39

/**
 * Cuts the pieces of a stream into messages. Offsets count its bytes. What does not begin with a length and a space ends in one record
 * up to the next line end, so that the messages behind it are found again.
 */
export class OctetSplitter {
  readonly #maxBytes: number
  #rest: Buffer = Buffer.alloc(0)
  #offset = 0
  /** Bytes that are still to come of a message that is longer than allowed. */
  #skipping = 0

  constructor (maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The messages that end in this piece. */
  push (piece: Buffer): StreamLines {
    return this.#cut(piece, false)
  }

  /** What is left of a message whose end did not come: a record that its decoder refuses. */
  end (): StreamLines {
    return this.#cut(Buffer.alloc(0), true)
  }

  #cut (piece: Buffer, isLast: boolean): StreamLines {
    const skipped = Math.min(this.#skipping, piece.length)
    this.#skipping -= skipped
    this.#offset += skipped
    const rest = skipped > 0 ? piece.subarray(skipped) : piece
    const buffer = this.#rest.length === 0 ? rest : Buffer.concat([this.#rest, rest])
    const lines: StreamLines = { records: [], tooLong: [], to: 0, held: 0 }
    let at = 0
    while (at < buffer.length) {
      const next = this.#next(buffer, at, isLast, lines)
      if (next === at) break
      at = next
    }
    this.#offset += at
    this.#rest = buffer.subarray(at)
    return { ...lines, to: this.#offset, held: this.#rest.length }
  }

  /** Takes the message at `at`; gives the place behind it, or `at` while its end may still come. */
  #next (buffer: Buffer, at: number, isLast: boolean, { records, tooLong }: StreamLines): number {
    const start = startOf(buffer, at)
    if (start === undefined) return isLast ? this.#takeLine(buffer, at, buffer.length, records, tooLong) : at
    if (start === -1) {
      const end = buffer.indexOf(0x0A, at)
      if (end === -1 && !isLast && buffer.length - at <= this.#maxBytes) return at
      return this.#takeLine(buffer, at, end === -1 ? buffer.length : end + 1, records, tooLong)
    }
    const length = Number(buffer.toString('latin1', at, start - 1))
    const place = this.#offset + start
    if (length > this.#maxBytes) {
      tooLong.push({ offset: place, length })
      const end = Math.min(buffer.length, start + length)
      this.#skipping = start + length - end
      return end
    }
    if (buffer.length - start < length && !isLast) return at
    const end = Math.min(buffer.length, start + length)
    records.push({ bytes: trimmed(buffer.subarray(start, end)), offset: place })
    return end
  }

  #takeLine (buffer: Buffer, at: number, end: number, records: StreamLines['records'], tooLong: LongLine[]): number {
    const bytes = trimmed(buffer.subarray(at, end))
    if (bytes.length > this.#maxBytes) tooLong.push({ offset: this.#offset + at, length: bytes.length })
    else if (bytes.length > 0) records.push({ bytes, offset: this.#offset + at })
    return end
  }
}

/** Where the message begins whose length stands at `at`; undefined while that is not all there, -1 when no length stands there. */
function startOf (buffer: Buffer, at: number): number | undefined {
  for (let place = at; place <= at + mostDigits; place++) {
    const byte = buffer[place]
    if (byte === undefined) return undefined
    if (byte === space && place > at) return place + 1
    if (byte < zero || byte > nine) return -1
  }
  return -1
}

/** Senders end messages with a line end all the same, which they count or do not. */
function trimmed (bytes: Buffer): Buffer {
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === 0x0A || bytes[end - 1] === 0x0D || bytes[end - 1] === 0)) end--
  return bytes.subarray(0, end)
}
