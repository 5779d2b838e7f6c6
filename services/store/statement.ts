import { StoreException } from './exception.ts'
import { tokenize } from './tokens.ts'
import type { Token } from './tokens.ts'

/** An INSERT that brings data: `head` … `settings` … `FORMAT format`, then the data from `dataAt` on. */
export interface Insert {
  kind: 'insert'
  head: string
  settings: string
  format: string
  /** Index of the first character of the data in the text; the length of the text when there is none. */
  dataAt: number
}

/** A statement that gives rows; `text` is without its FORMAT clause and semicolon. */
export interface Output { kind: 'output', text: string, format: string | undefined }

/** A statement without rows of its own: DDL, SET, KILL, INSERT … SELECT, … */
export interface Command { kind: 'command', text: string, keyword: string }

export type Statement = Insert | Output | Command

const giveRows = new Set(['SELECT', 'WITH', 'FROM', 'SHOW', 'DESCRIBE', 'DESC', 'EXISTS', 'EXPLAIN', 'CHECK', 'VALUES', '('])

/**
 * Reads what kind of statement a text is. Throws SYNTAX_ERROR for an empty text and for several statements, and refuses
 * what would reach the files of this machine ({@link forbid}).
 */
export function readStatement (text: string, defaultFormat?: string): Statement {
  const insert = readInsertOfData(text, defaultFormat)
  if (insert !== undefined) return insert
  const tokens = single([...tokenize(text)])
  forbid(text, tokens)
  return classify(text, tokens)
}

/** Reads an INSERT that brings data, from its beginning alone; undefined when the text is anything else. */
export function readInsertOfData (text: string, defaultFormat?: string): Insert | undefined {
  const tokens = tokenize(text)
  const first = tokens.next()
  if (first.done === true) throw new StoreException('SYNTAX_ERROR', 'Syntax error: failed at position 1 (end of query): Empty query')
  return first.value.keyword === 'INSERT' ? readInsert(text, [first.value], tokens, defaultFormat) : undefined
}

/**
 * Refuses data in the format Values that calls the function `file`: its expressions are evaluated. `text` is the data.
 */
export function forbidInValues (text: string): void {
  forbid(text, [...tokenize(text)])
}

function classify (text: string, tokens: Token[]): Output | Command {
  const [first] = tokens
  const last = tokens.at(-1)
  if (first === undefined || last === undefined) throw new StoreException('SYNTAX_ERROR', 'Syntax error: Empty query.')
  const keyword = first.keyword === '' ? first.text : first.keyword
  const body = text.slice(0, last.end)
  if (!giveRows.has(keyword) || writes(tokens)) return { kind: 'command', text: body, keyword: giveRows.has(keyword) ? 'INSERT' : keyword }
  const at = formatClause(tokens)
  const [word, name] = [tokens[at], tokens[at + 1]]
  if (at < 0 || word === undefined || name === undefined) return { kind: 'output', text: body, format: undefined }
  return { kind: 'output', text: `${text.slice(0, word.start)}${text.slice(name.end, last.end)}`, format: name.text }
}

/** `WITH … INSERT …` and `SELECT … PARALLEL WITH DROP …` begin like a query and are none. */
function writes (tokens: Token[]): boolean {
  const isExplained = tokens[0]?.keyword === 'EXPLAIN'
  return tokens.some((token, index) => token.depth === 0 && ((token.keyword === 'INSERT' && !isExplained) ||
    (token.keyword === 'PARALLEL' && tokens[index + 1]?.keyword === 'WITH')))
}

/** Index of the `FORMAT name` that ends the statement (SETTINGS may follow), or -1. */
function formatClause (tokens: Token[]): number {
  const at = tokens.findLastIndex((token, index) => token.keyword === 'FORMAT' && token.depth === 0 &&
    isName(tokens[index + 1]) && !['.', ',', 'AS', 'FROM', 'JOIN', 'SELECT'].includes(tokens[index - 1]?.text.toUpperCase() ?? ','))
  const after = tokens[at + 2]
  return at >= 0 && (after === undefined || after.keyword === 'SETTINGS') ? at : -1
}

/** Reads `INSERT INTO [TABLE] [FUNCTION] name [(columns)] [SETTINGS …] (FORMAT name [SETTINGS …] | VALUES) data`. */
function readInsert (text: string, seen: Token[], rest: Iterator<Token>, defaultFormat: string | undefined): Insert | undefined {
  const take = (): Token | undefined => {
    const item = rest.next()
    if (item.done === true) return undefined
    seen.push(item.value)
    return item.value
  }
  let token = skipTarget(take)
  let settingsAt: number | undefined
  for (; token !== undefined; token = take()) {
    if (token.depth > 0 || token.text === ';') continue
    const { keyword } = token
    if (['SELECT', 'WITH', 'FROM', 'WATCH', 'EXPLAIN'].includes(keyword)) return undefined
    if (keyword === 'SETTINGS') settingsAt ??= token.start
    if (keyword === 'VALUES' || keyword === 'FORMAT') break
  }
  forbid(text, seen)
  const end = token?.start ?? endOf(text, seen)
  const parts = { head: text.slice(0, settingsAt ?? end), settings: settingsAt === undefined ? '' : text.slice(settingsAt, end) }
  if (token === undefined) {
    return seen.some((item) => item.text === '(' && nextWord(text, item) === 'SELECT')
      ? undefined
      : { kind: 'insert', ...parts, format: defaultFormat ?? 'Values', dataAt: text.length }
  }
  if (token.keyword === 'VALUES') return { kind: 'insert', ...parts, format: 'Values', dataAt: token.end }
  const name = take()
  if (name === undefined || !isName(name)) throw new StoreException('SYNTAX_ERROR', `Syntax error: failed at position ${token.end + 1} (end of query): FORMAT needs a name.`)
  const trailing = trailingSettings(text, name.end)
  return {
    kind: 'insert',
    head: parts.head,
    settings: [parts.settings, trailing.text].join(' ').trim(),
    format: name.text,
    dataAt: dataStart(text, trailing.end),
  }
}

