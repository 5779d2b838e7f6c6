import { setImmediate as nextTurn } from 'node:timers/promises'
import { StoreException } from '../exception.ts'

/** One node of the engine's syntax tree, as `EXPLAIN AST` names it. */
export interface SyntaxNode {
  /** `SelectQuery`, `Function`, `Storage definition`, … */
  type: string
  /** What follows the type: the name of a function, table or type; '' when there is nothing. */
  name: string
  parent: SyntaxNode | undefined
  children: SyntaxNode[]
}

/** Types whose names have several words. */
const longTypes = /^(?:Columns definition|Storage definition|View SQL Security|Refresh strategy definition|SYSTEM query|InterpolateElement)/

const linesPerTurn = 5000

/**
 * Reads the lines that `EXPLAIN AST` gives, in steps that leave other requests their turn. Throws when the lines do not
 * make one tree with the numbers of children that they tell, as a name with line ends could make them.
 */
export async function readTree (dump: string): Promise<SyntaxNode> {
  const open: Array<{ node: SyntaxNode, missing: number }> = []
  let root: SyntaxNode | undefined
  let count = 0
  for (const line of dump.trimEnd().split('\n')) {
    if (++count % linesPerTurn === 0) await nextTurn()
    const depth = line.length - line.trimStart().length
    while (open.length > depth) close(open)
    const holder = open.at(-1)
    if (open.length !== depth || (root !== undefined) !== (holder !== undefined)) throw unreadable()
    const found = / \(children (\d+)\)$/.exec(line)
    const node = { ...labelOf(line.slice(depth, found?.index)), parent: holder?.node, children: [] }
    root ??= node
    if (holder !== undefined) {
      holder.node.children.push(node)
      holder.missing--
    }
    open.push({ node, missing: Number(found?.[1] ?? 0) })
  }
  while (open.length > 0) close(open)
  if (root === undefined) throw unreadable()
  return root
}

/** All nodes below and with `root`, parents first. */
export function * nodesOf (root: SyntaxNode): Generator<SyntaxNode> {
  const waiting = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    for (const child of node.children) waiting.push(child)
  }
}

function close (open: Array<{ missing: number }>): void {
  if (open.pop()?.missing !== 0) throw unreadable()
}

function labelOf (label: string): { type: string, name: string } {
  const type = longTypes.exec(label)?.[0] ?? /^[^ ]*/.exec(label)?.[0] ?? ''
  const rest = label.slice(type.length + 1)
  // Without its alias; a name that holds this text is no name of the engine's.
  return { type, name: type === 'Literal' ? rest : rest.split(' (alias ', 1)[0]?.trim() ?? '' }
}

function unreadable (): StoreException {
  return new StoreException('ACCESS_DENIED', 'The statement has a name that cannot be told from others')
}
