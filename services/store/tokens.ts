import { setImmediate as nextTurn } from 'node:timers/promises'

/** One token of SQL as ClickHouse's lexer cuts it; comments and white space are left out. */
export interface Token {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol'
  /** As written; a quoted identifier without its quotes. */
  text: string
  /** Upper case for words, '' for all else: what keywords are compared with. */
  keyword: string
  start: number
  end: number
  /** Brackets that are open around it. */
  depth: number
}

type Piece = Pick<Token, 'kind' | 'text' | 'end'>

const blank = /\s/
const wordPart = 1
const digit = 2
/** What an ASCII character may be part of. */
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return (/[\w$]/.test(character) ? wordPart : 0) | (/\d/.test(character) ? digit : 0)
})
/** Closing marks by opening ones. */
const quotes: Record<string, string> = { "'": "'", '`': '`', '"': '"', '‘': '’', '“': '”' }
/** A text with more dollar signs that open nothing is no SQL; looking for the end of each would take too long. */
const mostHeredocs = 100

/**
 * Cuts SQL into tokens, lazily: what follows an INSERT's FORMAT is data, and must not be looked at. Never throws; an
 * unclosed quote reaches to the end. Takes time in proportion to the text. It serves to find things in a text that the
 * engine itself has written, or where data may begin; what a statement may do is never decided by it alone.
 */
export function * tokenize (sql: string, from = 0): Generator<Token> {
  let at = from
  let depth = 0
  let heredocs = 0
  while ((at = skipBlank(sql, at)) < sql.length) {
    const first = sql.charAt(at)
    if (first === '$' && ++heredocs > mostHeredocs) return yield make({ kind: 'symbol', text: sql.slice(at), end: sql.length }, at, depth)
    const piece = pieceAt(sql, at, first)
    if (piece.kind === 'symbol' && (first === ')' || first === ']' || first === '}')) depth = Math.max(0, depth - 1)
    yield make(piece, at, depth)
    if (piece.kind === 'symbol' && (first === '(' || first === '[' || first === '{')) depth++
    at = piece.end
  }
}

/** All tokens of a text, cut in steps that leave other requests their turn. */
export async function tokensOf (sql: string): Promise<Token[]> {
  const tokens: Token[] = []
  for (const token of tokenize(sql)) {
    if (tokens.push(token) % 2000 === 0) await nextTurn()
  }
  return tokens
}

function make ({ kind, text, end }: Piece, start: number, depth: number): Token {
  return { kind, text, keyword: kind === 'word' ? text.toUpperCase() : '', start, end, depth }
}

function pieceAt (sql: string, at: number, first: string): Piece {
  const close = quotes[first]
  if (close !== undefined) {
    const end = closing(sql, at, close)
    const isString = close === "'" || close === '’'
    return { kind: isString ? 'string' : 'quoted', text: isString ? sql.slice(at, end) : sql.slice(at + 1, Math.max(at + 1, end - 1)), end }
  }
  const end = first === '$' ? heredocEnd(sql, at) : undefined
  if (end !== undefined) return { kind: 'string', text: sql.slice(at, end), end }
  const kind = classOf(sql, at)
  if (kind === 0) {
    const text = String.fromCodePoint(sql.codePointAt(at) ?? 0)
    return { kind: 'symbol', text, end: at + text.length }
  }
  return (kind & digit) === 0 ? wordAt(sql, at) : numberAt(sql, at)
}

function wordAt (sql: string, at: number): Piece {
  let end = at + 1
  while (classOf(sql, end) !== 0) end++
  return { kind: 'word', text: sql.slice(at, end), end }
}

function numberAt (sql: string, at: number): Piece {
  const whole = runEnd(sql, at)
  const end = sql.charAt(whole) === '.' ? runEnd(sql, whole + 1) : whole
  return { kind: 'number', text: sql.slice(at, end), end }
}

/** Where a run of letters, digits and _ ends. */
function runEnd (sql: string, at: number): number {
  let end = at
  while (classOf(sql, end) !== 0 && sql.charAt(end) !== '$') end++
  return end
}

function classOf (sql: string, at: number): number {
  const code = sql.charCodeAt(at)
  return code < 128 ? classes[code] ?? 0 : 0
}

/** Passes white space and comments; comments nest. */
function skipBlank (sql: string, from: number): number {
  let at = from
  for (;;) {
    while (at < sql.length && blank.test(sql.charAt(at))) at++
    const [first, second] = [sql.charAt(at), sql.charAt(at + 1)]
    if (first === '/' && second === '*') at = commentEnd(sql, at)
    else if ((first === '-' && second === '-') || (first === '/' && second === '/') || (first === '#' && (second === ' ' || second === '!'))) at = lineEnd(sql, at)
    else return at
  }
}

function lineEnd (sql: string, at: number): number {
  const end = sql.indexOf('\n', at)
  return end < 0 ? sql.length : end
}

function commentEnd (sql: string, at: number): number {
  const mark = /\/\*|\*\//g
  mark.lastIndex = at + 2
  for (let open = 1; open > 0;) {
    const found = mark.exec(sql)
    if (found === null) return sql.length
    open += found[0] === '/*' ? 1 : -1
  }
  return mark.lastIndex
}

/** `$tag$ … $tag$`; undefined when the dollar sign begins none. */
function heredocEnd (sql: string, at: number): number | undefined {
  const open = sql.indexOf('$', at + 1)
  if (open < 0) return undefined
  const tag = sql.slice(at, open + 1)
  const end = sql.indexOf(tag, open + 1)
  return end < 0 ? undefined : end + tag.length
}

/** Where a quote that opens at `start` has closed; a backslash protects what follows, a doubled quote is a quote. */
function closing (sql: string, start: number, close: string): number {
  const doubles = close === sql.charAt(start)
  for (let at = start + 1; at < sql.length; at++) {
    const character = sql.charAt(at)
    if (character === '\\') at++
    else if (character === close) {
      if (!doubles || sql.charAt(at + 1) !== close) return at + 1
      at++
    }
  }
  return sql.length
}
