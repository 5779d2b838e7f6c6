/**
 * Bytes that are expected at a place, compared four at a time: most of a record stands in the record before as well, so that
 * comparing is what reading is made of.
 */
export interface Literal {
  length: number
  /** The bytes from the first on, four each, lowest first; what is left over is compared with `last`. */
  words: Int32Array
  /** The last four bytes. */
  last: number
}

/** The fewest bytes that make a literal. */
export const shortestLiteral = 4

/** The literal of bytes, of which there are at least {@link shortestLiteral}. */
export function literalOf (bytes: Uint8Array): Literal {
  const { length } = bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const words = Int32Array.from({ length: length >> 2 }, (_, index) => view.getInt32(index * 4, true))
  return { length, words, last: view.getInt32(length - 4, true) }
}
