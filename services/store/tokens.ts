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

const space = /\s+/y
const comment = /(?:--|#[ !])[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y
const heredoc = /\$([^$]*)\$[\s\S]*?\$\1\$/y
const word = /[A-Za-z_$][\w$]*/y
const number = /\d[\w]*(?:\.[\w]*)?/y

/**
 * Cuts SQL into tokens, lazily: what follows an INSERT's FORMAT is data, and must not be looked at. Never throws; an
 * unclosed quote reaches to the end.
 */
export function * tokenize (sql: string, from = 0): Generator<Token> {
  let at = from
  let depth = 0
  while (at < sql.length) {
    const skipped = matchAt(space, sql, at) ?? matchAt(comment, sql, at)
    if (skipped !== undefined) {
      at += skipped.length
      continue
    }
    const token = next(sql, at)
    if (token.kind === 'symbol' && ')]}'.includes(token.text)) depth = Math.max(0, depth - 1)
    yield { ...token, depth }
    if (token.kind === 'symbol' && '([{'.includes(token.text)) depth++
    at = token.end
  }
}

function next (sql: string, start: number): Omit<Token, 'depth'> {
  const make = (kind: Token['kind'], raw: string, text = raw): Omit<Token, 'depth'> =>
    ({ kind, text, keyword: kind === 'word' ? raw.toUpperCase() : '', start, end: start + raw.length })
  const first = sql.charAt(start)
  if (first === "'" || first === '‘') return make('string', sql.slice(start, closing(sql, start)))
  if (first === '`' || first === '"' || first === '“') {
    const name = sql.slice(start, closing(sql, start))
    return make('quoted', name, name.slice(1, -1))
  }
  const text = matchAt(heredoc, sql, start)
  if (text !== undefined) return make('string', text)
  const bare = matchAt(word, sql, start)
  if (bare !== undefined) return make('word', bare)
  const digits = matchAt(number, sql, start)
  if (digits !== undefined) return make('number', digits)
  return make('symbol', String.fromCodePoint(sql.codePointAt(start) ?? 0))
}

/** Where a quote that opens at `start` has closed; a backslash protects what follows, a doubled quote is a quote. */
function closing (sql: string, start: number): number {
  const mark = sql.charAt(start)
  const close = mark === '‘' ? '’' : mark === '“' ? '”' : mark
  for (let at = start + 1; at < sql.length; at++) {
    const character = sql.charAt(at)
    if (character === '\\') at++
    else if (character === close) {
      if (close !== mark || sql.charAt(at + 1) !== close) return at + 1
      at++
    }
  }
  return sql.length
}

function matchAt (pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(sql)?.[0]
}
