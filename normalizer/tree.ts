/**
 * The segment tree of a whole catalog, in flat typed arrays. A request's segments are hashed once; a step then reads one
 * record of eight numbers and one entry of the small hash table behind it. Records with their texts and tables lie in the order
 * of a walk, and so do leaves: what a request needs lies together, whatever number of documents is in the tree.
 */
import type { Branch } from './branch.ts'
import { layTable, vouched } from './edges.ts'
import type { EdgeTable } from './edges.ts'
import { buildLeaves } from './leaves.ts'
import type { LeafTable } from './leaves.ts'
import { childrenOf, FACTOR, insert, LEAVES, LENGTH, newNode, nodeSize, number, OTHERS, PARAMETER, PROBE, SIZE, SLASH_LEAVES } from './node.ts'
import type { BuildNode } from './node.ts'
import { compareMixed } from './segment.ts'
import type { MixedPattern } from './segment.ts'

/** The tree in flat form. */
export interface Tree {
  /** Records of `nodeSize` numbers a node, with text before and table behind: see node.ts. The root is 0; as a child, 0 means none. */
  readonly nodes: Int32Array
  /** Deepest possible number of segments; 2^30 with greedy parameters. */
  readonly depth: number
  /** Greedy child and range of mixed children, for the few nodes that have any. */
  readonly others: Int32Array
  /** Mixed children; a node's are a range of them. */
  readonly mixed: Int32Array
  /** What a segment must fit for each of them; undefined until it is read, see {@link patternOf}. */
  readonly patterns: Array<MixedPattern | undefined>
  readonly leaves: LeafTable
  /** Reads the pattern of a mixed child that is still packed; null when none is. */
  readonly unread: ((child: number) => MixedPattern) | null
}

/** What a segment must fit for a mixed child. */
export function patternOf (tree: Pick<Tree, 'patterns' | 'unread'>, child: number): MixedPattern {
  return tree.patterns[child] ?? (tree.patterns[child] = tree.unread!(child))
}

/** More segments than fit into ten bits count as any number. */
const manySegments = 1023
const unbounded = 2 ** 30

/** Builds the tree. Leaves of a node keep the order of `branches`, plain keys before suffixed and derived ones. */
export function buildTree (branches: Iterable<Branch>): Tree {
  const root = newNode()
  for (const branch of branches) insert(root, branch)
  const order = number(root)
  const tables = order.map(({ statics }) => statics === undefined ? undefined : layTable([...statics.keys()]))
  const nodes = new Int32Array(placeAll(order, tables))
  const { table, first, firstSlash } = buildLeaves(order)
  for (const node of order) {
    nodes[node.place + PARAMETER] = node.parameter?.place ?? 0
    nodes[node.place + LEAVES] = first[node.id]!
    nodes[node.place + SLASH_LEAVES] = firstSlash[node.id]!
    setText(nodes, node)
    setTable(nodes, node, tables[node.id])
  }
  return { nodes, depth: measure(nodes, order), ...otherTables(nodes, order), leaves: table, unread: null }
}

/** Gives every record its place, with its text before it and its table behind it; returns where the last one ends. */
function placeAll (order: readonly BuildNode[], tables: ReadonlyArray<EdgeTable | undefined>): number {
  let end = 0
  for (const node of order) {
    node.place = end + textSize(node.text)
    end = node.place + nodeSize + (tables[node.id]?.entries.length ?? 0) * 2
  }
  return end
}

/** Numbers that the characters fill which a hash does not vouch for, four a number. */
function textSize (text: string): number {
  return (Math.max(0, text.length - vouched) + 3) >> 2
}

function setText (nodes: Int32Array, { place, text }: BuildNode): void {
  const bytes = new Uint8Array(nodes.buffer)
  const start = (place - textSize(text)) * 4
  for (let index = 0; index < text.length - vouched; index++) bytes[start + index] = text.charCodeAt(index)
  nodes[place + LENGTH] = text.length
}

function setTable (nodes: Int32Array, { place, statics }: BuildNode, table: EdgeTable | undefined): void {
  if (table === undefined) return
  nodes[place + PROBE] = table.probe
  nodes[place + FACTOR] = table.factor
  for (const [index, edge] of table.entries.entries()) {
    if (edge !== undefined) nodes.set([edge.hash, statics!.get(edge.text)!.place], place + nodeSize + index * 2)
  }
}

function otherTables (nodes: Int32Array, order: readonly BuildNode[]): Pick<Tree, 'others' | 'mixed' | 'patterns'> {
  const mixed: number[] = []
  const patterns: MixedPattern[] = []
  const others: number[] = []
  for (const node of order) {
    if (node.greedy === undefined && node.mixed === undefined) continue
    nodes[node.place + OTHERS] = others.length + 1
    const own = [...node.mixed?.values() ?? []].sort((a, b) => compareMixed(a.pattern, b.pattern))
    others.push(node.greedy?.place ?? 0, mixed.length, mixed.length + own.length)
    mixed.push(...own.map(({ child }) => child.place))
    patterns.push(...own.map(({ pattern }) => pattern))
  }
  return { others: Int32Array.from(others), mixed: Int32Array.from(mixed), patterns }
}

/** Children have higher numbers than their parents, so one pass from the end sees all. Returns the tree's depth. */
function measure (nodes: Int32Array, order: readonly BuildNode[]): number {
  const fewest = new Int32Array(order.length).fill(unbounded)
  const most = new Int32Array(order.length).fill(-1)
  const spans = spanKinds(order)
  for (let id = order.length - 1; id >= 0; id--) {
    const node = order[id]!
    if (node.leaves !== undefined || node.slashLeaves !== undefined) fewest[id] = most[id] = 0
    for (const child of childrenOf(node)) {
      fewest[id] = Math.min(fewest[id]!, fewest[child.id]! + 1)
      most[id] = Math.max(most[id]!, Math.min(most[child.id]! + 1, unbounded))
    }
    if (spans[id] !== 0) most[id] = unbounded
    nodes[node.place + SIZE] = packSize(fewest[id]!, most[id]!, spans[id]!)
  }
  return most[0]!
}

/** 1 for a greedy node, 2 for one below another: only these can be reached twice at one depth. */
function spanKinds (order: readonly BuildNode[]): Uint8Array {
  const kinds = new Uint8Array(order.length)
  for (const { greedy, greedyDepth } of order) if (greedy !== undefined) kinds[greedy.id] = greedyDepth > 0 ? 2 : 1
  return kinds
}

/** Fewest in bits 0 to 9, most in bits 10 to 19 (1023 = any number), kind of spanning above. An empty tree has most 0. */
function packSize (fewest: number, most: number, spans: number): number {
  return Math.min(fewest, manySegments - 1) | Math.min(Math.max(most, 0), manySegments) << 10 | spans << 20
}
