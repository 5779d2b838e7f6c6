import { readFile } from 'node:fs/promises'
import { StoreException } from './exception.ts'
import type { Parser } from './authorize/parser.ts'

/** Values of more bytes may hold literals only: the engine's reading of expressions could not be had in time. */
const longest = 256 * 1024

/** What keeps the engine from computing expressions among Values. */
export const literalsOnly = { input_format_values_interpret_expressions: '0', input_format_values_deduce_templates_of_expressions: '0' }

/** The failures that say: the engine cannot tell what these values would do. */
const unclear = new Set(['SYNTAX_ERROR', 'TOO_BIG_AST', 'TOO_DEEP_AST', 'TOO_DEEP_RECURSION', 'QUERY_IS_TOO_LARGE'])

/**
 * Settings for an INSERT of the Values at `path`: they are expressions, which the engine computes. Those that it reads as a
 * row of a SELECT, and that hold nothing forbidden, it may compute; of others it takes literals only. Throws ACCESS_DENIED.
 */
export async function settingsForValues (path: string, size: number, parser: Parser): Promise<Record<string, string>> {
  if (size > longest) return literalsOnly
  const text = await readFile(path, 'utf8')
  if (text.trim() === '') return literalsOnly
  try {
    await parser.read(`SELECT ${text}`, {})
    return {}
  } catch (error) {
    if (error instanceof StoreException && (unclear.has(error.type) || error.type === 'UNKNOWN_QUERY_PARAMETER')) return literalsOnly
    throw error
  }
}
