/** A seeded source of choices (mulberry32): the same seed gives the same requests on every machine. */
export interface Random {
  /** In [0, 1). */
  next (): number
  /** A whole number in [0, below). */
  below (below: number): number
  /** One of the items, which must not be empty. */
  pick<T> (items: readonly T[]): T
}

/** Creates a source of choices. */
export function createRandom (seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { next, below, pick: (items) => items[below(items.length)]! }
}
