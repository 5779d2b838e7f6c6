import { openBlock, pickFrom } from './native/block.ts'
import type { Block } from './native/block.ts'
import type { TablePart } from './table-part.ts'

/** Reads columns back from a part: for each row its values, in the order of the names; a time is in epoch ms. */
export function readRows (part: TablePart, names: readonly string[]): unknown[][] {
  const { columns } = openBlock(part.bytes)
  const stored = names.map((name) => columns.get(name)?.stored)
  return Array.from({ length: part.rows }, (_, row) => stored.map((column) => column?.value(row)))
}

/** Picks rows of one part, which is searched once. It holds no rows, only where they lie in the part's bytes. */
export class RowPicker {
  readonly #part: TablePart
  #block: Block | undefined

  constructor (part: TablePart) {
    this.#part = part
  }

  /** Some rows of the part, in the order given; all of them give the part itself. */
  pick (rows: readonly number[]): TablePart {
    if (rows.length === this.#part.rows) return this.#part
    this.#block ??= openBlock(this.#part.bytes)
    return { ...this.#part, rows: rows.length, bytes: pickFrom(this.#block, rows) }
  }
}
