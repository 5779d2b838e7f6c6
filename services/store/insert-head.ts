import { setImmediate as nextTurn } from 'node:timers/promises'
import { StoreException } from './exception.ts'
import { tokenize } from './tokens.ts'
import type { Token } from './tokens.ts'

/** Where the statement of an INSERT ends and its data begin, as far as its text tells. */
export interface InsertHead {
  /** The statement up to its format, with a FORMAT clause in every case. */
  text: string
  /** Index of the first character of the data; the length of the text when there is none. */
  dataAt: number
}

const tokensPerTurn = 2000

/**
 * Finds the end of `INSERT INTO … (FORMAT name [SETTINGS …] | VALUES)`, from the beginning of a body alone; undefined for
 * any other text. It only finds: the engine reads the head again, and what it finds there decides.
 */
export async function findInsertHead (text: string, defaultFormat = 'Values'): Promise<InsertHead | undefined> {
  const tokens = tokenize(text)
  const seen: Token[] = []
  const take = async (): Promise<Token | undefined> => {
    const item = tokens.next()
    if (item.done === true) return undefined
    if (seen.push(item.value) % tokensPerTurn === 0) await nextTurn()
    return item.value
  }
  const first = await take()
  if (first === undefined) throw new StoreException('SYNTAX_ERROR', 'Syntax error: failed at position 1 (end of query): Empty query')
  if (first.keyword !== 'INSERT') return undefined
  let token = await passTarget(take)
  for (; token !== undefined; token = await take()) {
    if (token.depth > 0 || token.text === ';') continue
    if (['SELECT', 'WITH', 'FROM', 'WATCH', 'EXPLAIN'].includes(token.keyword)) return undefined
    if (token.keyword === 'VALUES' || token.keyword === 'FORMAT') break
  }
  if (token?.keyword === 'VALUES') return { text: text.slice(0, token.end), dataAt: token.end }
  if (token !== undefined) return afterFormat(text, token, await take())
  const end = seen.findLast((item) => item.text !== ';')?.end ?? text.length
  return holdsSelect(seen) ? undefined : { text: `${text.slice(0, end)}\nFORMAT ${defaultFormat}`, dataAt: text.length }
}

function afterFormat (text: string, format: Token, name: Token | undefined): InsertHead {
  if (name?.kind !== 'word') throw new StoreException('SYNTAX_ERROR', `Syntax error: failed at position ${format.end + 1} (end of query): FORMAT needs a name.`)
  const settings = trailingSettings(text, name.end)
  // Behind the format's name the engine takes them only with a setting that changes how it reads.
  const head = `${text.slice(0, format.start)}${settings.text} ${text.slice(format.start, name.end)}`
  return { text: head, dataAt: dataStart(text, settings.end) }
}

/** `INSERT INTO t (SELECT …)`. */
function holdsSelect (tokens: Token[]): boolean {
  return tokens.some((token, index) => token.text === '(' && tokens[index + 1]?.keyword === 'SELECT')
}

type Take = () => Promise<Token | undefined>

/** Passes INTO, TABLE, FUNCTION and the (dotted) name, so that a table named like a keyword is not taken for one. */
async function passTarget (take: Take): Promise<Token | undefined> {
  let token = await take()
  while (token !== undefined && ['INTO', 'TABLE', 'FUNCTION'].includes(token.keyword)) token = await take()
  token = await passName(token, take)
  while (token?.text === '.') token = await passName(await take(), take)
  return token
}

/** Passes a name, or a `{name:Identifier}` that stands for one. */
async function passName (token: Token | undefined, take: Take): Promise<Token | undefined> {
  if (token?.text !== '{') return await take()
  let inner = await take()
  while (inner !== undefined && inner.depth > 0) inner = await take()
  return await take()
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
