/** Types whose values all have the same size: numbers, times, and texts of a fixed length. */
import { Bytes, readUint64, setUint64 } from './bytes.ts'
import { noPrefix } from './column.ts'
import type { ColumnType } from './column.ts'

/** DateTime64(3) reaches from 1900 to 2299; the partitions of the tables are of type Date: they start in 1970 and end in 2149. */
const lastInstant = Date.UTC(2148, 11, 31)

/** How one type of that kind lies in bytes. */
interface Layout {
  width: number
  /** Sets `count` values from the byte `at` on. */
  put: (values: readonly unknown[], count: number, bytes: Bytes, at: number) => void
  get: (data: Buffer, at: number) => unknown
}

/** 1 for true, and 0 for anything else. */
export const bool = fixed({
  width: 1,
  put: (values, count, { buffer }, at) => { for (let row = 0; row < count; row++) buffer[at + row] = values[row] === true ? 1 : 0 },
  get: (data, at) => data[at] === 1,
})

export const uint8 = fixed({
  width: 1,
  put: (values, count, { buffer }, at) => { for (let row = 0; row < count; row++) buffer[at + row] = nearest(values[row], 255) },
  get: (data, at) => data[at],
})

export const uint16 = fixed({
  width: 2,
  put: (values, count, { view }, at) => {
    for (let row = 0; row < count; row++) view.setUint16(at + row * 2, nearest(values[row], 65_535), true)
  },
  get: (data, at) => data.readUInt16LE(at),
})

export const uint32 = fixed({
  width: 4,
  put: (values, count, { view }, at) => {
    for (let row = 0; row < count; row++) view.setUint32(at + row * 4, nearest(values[row], 4_294_967_295), true)
  },
  get: (data, at) => data.readUInt32LE(at),
})

/** Up to the largest whole number that JavaScript counts to. */
export const uint64 = fixed({
  width: 8,
  put: (values, count, { view }, at) => {
    for (let row = 0; row < count; row++) setUint64(view, at + row * 8, nearest(values[row], Number.MAX_SAFE_INTEGER))
  },
  get: readUint64,
})

/** 0 for what is no finite number. */
export const float64 = fixed({
  width: 8,
  put: (values, count, { view }, at) => {
    for (let row = 0; row < count; row++) {
      const value = values[row]
      // The sum makes 0 of -0.
      view.setFloat64(at + row * 8, typeof value === 'number' && Number.isFinite(value) ? value + 0 : 0, true)
    }
  },
  get: (data, at) => data.readDoubleLE(at),
})

/** DateTime64(3) from epoch milliseconds. */
export const time = fixed({
  width: 8,
  put: (values, count, { view }, at) => {
    for (let row = 0; row < count; row++) setUint64(view, at + row * 8, nearest(values[row], lastInstant))
  },
  get: readUint64,
})

/** FixedString: what is too long is cut between two characters, what is too short is filled up with zero bytes. */
export function fixedString (width: number): ColumnType {
  return fixed({
    width,
    put: (values, count, { buffer }, at) => {
      for (let row = 0, start = at; row < count; row++, start += width) {
        const text = String(values[row] ?? '')
        const end = putAscii(text, width, buffer, start) ?? start + buffer.write(text, start, width)
        buffer.fill(0, end, start + width)
      }
    },
    get: (data, at) => data.toString('utf8', at, at + width),
  })
}

/** Undefined when the text is too long, or has other characters. */
function putAscii (text: string, width: number, buffer: Buffer, start: number): number | undefined {
  if (text.length > width) return undefined
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return undefined
    buffer[start + index] = code
  }
  return start + text.length
}

/** The whole number from 0 to `limit` that is nearest; 0 for what is no number. */
function nearest (value: unknown, limit: number): number {
  const number = Math.round(Number(value))
  return number > 0 ? Math.min(number, limit) : 0
}

function fixed ({ width, put, get }: Layout): ColumnType {
  return {
    prefix: noPrefix,
    writer: () => {
      const bytes = new Bytes()
      return {
        add: (values, count) => {
          bytes.reserve(count * width)
          put(values, count, bytes, bytes.end)
          bytes.end += count * width
        },
        flush: (to) => {
          to.append(bytes.written)
          bytes.end = 0
        },
      }
    },
    read: (from, count) => {
      const { data } = from
      const start = from.skip(count * width)
      return {
        value: (row) => get(data, start + row * width),
        copy: (rows, to) => { for (const row of rows) to.append(data.subarray(start + row * width, start + (row + 1) * width)) },
      }
    },
  }
}
