import { unescape } from './encode.ts'
import type { Part } from './parcel.ts'

/** Reads columns back from a part: for each row its values, as text, in the order of the names. */
export function readRows (part: Part, names: readonly string[]): string[][] {
  const places = names.map((name) => part.columns.indexOf(name))
  return linesOf(part).map((line) => {
    const values = line.toString().slice(0, -1).split('\t')
    return places.map((place) => unescape(values[place] ?? ''))
  })
}

/** Some rows of a part, in their order; all of them give the part itself. */
export function pickRows (part: Part, rows: readonly number[]): Part {
  if (rows.length === part.rows) return part
  const lines = linesOf(part)
  return { ...part, rows: rows.length, bytes: Buffer.concat(rows.map((row) => lines[row] as Buffer)) }
}

/** A row ends at its line end, for values have theirs escaped. */
function linesOf ({ bytes, rows }: Part): Buffer[] {
  let start = 0
  return Array.from({ length: rows }, () => {
    const end = bytes.indexOf(10, start) + 1
    const line = bytes.subarray(start, end)
    start = end
    return line
  })
}
