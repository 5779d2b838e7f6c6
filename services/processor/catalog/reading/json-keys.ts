import { pointerStep } from './member.ts'

/** A key that stands more than once in one mapping: the place of the last, with the lines (1-based) of the last and the one before. */
export interface RepeatedKey {
  pointer: string
  line: number
  first: number
  /** Which document of the file it stands in; the first one when it is missing. */
  document?: number
}

/** Collections inside collections: more than this no document has, and readers call themselves for each. */
export const deepestLevel = 1000

/** What JSON's own parser does not tell; `tooDeep` is the line where collections nest too deeply, 0 when they do not. */
export interface JsonScan { repeated: RepeatedKey[], tooDeep: number }

/** Keys of one open collection by their offsets; kept for the next one of the same depth. */
interface Level { keys: Map<string, number>, isArray: boolean, expectsKey: boolean, index: number, key: string }

/** Most repeated keys that are told. */
const mostRepeated = 100

/** Looks through a valid JSON text once for repeated keys (RFC 8259 §4), of which the last one counts, and for its depth. */
export function scanJson (text: string): JsonScan {
  const levels: Level[] = []
  const found: Array<{ pointer: string, at: number, first: number }> = []
  let depth = -1
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at)
    const level = levels[depth]
    if (letter === quote) {
      const end = endOfString(text, at)
      if (level?.expectsKey === true) {
        const key = spelled(text.slice(at, end + 1))
        const first = level.keys.get(key)
        level.expectsKey = false
        level.key = key
        if (first !== undefined && found.length < mostRepeated) found.push({ pointer: pointerTo(levels, depth), at, first })
        level.keys.set(key, at)
      }
      at = end
    } else if (letter === openBrace || letter === openBracket) {
      if (++depth >= deepestLevel) return { repeated: [], tooDeep: lineOf(text, at) }
      open(levels, depth, letter === openBracket)
    } else if (letter === closeBrace || letter === closeBracket) depth--
    else if (letter === comma && level !== undefined) {
      level.expectsKey = !level.isArray
      level.index++
    }
  }
  return { repeated: found.map(({ pointer, at, first }) => ({ pointer, line: lineOf(text, at), first: lineOf(text, first) })), tooDeep: 0 }
}

const [quote, openBrace, closeBrace, openBracket, closeBracket, comma, backslash] = [34, 123, 125, 91, 93, 44, 92]

function open (levels: Level[], depth: number, isArray: boolean): void {
  const level = levels[depth]
  if (level === undefined) {
    levels[depth] = { keys: new Map(), isArray, expectsKey: !isArray, index: 0, key: '' }
    return
  }
  if (level.keys.size > 0) level.keys = level.keys.size > 64 ? new Map() : cleared(level.keys)
  level.isArray = isArray
  level.expectsKey = !isArray
  level.index = 0
}

function cleared (keys: Map<string, number>): Map<string, number> {
  keys.clear()
  return keys
}

/** One key may be written in several ways. */
function spelled (quoted: string): string {
  return quoted.includes('\\') ? JSON.stringify(JSON.parse(quoted)) : quoted
}

function endOfString (text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

function pointerTo (levels: readonly Level[], depth: number): string {
  return levels.slice(0, depth + 1).map(({ isArray, index, key }) => `/${isArray ? index : pointerStep(String(JSON.parse(key)))}`).join('')
}

function lineOf (text: string, at: number): number {
  let line = 1
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', end + 1)) line++
  return line
}
