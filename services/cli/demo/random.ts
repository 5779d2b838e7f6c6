/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
export type Random = () => number

/** Creates the stream for a seed (an integer). */
export function createRandom (seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** An integer from `low` to `high`, both included. */
export function between (random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

/** One of `items`, each with its own weight. */
export function choose<T> (random: Random, items: ReadonlyArray<readonly [number, T]>): T {
  let left = random() * items.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, item] of items) if ((left -= weight) < 0) return item
  return (items.at(-1) as readonly [number, T])[1]
}

/** `length` hexadecimal digits. */
export function hex (random: Random, length: number): string {
  return Array.from({ length }, () => between(random, 0, 15).toString(16)).join('')
}

/** A version 4 UUID. */
export function uuid (random: Random): string {
  const digits = hex(random, 30)
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-8${digits.slice(15, 18)}-${digits.slice(18, 30)}`
}
