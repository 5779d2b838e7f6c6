/** Finds planted secrets in what was published. */

/** Where a secret was planted, and what of it must not come out. */
export interface Plant { what: string, parts: readonly string[] }

/** Letters that a window has: shorter parts are not searched for. */
const window = 6

/** True when a part stands in a text, in any case, escaped or not. */
export function comesOut (text: string, parts: readonly string[]): boolean {
  const folded = text.toLowerCase()
  return parts.flatMap(spellings).some((part) => {
    for (let at = folded.indexOf(part); at !== -1; at = folded.indexOf(part, at + 1)) {
      if (part.length >= window && standsAlone(folded, at, part.length)) return true
    }
    return false
  })
}

/** Finds every plant of which a part stands in a text, in any case, escaped or not. Reads each text once, however many plants there are. */
export function createFinder (plants: Iterable<Plant>): (text: string) => string[] {
  const byWindow = new Map<string, Array<{ what: string, part: string }>>()
  for (const { what, parts } of plants) {
    for (const part of new Set(parts.flatMap(spellings))) {
      if (part.length < window) continue
      const key = part.slice(0, window)
      const found = byWindow.get(key)
      if (found === undefined) byWindow.set(key, [{ what, part }])
      else found.push({ what, part })
    }
  }
  return (text) => {
    const folded = text.toLowerCase()
    const leaks = new Set<string>()
    for (let index = 0; index <= folded.length - window; index++) {
      for (const { what, part } of byWindow.get(folded.slice(index, index + window)) ?? []) {
        if (folded.startsWith(part, index) && standsAlone(folded, index, part.length)) leaks.add(what)
      }
    }
    return [...leaks]
  }
}

function spellings (part: string): string[] {
  const folded = part.toLowerCase()
  const bare = folded.replace(/[ ().-]/g, '')
  return [folded, encodeURIComponent(part).toLowerCase(), ...(/^\+?\d+$/.test(bare) ? [bare] : [])]
}

/** Six digits amid a hash are a chance. */
function standsAlone (text: string, index: number, length: number): boolean {
  if (length > 10) return true
  return !/[0-9a-z]/.test(text.charAt(index - 1)) && !/[0-9a-z]/.test(text.charAt(index + length))
}
