/** The names of ClickHouse's data types, taken apart: `Array(Tuple(a UInt8, b String))`. */

/** A type and what stands in its parentheses, as it is written. */
export interface TypeName { name: string, args: readonly string[] }

/** Takes a type apart at the commas that no quotes and no inner parentheses hold. */
export function readType (text: string): TypeName {
  const open = text.indexOf('(')
  if (open < 0) return { name: text.trim(), args: [] }
  return { name: text.slice(0, open).trim(), args: splitArguments(text.slice(open + 1, text.lastIndexOf(')'))) }
}

/** The type of an element of a Tuple or Nested, which may have a name before it. */
export function elementType (argument: string): string {
  const named = /^(?:`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*)\s+(?=\S)/.exec(argument)
  return named === null ? argument : argument.slice(named[0].length)
}

function splitArguments (text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === "'" || character === '`' || character === '"') at = endOfQuote(text, at)
    else if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  const last = text.slice(start).trim()
  return last === '' ? parts : [...parts, last]
}

/** A quote is closed by its like, unless a backslash stands before it or it is doubled. */
function endOfQuote (text: string, start: number): number {
  const quote = text[start]
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote && text[at + 1] === quote) at++
    else if (text[at] === quote) return at
  }
  return text.length
}
