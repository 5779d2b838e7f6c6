/** Texts up to this length are copied in JavaScript: a call into the runtime costs more. */
const shortText = 20

/** A buffer that grows at its end. `buffer` and `view` are others after `reserve`; what lies before `end` stays. */
export class Bytes {
  buffer: Buffer
  view: DataView
  end = 0

  constructor (size = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(size)
    this.view = new DataView(this.buffer.buffer)
  }

  /** What was written. Shares its memory. */
  get written (): Buffer {
    return this.buffer.subarray(0, this.end)
  }

  /** Makes room for as many more bytes. */
  reserve (size: number): void {
    const needed = this.end + size
    if (needed <= this.buffer.length) return
    const { buffer, end } = this
    this.buffer = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(buffer.length * 1.5)))
    this.view = new DataView(this.buffer.buffer)
    buffer.copy(this.buffer, 0, 0, end)
  }

  append (bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.end)
    this.end += bytes.length
  }

  /** Eight bytes, the lowest first, of a whole number from 0 to 2^53 - 1. */
  uint64 (value: number): void {
    this.reserve(8)
    setUint64(this.view, this.end, value)
    this.end += 8
  }

  /** Seven bits a byte, the lowest first (unsigned LEB128). */
  varUInt (value: number): void {
    this.reserve(8)
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) this.buffer[this.end++] = rest % 128 + 128
    this.buffer[this.end++] = rest
  }

  /** The length in bytes, then UTF-8; half a surrogate pair has none and becomes U+FFFD. */
  text (value: string): void {
    const { length } = value
    this.reserve(length * 3 + 8)
    if (length <= shortText && this.#ascii(value)) return
    const start = this.end
    this.varUInt(length)
    const at = this.end
    const size = this.buffer.write(value, at)
    if (size !== length) {
      const moved = start + (size < 0x80 ? 1 : size < 0x4000 ? 2 : size < 0x20_0000 ? 3 : size < 0x1000_0000 ? 4 : 5)
      if (moved !== at) this.buffer.copyWithin(moved, at, at + size)
      this.end = start
      this.varUInt(size)
    }
    this.end += size
  }

  #ascii (value: string): boolean {
    const { buffer, end } = this
    const { length } = value
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index)
      if (code > 127) return false
      buffer[end + 1 + index] = code
    }
    buffer[end] = length
    this.end = end + 1 + length
    return true
  }
}

/** A place in bytes that are all there. Throws RangeError at their end. */
export class Cursor {
  readonly data: Buffer
  at = 0

  constructor (data: Buffer) {
    this.data = data
  }

  /** Goes on by so many bytes; gives where they begin. */
  skip (size: number): number {
    const start = this.at
    if (start + size > this.data.length) throw new RangeError(`the block ends ${start + size - this.data.length} bytes too early`)
    this.at += size
    return start
  }

  uint64 (): number {
    return readUint64(this.data, this.skip(8))
  }

  varUInt (): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.data[this.skip(1)] as number
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  text (): string {
    const size = this.varUInt()
    const start = this.skip(size)
    return this.data.toString('utf8', start, start + size)
  }
}

const half = 2 ** 32

/** Sets eight bytes, the lowest first, to a whole number from 0 to 2^53 - 1. */
export function setUint64 (view: DataView, at: number, value: number): void {
  const high = value < half ? 0 : Math.floor(value / half)
  view.setUint32(at, high === 0 ? value : value - high * half, true)
  view.setUint32(at + 4, high, true)
}

/** Reads what {@link setUint64} wrote. */
export function readUint64 (data: Buffer, at: number): number {
  return data.readUInt32LE(at) + data.readUInt32LE(at + 4) * half
}
