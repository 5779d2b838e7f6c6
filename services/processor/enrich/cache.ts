import type { Cache } from '../caches.ts'

/** A function that remembers, and how much it remembers. */
export interface Remembering { of: (text: string) => string, cache: Cache }

/** Characters of one generation, and of the longest text that is kept: what varies in length is bounded by length, too. */
const mostChars = 2 * 1024 ** 2
const longest = 1024
/** The engine makes a part of at least this many characters a view of the text it was cut from, and keeps all of that alive. */
const shortestView = 13

/**
 * Remembers the results of a pure function for at most `2 * size` texts and four million characters: two generations, the
 * older one is dropped whole, so that both a hit and an eviction cost next to nothing. Texts of over 1024 characters are
 * not kept. `name` is what the metrics call it.
 */
export function remember (name: string, size: number, compute: (text: string) => string): Remembering {
  let young = new Map<string, string>()
  let old = new Map<string, string>()
  let chars = 0
  let evictions = 0
  const of = (text: string): string => {
    const known = young.get(text)
    if (known !== undefined) return known
    if (text.length > longest) return compute(text)
    const result = old.get(text) ?? compute(text)
    if (young.size >= size || chars >= mostChars) {
      evictions += old.size
      old = young
      young = new Map()
      chars = 0
    }
    const key = ownCopy(text)
    young.set(key, result === text ? key : result)
    chars += text.length + result.length
    return result
  }
  // A text that came again stands in both generations until the older one goes.
  return { of, cache: { name, entries: () => young.size + old.size, evictions: () => evictions } }
}

function ownCopy (text: string): string {
  return text.length < shortestView ? text : Buffer.from(text, 'utf16le').toString('utf16le')
}
