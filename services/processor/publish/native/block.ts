/**
 * Blocks of ClickHouse's Native format as it is sent over HTTP, which is its protocol of revision 0
 * (https://clickhouse.com/docs/interfaces/formats/Native, NativeWriter.cpp in its source): the numbers of columns and rows,
 * then column by column its name, its type and its rows.
 */
import { compileFunction } from '../../../runtime/compile.ts'
import { Bytes, Cursor } from './bytes.ts'
import type { ColumnType, StoredColumn } from './column.ts'
import { columnType } from './type.ts'

/** Turns rows into blocks, one after the other. */
export interface BlockEncoder<Row> {
  /** How many rows the block has so far. */
  readonly rows: number
  /** Adds rows to the block that is under way, and holds nothing of them. */
  add (rows: readonly Row[]): void
  /** Ends the block; the next row begins another. */
  end (): Buffer
}

/** Rows that are taken apart before any is written: what they hold is then still in the processor's caches. */
const portion = 128

/**
 * Compiles an encoder for `columns` (name to ClickHouse type), which keeps as much memory as its largest block took. Throws
 * on a type without an encoding.
 */
export function compileEncoder<Row extends object> (columns: Record<string, { type: string }>): BlockEncoder<Row> {
  const compiled = Object.entries(columns).map(([name, { type }]) => {
    const { prefix, writer } = columnType(type)
    return { name, type, prefix, writer: writer(), values: new Array<unknown>(portion).fill(null) }
  })
  const takeApart = compileTakeApart<Row>(Object.keys(columns))
  const values = compiled.map((column) => column.values)
  let usual = 512
  let added = 0
  return {
    get rows () { return added },
    add: (rows) => {
      for (let from = 0; from < rows.length; from += portion) {
        const count = Math.min(portion, rows.length - from)
        for (let index = 0; index < count; index++) takeApart(rows[from + index] as Row, values, index)
        for (const column of compiled) column.writer.add(column.values, count)
      }
      added += rows.length
    },
    end: () => {
      const rows = added
      added = 0
      const bytes = beginBlock(compiled.length, rows, usual)
      for (const { name, type, prefix, writer } of compiled) {
        beginColumn(bytes, name, type, rows > 0 ? prefix : undefined)
        writer.flush(bytes)
      }
      usual = Math.ceil(bytes.end / Math.max(1, rows) * 1.05)
      return bytes.written
    },
  }
}

/** Puts the fields of a row into the arrays of their columns, at one index. */
type TakeApart<Row> = (row: Row, columns: unknown[][], index: number) => void

/** A function with one statement a field: a loop over the names takes seven times as long, half as long as all the rest of the encoding. */
function compileTakeApart<Row> (names: readonly string[]): TakeApart<Row> {
  const body = names.map((name, index) => `columns[${index}][index] = row[${JSON.stringify(name)}]`).join('\n')
  return compileFunction<TakeApart<Row>>(['row', 'columns', 'index'], body)
}

/** Where the rows of a block lie in its bytes, by column. */
export interface Block {
  rows: number
  columns: Map<string, { type: string, prefix: Uint8Array, stored: StoredColumn }>
}

/** Finds the rows of a block that {@link compileEncoder} made. Throws RangeError when it is not whole. */
export function openBlock (bytes: Buffer): Block {
  const from = new Cursor(bytes)
  const width = from.varUInt()
  const rows = from.varUInt()
  const columns: Block['columns'] = new Map()
  for (let index = 0; index < width; index++) {
    const name = from.text()
    const type = from.text()
    const { prefix, read }: ColumnType = columnType(type)
    if (rows > 0) from.skip(prefix.length)
    columns.set(name, { type, prefix, stored: read(from, rows) })
  }
  return { rows, columns }
}

/** A block of some of the rows, in the order given. */
export function pickFrom ({ columns }: Block, rows: readonly number[]): Buffer {
  const bytes = beginBlock(columns.size, rows.length, 512)
  for (const [name, { type, prefix, stored }] of columns) {
    beginColumn(bytes, name, type, rows.length > 0 ? prefix : undefined)
    stored.copy(rows, bytes)
  }
  return bytes.written
}

function beginBlock (columns: number, rows: number, rowSize: number): Bytes {
  const bytes = new Bytes(rows * rowSize + 4096)
  bytes.varUInt(columns)
  bytes.varUInt(rows)
  return bytes
}

function beginColumn (bytes: Bytes, name: string, type: string, prefix: Uint8Array | undefined): void {
  bytes.text(name)
  bytes.text(type)
  if (prefix !== undefined) bytes.append(prefix)
}
