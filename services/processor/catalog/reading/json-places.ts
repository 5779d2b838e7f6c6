/** Deeper places get the line of their parent: an operation (`/paths/~1a/get`) is at depth 3, its parts at 4 and 5. */
export const deepest = 5

interface Level { pointer: string, isArray: boolean, index: number, expectsName: boolean }

/**
 * Lines (1-based) of the upper places of a JSON text, by JSON pointer (RFC 6901); a member counts from its name on. The
 * text must be valid JSON. One pass, for documents that are too large to be parsed again with positions.
 */
export function jsonPlaces (text: string): Map<string, number> {
  const places = new Map([['', 1]])
  const levels: Level[] = []
  let pending = ''
  let line = 1
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    const level = levels.at(-1)
    if (letter === '\n') line++
    else if (letter === '{' || letter === '[') {
      const pointer = level?.isArray === true ? element(places, level, levels.length, line) : pending
      levels.push({ pointer, isArray: letter === '[', index: 0, expectsName: letter === '{' })
    } else if (letter === '}' || letter === ']') levels.pop()
    else if (letter === ',' && level !== undefined) {
      level.index++
      level.expectsName = !level.isArray
    } else if (letter === '"') {
      const end = endOfString(text, at)
      if (level?.expectsName === true) {
        level.expectsName = false
        pending = levels.length > deepest ? '' : `${level.pointer}/${escapeStep(text.slice(at, end + 1))}`
        if (pending !== '') places.set(pending, line)
      }
      at = end
    }
  }
  return places
}

/** The line of a pointer, or of the nearest parent that has one. */
export function lineAt (places: ReadonlyMap<string, number>, pointer: string): number {
  for (let rest = pointer; rest !== ''; rest = rest.slice(0, rest.lastIndexOf('/'))) {
    const line = places.get(rest)
    if (line !== undefined) return line
  }
  return places.get('') ?? 1
}

function element (places: Map<string, number>, level: Level, depth: number, line: number): string {
  const pointer = `${level.pointer}/${level.index}`
  if (depth <= deepest) places.set(pointer, line)
  return pointer
}

function endOfString (text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped (text: string, quote: number): boolean {
  let at = quote - 1
  while (text[at] === '\\') at--
  return (quote - at) % 2 === 0
}

function escapeStep (quoted: string): string {
  return String(JSON.parse(quoted)).replaceAll('~', '~0').replaceAll('/', '~1')
}
