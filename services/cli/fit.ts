/** Fits tables into the width that there is: names and paths are shortened in the middle, prose is wrapped, what can be spared goes. */
import { stripVTControlCharacters } from 'node:util'

/** How a column gives way: without `fit` it keeps its width; where that is not enough, the one with the highest `spare` goes. */
export interface Yielding { head: string, fit?: keyof typeof least, spare?: number }

/** Columns that are left no less of a cell, and their shares of what there is. */
const least = { name: 10, path: 24, prose: 24 }
const shares = { name: 1, path: 2, prose: 1 }

/** Columns, and rows with a cell for each. */
export interface Cells<C> { columns: C[], rows: string[][] }

/** The table in at most `width` columns, `gap` between two of them; wider only where nothing is left to give. */
export function fitTable<C extends Yielding> ({ columns, rows }: Cells<C>, width: number, gap: number): Cells<C> {
  const natural = columns.map(({ head }, index) => rows.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), widthOf(head)))
  const room = width - gap * (columns.length - 1)
  const sizes = shrink({ columns, rows }, natural, room)
  const spare = sumOf(sizes) > room ? leastNeeded(columns) : -1
  if (spare >= 0) return fitTable({ columns: without(columns, spare), rows: rows.map((row) => without(row, spare)) }, width, gap)
  return { columns, rows: rows.map((row) => row.map((cell, index) => fitCell(cell, columns[index]?.fit, sizes[index] ?? 0))) }
}

/** The greatest widths that fit. Prose gives way first, as wrapping loses nothing; what its lines do not need is for the others. */
function shrink ({ columns, rows }: Cells<Yielding>, natural: readonly number[], room: number): number[] {
  const allowed = shrinkThose(({ fit }) => fit === 'prose', columns, natural, room)
  const wrapped = allowed.map((size, index) => columns[index]?.fit === 'prose' ? linesOf(rows, index, size, columns[index].head) : size)
  return shrinkThose(({ fit }) => fit !== 'prose', columns, wrapped, room)
}

/** The widest line of a column of prose. */
function linesOf (rows: readonly string[][], index: number, width: number, head: string): number {
  const lines = rows.flatMap((row) => fitCell(row[index] ?? '', 'prose', width).split('\n'))
  return lines.reduce((most, line) => Math.max(most, widthOf(line)), widthOf(head))
}

/** Each share of the room grows until its column has what it needs. */
type Which = (column: Yielding) => boolean

function shrinkThose (isMeant: Which, columns: readonly Yielding[], sizes: readonly number[], room: number): number[] {
  const sizesAt = (level: number): number[] => columns.map((column, index) => {
    const needed = sizes[index] ?? 0
    return column.fit === undefined || !isMeant(column) ? needed : Math.min(needed, Math.max(least[column.fit], level * shares[column.fit]))
  })
  let level = Math.max(room, 0)
  while (level > 0 && sumOf(sizesAt(level)) > room) level--
  return sizesAt(level)
}

function leastNeeded (columns: readonly Yielding[]): number {
  const most = Math.max(...columns.map(({ spare = 0 }) => spare))
  return most === 0 ? -1 : columns.findIndex(({ spare }) => spare === most)
}

function fitCell (cell: string, fit: Yielding['fit'], width: number): string {
  if (fit === undefined || widthOf(cell) <= width) return cell
  return fit === 'prose' ? wrap(cell, width) : shortenCell(cell, width)
}

/** A colour that the whole cell has is kept; several in one cell are given up. */
function shortenCell (cell: string, width: number): string {
  const text = stripVTControlCharacters(cell)
  return cell.includes(text) ? cell.replace(text, () => shorten(text, width)) : shorten(text, width)
}

/** Text of at most `width` columns, with `…` in place of its middle. */
export function shorten (text: string, width: number): string {
  if (widthOf(text) <= width) return text
  const letters = Array.from(text)
  const head = takeWhile(letters, Math.ceil((width - 1) / 2))
  const tail = takeWhile(letters.toReversed(), width - 1 - widthOf(head))
  return `${head}…${Array.from(tail).toReversed().join('')}`
}

function takeWhile (letters: readonly string[], width: number): string {
  let taken = 0
  const end = letters.findIndex((letter) => (taken += widthOf(letter)) > width)
  return letters.slice(0, end < 0 ? undefined : end).join('')
}

function wrap (text: string, width: number): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}

/** Columns of a terminal that a text takes: two for wide characters of East Asia and emoji, none for colours and marks. */
export function widthOf (text: string): number {
  const plain = stripVTControlCharacters(text)
  if (/^[ -~]*$/.test(plain)) return plain.length
  return Array.from(plain).reduce((width, letter) => width + (/[\p{M}\u200d]/u.test(letter) ? 0 : wide.test(letter) ? 2 : 1), 0)
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

function without<T> (items: readonly T[], index: number): T[] {
  return items.filter((_, at) => at !== index)
}

function sumOf (sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0)
}
