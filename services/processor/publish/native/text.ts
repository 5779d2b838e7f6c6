import { Bytes, Cursor } from './bytes.ts'
import { noPrefix } from './column.ts'
import type { ColumnType, StoredColumn } from './column.ts'

/** String: each value has its length before it. */
export const text: ColumnType = {
  prefix: noPrefix,
  writer: () => {
    const bytes = new Bytes()
    return {
      add: (values, count) => {
        for (let row = 0; row < count; row++) {
          const value = values[row]
          bytes.text(typeof value === 'string' ? value : String(value ?? ''))
        }
      },
      flush: (to) => {
        to.append(bytes.written)
        bytes.end = 0
      },
    }
  },
  read: readTexts,
}

function readTexts (from: Cursor, count: number): StoredColumn {
  const { data } = from
  const starts = new Float64Array(count + 1)
  for (let row = 0; row < count; row++) {
    starts[row] = from.at
    from.skip(from.varUInt())
  }
  starts[count] = from.at
  const bytesOf = (row: number): Buffer => data.subarray(starts[row], starts[row + 1])
  return {
    value: (row) => new Cursor(bytesOf(row)).text(),
    copy: (rows, to) => { for (const row of rows) to.append(bytesOf(row)) },
  }
}
