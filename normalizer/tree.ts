/**
 * The segment tree of a whole catalog, in flat typed arrays. A request's segments are hashed once; a step then reads one
 * record of eight numbers, and where a node has several static children one entry of its own small hash table. Records,
 * tables and leaves lie in the order of a walk, so that what a request needs lies together, whatever number of documents
 * is in the tree.
 */
import type { Branch } from './branch.ts'
import { flattenEdges } from './edges.ts'
import type { EdgeTables } from './edges.ts'
import { buildLeaves } from './leaves.ts'
import type { LeafTable } from './leaves.ts'
import { childrenOf, insert, LEAVES, newNode, nodeSize, number, OTHERS, PARAMETER, SIZE, SLASH_LEAVES } from './node.ts'
import type { BuildNode } from './node.ts'
import { compareMixed } from './segment.ts'
import type { MixedPattern } from './segment.ts'

/** The tree in flat form. */
export interface Tree extends EdgeTables {
  /** Records of `nodeSize` numbers a node, see node.ts; the root is node 0, and 0 as a child means none. */
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
  const nodes = new Int32Array(order.length * nodeSize)
  const { table, first, firstSlash } = buildLeaves(order)
  for (const node of order) {
    nodes[node.id * nodeSize + PARAMETER] = node.parameter?.id ?? 0
    nodes[node.id * nodeSize + LEAVES] = first[node.id]!
    nodes[node.id * nodeSize + SLASH_LEAVES] = firstSlash[node.id]!
  }
  return { nodes, depth: measure(nodes, order), ...otherTables(nodes, order), ...flattenEdges(nodes, order), leaves: table, unread: null }
}

function otherTables (nodes: Int32Array, order: readonly BuildNode[]): Pick<Tree, 'others' | 'mixed' | 'patterns'> {
  const mixed: number[] = []
  const patterns: MixedPattern[] = []
  const others: number[] = []
  for (const node of order) {
    if (node.greedy === undefined && node.mixed === undefined) continue
    nodes[node.id * nodeSize + OTHERS] = others.length + 1
    const own = [...node.mixed?.values() ?? []].sort((a, b) => compareMixed(a.pattern, b.pattern))
    others.push(node.greedy?.id ?? 0, mixed.length, mixed.length + own.length)
    mixed.push(...own.map(({ child }) => child.id))
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
    nodes[id * nodeSize + SIZE] = packSize(fewest[id]!, most[id]!, spans[id]!)
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