/** Passes INTO, TABLE, FUNCTION and the (dotted) name, so that a table named like a keyword is not taken for one. */
function skipTarget (take: () => Token | undefined): Token | undefined {
  let token = take()
  while (token !== undefined && ['INTO', 'TABLE', 'FUNCTION'].includes(token.keyword)) token = take()
  token = skipName(token, take)
  while (token?.text === '.') token = skipName(take(), take)
  return token
}

/** Passes a name, or a `{name:Identifier}` that stands for one. */
function skipName (token: Token | undefined, take: () => Token | undefined): Token | undefined {
  if (token?.text !== '{') return take()
  let inner = take()
  while (inner !== undefined && inner.depth > 0) inner = take()
  return take()
}

/** `SETTINGS name = value, …` between the format's name and the data. */
function trailingSettings (text: string, from: number): { text: string, end: number } {
  const tokens = tokenize(text, from)
  const first = tokens.next()
  if (first.done === true || first.value.keyword !== 'SETTINGS') return { text: '', end: from }
  let end = first.value.end
  for (;;) {
    const parts = [tokens.next(), tokens.next(), tokens.next()].map((item) => item.done === true ? undefined : item.value)
    if (parts[1]?.text !== '=' || parts[2] === undefined) break
    end = parts[2].end
    const comma = tokens.next()
    if (comma.done === true || comma.value.text !== ',') break
  }
  return { text: text.slice(first.value.start, end), end }
}

/** Data starts after the first line end that follows the format's name, or after white space when there is none. */
function dataStart (text: string, from: number): number {
  return from + (/^\s*?;?[ \t\f]*(?:\r?\n)?/.exec(text.slice(from, from + 4096))?.[0].length ?? 0)
}

function endOf (text: string, tokens: Token[]): number {
  const last = tokens.findLast((token) => token.text !== ';')
  return last?.end ?? text.length
}

function nextWord (text: string, bracket: Token): string {
  const item = tokenize(text, bracket.end).next()
  return item.done === true ? '' : item.value.keyword
}

/** One statement, without the semicolon that ends it. */
function single (tokens: Token[]): Token[] {
  const at = tokens.findIndex((token) => token.text === ';' && token.kind === 'symbol')
  if (at < 0) return tokens
  const next = tokens.slice(at).find((token) => token.text !== ';')
  if (next === undefined) return tokens.slice(0, at)
  throw new StoreException('SYNTAX_ERROR', `Syntax error (Multi-statements are not allowed): failed at position ${(tokens[at]?.start ?? 0) + 1} (end of query).`)
}

/**
 * The engine runs inside this process as its own client: INTO OUTFILE and FROM INFILE would write and read the files of
 * this machine, and so does the function `file`, for which no privilege exists. All three are refused, as is a change
 * of dialect, since this reading of the text would no longer be the engine's. Where text uses quotes that are rarely
 * written (heredoc, typographic), the mere word is refused, so that a difference between two lexers opens nothing.
 */
function forbid (text: string, tokens: Token[]): void {
  const suspicious = /[$‘“]/.test(text)
  const names = (name: string): boolean => tokens.some((token) => token.keyword === name) ||
    (suspicious && new RegExp(`\\b${name}\\b`, 'i').test(text))
  if (names('OUTFILE')) throw new StoreException('INTO_OUTFILE_NOT_ALLOWED', 'INTO OUTFILE is not allowed')
  if (names('INFILE')) throw new StoreException('UNSUPPORTED_METHOD', 'FROM INFILE is not allowed: send the data in the body of the request')
  for (const setting of ['DIALECT', 'FORMAT_SCHEMA', 'FORMAT_TEMPLATE_ROW', 'FORMAT_TEMPLATE_RESULTSET']) {
    if (names(setting)) throw new StoreException('ACCESS_DENIED', `The setting ${setting.toLowerCase()} cannot be changed here`)
  }
  const reads = tokens.some((token, index) => token.text.toLowerCase() === 'file' && token.kind !== 'string' && tokens[index - 1]?.text !== '.')
  if (reads || (suspicious && /\bfile\b/i.test(text))) {
    throw new StoreException('ACCESS_DENIED', 'Not enough privileges. The function file reads the disk of this machine and is not available here')
  }
}

function isName (token: Token | undefined): boolean {
  return token?.kind === 'word' || token?.kind === 'quoted'
}
