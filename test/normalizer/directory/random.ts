import { seeded } from '../../seeded.ts'

/** A seeded source of choices: the same seed gives the same requests on every machine. */
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
  const next = seeded(seed)
  const below = (limit: number): number => Math.floor(next() * limit)
  return { next, below, pick: (items) => items[below(items.length)]! }
}
