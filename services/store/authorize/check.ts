import { StoreException } from '../exception.ts'
import type { Token } from '../tokens.ts'
import { alterCommands, innerNodes, readRoots, sessionRoots, systemStatements, writeRoots } from './nodes.ts'
import type { Registry } from './registry.ts'
import { nodesOf } from './tree.ts'
import type { SyntaxNode } from './tree.ts'

/** A statement as the engine reads it: its tree, and the text that the engine writes of it, which is what will run. */
export interface Parsed { tree: SyntaxNode, text: string, tokens: Token[] }

/** Functions that compare or combine: a name among their arguments is a column. */
const plainOperators = new Set(['equals', 'notEquals', 'less', 'greater', 'lessOrEquals', 'greaterOrEquals', 'in', 'notIn', 'like', 'notLike', 'ilike', 'notILike', 'and', 'or', 'not',
  'isNull', 'isNotNull', 'count', 'uniq', 'uniqExact', 'any', 'min', 'max', 'length', 'lower', 'upper', 'toString', 'concat', 'coalesce', 'ifNull'])

/** Throws ACCESS_DENIED and the like for a statement that holds anything that is not on a list. */
export function check (parsed: Parsed, registry: Registry): void {
  const { tree, text, tokens } = parsed
  if (!readRoots.has(tree.type) && !sessionRoots.has(tree.type) && !writeRoots.has(tree.type)) throw denied(`Statements of this kind (${tree.type || 'unknown'}) are not available here`)
  if (tree.type === 'SYSTEM query' && !systemStatements.test(text)) throw denied('This SYSTEM statement is not available here')
  if (tree.type === 'Explain') checkExplained(tree)
  for (const node of nodesOf(tree)) {
    if (node !== tree) checkNode(node, registry)
  }
  // What a view is later told to put there could be the name of any function.
  const isOpen = tree.type === 'CreateQuery' && tokens.some((token, index) => token.keyword === 'IDENTIFIER' && tokens[index - 1]?.text === ':')
  if (isOpen) throw denied('A definition may not have placeholders for identifiers')
  checkText(parsed, registry)
  checkWords(tokens)
}

function checkExplained (tree: SyntaxNode): void {
  const explained = tree.children.find((child) => child.type !== 'Set')
  const onlyReads = explained !== undefined && readRoots.has(explained.type)
  const onlyParses = /^EXPLAIN (?:AST|SYNTAX)$/.test(tree.name) && explained !== undefined && writeRoots.has(explained.type)
  if (!onlyReads && !onlyParses) throw denied('This statement cannot be explained here')
}

function checkNode (node: SyntaxNode, registry: Registry): void {
  const isExplained = node.parent?.type === 'Explain' && writeRoots.has(node.type)
  if (!innerNodes.has(node.type) && !readRoots.has(node.type) && !isExplained) {
    throw denied(`Statements with this part (${node.type}) are not available here`)
  }
  if (node.type === 'AlterCommand' && !alterCommands.has(node.name)) throw denied(`ALTER … ${node.name} is not available here`)
  if (node.type === 'Function') checkFunction(node, registry)
  if (node.type === 'Identifier' && isArgument(node) && registry.isForbiddenFunction(node.name)) throw notAvailable(node.name)
}

function checkFunction (node: SyntaxNode, registry: Registry): void {
  if (isTableFunction(node)) {
    if (registry.isForbiddenTableFunction(node.name)) throw denied(`Not enough privileges. The table function ${node.name} is not available here`)
  } else if (isEngine(node)) {
    const isForbidden = registry.isForbiddenEngine(node.name) || registry.isForbiddenFunction(node.name)
    if (isForbidden && !registry.isEngine(node.name)) throw deniedEngine(node.name)
  } else if (registry.isForbiddenFunction(node.name)) throw notAvailable(node.name)
}

/** In FROM, after INSERT INTO FUNCTION, DESCRIBE TABLE and CREATE TABLE … AS. */
function isTableFunction ({ parent }: SyntaxNode): boolean {
  return parent?.type === 'TableExpression' || parent?.type === 'InsertQuery' || parent?.type === 'CreateQuery'
}

function isEngine (node: SyntaxNode): boolean {
  return node.parent?.type === 'Storage definition' && node.parent.children[0] === node
}

/** An argument of a function that may take functions by their names (`arrayMap(upper, …)`). */
function isArgument ({ parent }: SyntaxNode): boolean {
  return parent?.type === 'ExpressionList' && parent.parent?.type === 'Function' && !plainOperators.has(parent.parent.name)
}

/**
 * The tree leaves some parts out: what APPLY names, conditions of SHOW, what TTL sets. So no name of a forbidden
 * function may be called in the text either, nor stand in it where such parts are.
 */
function checkText ({ tree, text, tokens }: Parsed, registry: Registry): void {
  const hasHidden = tree.type.startsWith('Show') || /\bAPPLY\b|\bTTL\b/.test(text)
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' && token.kind !== 'quoted') continue
    const [before, after] = [tokens[index - 1], tokens[index + 1]]
    if (before?.text === '.' || after?.text === '.' || !registry.isForbiddenFunction(nameOf(token))) continue
    const isCalled = after?.text === '(' && !['INTO', 'TABLE', 'EXISTS', 'VIEW'].includes(before?.keyword ?? '')
    if (isCalled || hasHidden) throw notAvailable(nameOf(token))
  }
}

/** ENGINE = name, as the engine writes it, and what would read or write a file of the engine's client. */
function checkWords (tokens: Token[]): void {
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]?.keyword
    if (token.keyword === 'OUTFILE' && before === 'INTO') throw new StoreException('INTO_OUTFILE_NOT_ALLOWED', 'INTO OUTFILE is not allowed')
    if (token.keyword === 'INFILE' && before === 'FROM') throw new StoreException('UNSUPPORTED_METHOD', 'FROM INFILE is not allowed: send the data in the body of the request')
  }
}

function nameOf ({ text }: Token): string {
  return text.replace(/\\(.)/g, '$1')
}

function notAvailable (name: string): StoreException {
  return denied(`Not enough privileges. The function ${name} reaches beyond the tables of this store and is not available here`)
}

function deniedEngine (name: string): StoreException {
  return denied(`Not enough privileges. The engine ${name} is not available here`)
}

function denied (message: string): StoreException {
  return new StoreException('ACCESS_DENIED', message)
}
