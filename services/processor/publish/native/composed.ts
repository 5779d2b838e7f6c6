/** Types that are made of others. */
import { Bytes, readUint64 } from './bytes.ts'
import type { ColumnType, ColumnWriter, StoredColumn } from './column.ts'

/** Nullable: a byte for each row that says whether it is null, then the values, those of null rows included. */
export function nullable (inner: ColumnType): ColumnType {
  return {
    prefix: inner.prefix,
    writer: () => {
      const nulls = new Bytes()
      const writer = inner.writer()
      return {
        add: (values, count) => {
          nulls.reserve(count)
          const { buffer, end } = nulls
          for (let row = 0; row < count; row++) buffer[end + row] = isNull(values[row]) ? 1 : 0
          nulls.end += count
          writer.add(values, count)
        },
        flush: (to) => {
          to.append(nulls.written)
          nulls.end = 0
          writer.flush(to)
        },
      }
    },
    read: (from, count) => {
      const { data } = from
      const start = from.skip(count)
      const column = inner.read(from, count)
      return {
        value: (row) => data[start + row] === 1 ? null : column.value(row),
        copy: (rows, to) => {
          to.append(Uint8Array.from(rows, (row) => data[start + row] as number))
          column.copy(rows, to)
        },
      }
    },
  }
}

/** Map of texts: for each row where its entries end, then all keys, then all values. */
export function map (key: ColumnType, item: ColumnType): ColumnType {
  return {
    prefix: Buffer.concat([key.prefix, item.prefix]),
    writer: () => mapWriter(key.writer(), item.writer()),
    read: (from, count) => {
      const ends = from.skip(count * 8)
      const endOf = (row: number): number => row < 0 ? 0 : readUint64(from.data, ends + row * 8)
      const total = endOf(count - 1)
      return storedMap(endOf, key.read(from, total), item.read(from, total))
    },
  }
}

function mapWriter (keys: ColumnWriter, items: ColumnWriter): ColumnWriter {
  const ends = new Bytes()
  const names: string[] = []
  const values: unknown[] = []
  let total = 0
  return {
    add: (maps, count) => {
      let entries = 0
      for (let row = 0; row < count; row++) {
        const entry = maps[row] as Record<string, unknown>
        for (const name in entry) {
          names[entries] = name
          values[entries++] = entry[name]
        }
        ends.uint64(total + entries)
      }
      total += entries
      keys.add(names, entries)
      items.add(values, entries)
    },
    flush: (to) => {
      to.append(ends.written)
      ends.end = 0
      total = 0
      keys.flush(to)
      items.flush(to)
    },
  }
}

function storedMap (endOf: (row: number) => number, keys: StoredColumn, items: StoredColumn): StoredColumn {
  const entriesOf = (row: number): number[] => {
    const first = endOf(row - 1)
    return Array.from({ length: endOf(row) - first }, (_, index) => first + index)
  }
  return {
    value: (row) => Object.fromEntries(entriesOf(row).map((entry) => [keys.value(entry), items.value(entry)])),
    copy: (rows, to) => {
      let end = 0
      for (const row of rows) to.uint64(end += endOf(row) - endOf(row - 1))
      const entries = rows.flatMap(entriesOf)
      keys.copy(entries, to)
      items.copy(entries, to)
    },
  }
}

/** What stands for a value that is not known. */
function isNull (value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value)
}
