/**
 * Remembers the results of a pure function for at most `2 * size` texts: two generations, the older one is dropped
 * whole, so that both a hit and an eviction cost next to nothing.
 */
export function remember (size: number, compute: (text: string) => string): (text: string) => string {
  let young = new Map<string, string>()
  let old = new Map<string, string>()
  return (text) => {
    const known = young.get(text)
    if (known !== undefined) return known
    const result = old.get(text) ?? compute(text)
    if (young.size >= size) {
      old = young
      young = new Map()
    }
    young.set(text, result)
    return result
  }
}
