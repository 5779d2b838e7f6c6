const QUOTE = 0x22
const COMMA = 0x2C
const COLON = 0x3A
const BRACKET = 0x5B
const BRACKET_END = 0x5D
const BACKSLASH = 0x5C
const BRACE = 0x7B
const BRACE_END = 0x7D

type Expected = 'value' | 'value_or_end' | 'key' | 'key_or_end' | 'colon' | 'comma_or_end' | 'end'

/** Where a scan stopped: past a good token, at the end of the text within a token, or at a byte that cannot be. */
interface Token { next: number, fault?: 'truncated' | 'invalid' }

/** Why a text is no JSON: it is `empty`, ends too early (`truncated`), or has an impossible byte at `at`. */
export interface JsonFault { kind: 'empty' | 'truncated' | 'invalid', at: number }

/**
 * Finds what is wrong with a text that JSON.parse refused, without quoting it as the engine's messages do: the first byte
 * that no JSON text could have there (RFC 8259); a text without such a byte is cut short. Linear, without recursion.
 */
export function findJsonFault (bytes: Buffer, start = 0): JsonFault {
  const open: number[] = []
  let expected: Expected = 'value'
  let at = skipSpace(bytes, start)
  if (at === bytes.length) return { kind: 'empty', at }
  while (at < bytes.length) {
    const token = readToken(bytes, at, expected, open.at(-1))
    if (token.fault !== undefined) return { kind: token.fault, at: token.next }
    expected = follow(bytes[at], expected, open)
    at = skipSpace(bytes, token.next)
  }
  return { kind: 'truncated', at: bytes.length }
}

function skipSpace (bytes: Buffer, at: number): number {
  while (at < bytes.length && (bytes[at] === 0x20 || bytes[at] === 0x0A || bytes[at] === 0x0D || bytes[at] === 0x09)) at++
  return at
}

function readToken (bytes: Buffer, at: number, expected: Expected, inside: number | undefined): Token {
  const byte = bytes[at]
  const good = { next: at + 1 }
  const bad: Token = { next: at, fault: 'invalid' }
  switch (expected) {
    case 'end': return bad
    case 'colon': return byte === COLON ? good : bad
    case 'comma_or_end': return byte === COMMA || (byte === BRACE_END && inside === BRACE) || (byte === BRACKET_END && inside === BRACKET) ? good : bad
    case 'key': return byte === QUOTE ? readString(bytes, at) : bad
    case 'key_or_end': return byte === BRACE_END ? good : byte === QUOTE ? readString(bytes, at) : bad
    case 'value_or_end': return byte === BRACKET_END ? good : readValue(bytes, at)
    case 'value': return readValue(bytes, at)
  }
}

function readValue (bytes: Buffer, at: number): Token {
  const byte = bytes[at]
  if (byte === QUOTE) return readString(bytes, at)
  return byte === BRACE || byte === BRACKET ? { next: at + 1 } : readWord(bytes, at)
}

function readString (bytes: Buffer, at: number): Token {
  for (let next = at + 1; next < bytes.length; next++) {
    const byte = bytes[next] ?? 0
    if (byte === QUOTE) return { next: next + 1 }
    if (byte < 0x20) return { next, fault: 'invalid' }
    if (byte !== BACKSLASH) continue
    const escape = bytes.toString('latin1', next, next + 6)
    if (/^\\["\\/bfnrt]/.test(escape)) next++
    else if (/^\\u[0-9a-fA-F]{4}$/.test(escape)) next += 5
    else return { next, fault: next + escape.length === bytes.length && /^\\(?:u[0-9a-fA-F]*)?$/.test(escape) ? 'truncated' : 'invalid' }
  }
  return { next: bytes.length, fault: 'truncated' }
}

const wholeWord = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/
const partOfWord = /^(?:t|tr|tru|f|fa|fal|fals|n|nu|nul|-|-?(?:0|[1-9]\d*)(?:\.|(?:\.\d+)?[eE][+-]?))$/

/** A number or a literal, which ends where no such letter follows. */
function readWord (bytes: Buffer, at: number): Token {
  let next = at
  while (next < bytes.length && /[-+.\w]/.test(String.fromCharCode(bytes[next] ?? 0))) next++
  const word = bytes.toString('latin1', at, next)
  if (wholeWord.test(word)) return { next }
  return next === bytes.length && partOfWord.test(word) ? { next, fault: 'truncated' } : { next: at, fault: 'invalid' }
}

/** What may come after a token; `open` holds the brackets that wait for their end. */
function follow (byte: number | undefined, expected: Expected, open: number[]): Expected {
  if (expected === 'colon') return 'value'
  if (byte === BRACE && expected !== 'comma_or_end') return push(open, BRACE, 'key_or_end')
  if (byte === BRACKET && expected !== 'comma_or_end') return push(open, BRACKET, 'value_or_end')
  if (byte === COMMA) return open.at(-1) === BRACE ? 'key' : 'value'
  if (byte === BRACE_END || byte === BRACKET_END) return close(open)
  if (expected === 'key' || expected === 'key_or_end') return 'colon'
  return open.length === 0 ? 'end' : 'comma_or_end'
}

function push (open: number[], bracket: number, next: Expected): Expected {
  open.push(bracket)
  return next
}

function close (open: number[]): Expected {
  open.pop()
  return open.length === 0 ? 'end' : 'comma_or_end'
}
