import { StoreException } from '../exception.ts'
import { nodesOf } from './tree.ts'
import type { SyntaxNode } from './tree.ts'

/** Which argument of a table function names columns, with how many arguments or more. */
const places: Record<string, { index: number, least: number }> = {
  format: { index: 1, least: 3 },
  values: { index: 0, least: 1 },
  generaterandom: { index: 0, least: 1 },
  null: { index: 0, least: 1 },
}

const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', 0: '\0' }

/**
 * The texts in a tree that table functions take for structures (`a UInt8 DEFAULT …`). Throws ACCESS_DENIED for one that
 * is computed: nobody could tell what it will hold.
 */
export function structuresOf (tree: SyntaxNode): string[] {
  return [...nodesOf(tree)].flatMap((node) => node.type === 'Function' ? structureOf(node) : [])
}

function structureOf (node: SyntaxNode): string[] {
  const isTable = node.parent !== undefined && ['TableExpression', 'InsertQuery', 'CreateQuery'].includes(node.parent.type)
  const place = isTable ? places[node.name.toLowerCase()] : undefined
  const given = node.children[0]?.children ?? []
  if (place === undefined || given.length < place.least) return []
  const argument = given[place.index]
  if (argument?.type === 'Literal') return argument.name.startsWith("'") ? [unquote(argument.name)] : []
  if (argument?.type === 'Function' && ['tuple', 'array', 'negate'].includes(argument.name)) return []
  throw new StoreException('ACCESS_DENIED', `The structure of the table function ${node.name} must be a text, not an expression`)
}

function unquote (literal: string): string {
  const text = /^'((?:[^'\\]|\\.)*)'/s.exec(literal)?.[1] ?? ''
  return text.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character)
}
