/**
 * LowCardinality(String): a dictionary, and for each row the place of its value there (SerializationLowCardinality.cpp in
 * ClickHouse's source). Each block brings a dictionary of its own.
 */
import { Bytes } from './bytes.ts'
import type { Cursor } from './bytes.ts'
import type { ColumnType, ColumnWriter, StoredColumn } from './column.ts'
import { text } from './text.ts'

/** The version of the layout, in eight bytes: dictionaries with additional keys. */
const prefix = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)

/** The keys follow (HasAdditionalKeysBit), and are none of a dictionary before (NeedUpdateDictionary). */
const ownKeys = 0x600

export const lowCardinality: ColumnType = {
  prefix,
  writer: () => new DictionaryWriter(),
  read: readDictionary,
}

class DictionaryWriter implements ColumnWriter {
  readonly #places = new Map<unknown, number>()
  readonly #keys = new Bytes()
  /** Place of each row's value. */
  #indexes = new Uint32Array(1024)
  #count = 0
  /** Many columns have the same value for long. */
  #last: unknown
  #place = 0

  add (values: readonly unknown[], count: number): void {
    const indexes = this.#reserve(count)
    let last = this.#last
    let place = this.#place
    // No row has a place before the first key has one.
    if (this.#count === 0 && count > 0) place = this.#placeOf(last = values[0])
    for (let row = 0, at = this.#count; row < count; row++, at++) {
      const value = values[row]
      if (value !== last) {
        last = value
        place = this.#places.get(value) ?? this.#placeOf(value)
      }
      indexes[at] = place
    }
    this.#last = last
    this.#place = place
    this.#count += count
  }

  flush (to: Bytes): void {
    if (this.#count > 0) writeDictionary(to, this.#places.size, this.#keys.written, this.#indexes.subarray(0, this.#count))
    this.#places.clear()
    this.#keys.end = 0
    this.#count = 0
    this.#last = undefined
  }

  #placeOf (value: unknown): number {
    const place = this.#places.size
    this.#places.set(value, place)
    this.#keys.text(typeof value === 'string' ? value : String(value ?? ''))
    return place
  }

  #reserve (count: number): Uint32Array {
    const needed = this.#count + count
    if (needed > this.#indexes.length) {
      const indexes = new Uint32Array(Math.max(needed, this.#indexes.length * 2))
      indexes.set(this.#indexes)
      this.#indexes = indexes
    }
    return this.#indexes
  }
}

function writeDictionary (to: Bytes, size: number, keys: Uint8Array, indexes: Uint32Array): void {
  const log = size <= 0x100 ? 0 : size <= 0x10000 ? 1 : 2
  to.uint64(ownKeys | log)
  to.uint64(size)
  to.append(keys)
  to.uint64(indexes.length)
  to.reserve(indexes.length << log)
  const { buffer, view, end } = to
  const { length } = indexes
  if (log === 0) for (let row = 0; row < length; row++) buffer[end + row] = indexes[row] as number
  else if (log === 1) for (let row = 0; row < length; row++) view.setUint16(end + row * 2, indexes[row] as number, true)
  else for (let row = 0; row < length; row++) view.setUint32(end + row * 4, indexes[row] as number, true)
  to.end += length << log
}

function readDictionary (from: Cursor, count: number): StoredColumn {
  if (count === 0) return { value: () => '', copy: () => {} }
  const { data } = from
  const width = 2 ** (from.uint64() & 0xff)
  const size = from.uint64()
  const keys = text.read(from, size)
  const start = from.skip(8 + count * width) + 8
  const placeOf = (row: number): number => data.readUIntLE(start + row * width, width)
  return {
    value: (row) => keys.value(placeOf(row)),
    copy: (rows, to) => {
      if (rows.length === 0) return
      // Only what is used: a value that the store refuses must not go where its rows do not.
      const places = new Map<number, number>()
      const indexes = Uint32Array.from(rows, (row) => {
        const old = placeOf(row)
        const place = places.get(old) ?? places.size
        if (place === places.size) places.set(old, place)
        return place
      })
      const used = new Bytes()
      keys.copy([...places.keys()], used)
      writeDictionary(to, places.size, used.written, indexes)
    },
  }
}
