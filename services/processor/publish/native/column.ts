/** What a type of column must know: how it is written, and how its rows are found again. A block holds one column after the other. */
import type { Bytes, Cursor } from './bytes.ts'

export interface ColumnType {
  /** What stands before the rows, unless there are none. */
  prefix: Uint8Array
  /** A writer for one column. */
  writer: () => ColumnWriter
  /** Finds `count` rows, which follow the prefix. */
  read: (from: Cursor, count: number) => StoredColumn
}

/** Collects the rows of a column. Its memory is kept for the next ones: as much as the largest block needed. */
export interface ColumnWriter {
  /** Takes the first `count` of some values. What does not fit the type becomes its nearest value. */
  add (values: readonly unknown[], count: number): void
  /** Appends all rows that it has taken, and forgets them. */
  flush (to: Bytes): void
}

/** The rows of a column in the bytes of a block. */
export interface StoredColumn {
  /** One value: null, a text, a number (DateTime64: epoch ms), a boolean, or an object of texts. */
  value (row: number): unknown
  /** Appends some of the rows, in the order given. */
  copy (rows: readonly number[], to: Bytes): void
}

/** The prefix of types that have none. */
export const noPrefix = new Uint8Array(0)
