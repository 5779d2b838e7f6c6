import { StoreException } from '../exception.ts'
import type { Token } from '../tokens.ts'
import type { Parsed } from './check.ts'
import { readRoots, sessionRoots } from './nodes.ts'
import type { Registry } from './registry.ts'
import type { SyntaxNode } from './tree.ts'

/** An INSERT whose data follow: `head` … `FROM INFILE` … `settings` … `FORMAT format`. */
export interface Insert { kind: 'insert', head: string, settings: string, format: string }

/** A statement that gives rows; `text` is without its FORMAT clause. */
export interface Output { kind: 'output', text: string, format: string | undefined }

/** A statement without rows of its own: DDL, KILL, INSERT … SELECT, SET, … */
export interface Command { kind: 'command', text: string }

/** What a statement needs: to read, to change nothing but the connection (SET, USE), or to change the store. */
export type Rights = 'read' | 'session' | 'write'

export type Statement = (Insert | Output | Command) & {
  rights: Rights
  /** Names of the `{name:Type}` placeholders. */
  params: string[]
}

/** What the root of a tree needs; what is on no list needs the most. */
export function rightsOf ({ type }: SyntaxNode): Rights {
  if (sessionRoots.has(type)) return 'session'
  return readRoots.has(type) ? 'read' : 'write'
}

/** Makes what can be run of a statement that was checked. All text is the engine's own writing. */
export function toStatement (parsed: Parsed, registry: Registry): Statement {
  const { tree, text, tokens } = parsed
  const rights = rightsOf(tree)
  const params = tokens.flatMap((token, index) => token.text === '{' && tokens[index + 2]?.text === ':' ? [tokens[index + 1]?.text ?? ''] : [])
  if (tree.type === 'InsertQuery' && !tree.children.some(({ type }) => type.startsWith('Select'))) return { ...toInsert(parsed, registry), rights, params }
  return rights === 'read' ? { ...toOutput(parsed, registry), rights, params } : { kind: 'command', text, rights, params }
}

/** The engine's spelling of a format; throws UNKNOWN_FORMAT for those that are not on the list. */
export function knownFormat (name: string, registry: Registry): string {
  return registry.formatNamed(name) ?? unknown(name)
}

function toOutput ({ tree, text, tokens }: Parsed, registry: Registry): Output {
  // Where the rows of this one shall go would be taken for a part of what it explains.
  const whole = (statement: string): string => tree.name === 'EXPLAIN AST' ? `SELECT * FROM (${statement})` : statement
  const at = formatAt(tokens)
  const [word, name] = [tokens[at], tokens[at + 1]]
  if (at < 0 || word === undefined || name === undefined) return { kind: 'output', text: whole(text), format: undefined }
  return { kind: 'output', text: whole(`${text.slice(0, word.start)}${text.slice(name.end)}`), format: knownFormat(name.text, registry) }
}

function toInsert ({ text, tokens }: Parsed, registry: Registry): Insert {
  const at = formatAt(tokens)
  const format = tokens[at + 1]
  if (at < 0 || format === undefined) throw new StoreException('SYNTAX_ERROR', 'Syntax error: an INSERT needs VALUES, FORMAT or SELECT')
  const settingsAt = tokens.findIndex((token, index) => index < at && token.keyword === 'SETTINGS' && token.depth === 0 && tokens[index + 2]?.text === '=')
  const end = tokens[at]?.start
  const start = settingsAt < 0 ? end : tokens[settingsAt]?.start
  return { kind: 'insert', head: text.slice(0, start), settings: text.slice(start, end), format: knownFormat(format.text, registry) }
}

/** Index of the `FORMAT name` that ends the statement (SETTINGS may follow), or -1. */
function formatAt (tokens: Token[]): number {
  const at = tokens.findLastIndex((token, index) => token.keyword === 'FORMAT' && token.depth === 0 && tokens[index + 1]?.kind === 'word' &&
    !['.', ',', 'AS', 'FROM', 'JOIN', 'SELECT', 'INTO'].includes(tokens[index - 1]?.text ?? ','))
  const after = tokens[at + 2]
  return at >= 0 && (after === undefined || after.keyword === 'SETTINGS') ? at : -1
}

function unknown (name: string): never {
  throw new StoreException('UNKNOWN_FORMAT', `Unknown format ${name.slice(0, 100)}`)
}
