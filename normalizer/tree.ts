/**
 * The segment tree of a whole catalog, in flat typed arrays: a node is a number, a static segment is an interned number,
 * an edge is an entry of one hash table. One hash per request segment finds its number; from there on everything is
 * integer comparison, whatever number of documents is in the tree.
 */
import type { Endpoint, Form, Segment } from './endpoint.ts'
import { compareMixed, compileMixed } from './segment.ts'
import type { MixedPattern } from './segment.ts'

/** One template of one document at one group of servers: what all its written forms lead to. */
export interface TemplateRecord {
  readonly document: number
  /** Index of the group of servers. */
  readonly mount: number
  /** The key had a `#` or `?` suffix: a key without one goes first. */
  readonly suffixed: boolean
  /** Operation by method number, fallbacks filled in (HEAD from GET, any-method). */
  readonly byMethod: ReadonlyArray<Endpoint | undefined>
  /** Stands for the path when the method is not declared. */
  readonly path: Endpoint
}

/** One written form of a template, at the end of its branch. */
export interface Leaf {
  readonly record: TemplateRecord
  readonly form: Form
  /** 1 when the form lacks the document's base path. */
  readonly stripped: number
  /** 1 when the base path is not empty and part of the form. */
  readonly based: number
  /** 1 for the single-segment form of a parameter that may span several. */
  readonly derived: number
}

/** A leaf with the form's segments: what the builder takes. */
export interface Branch extends Leaf { readonly segments: readonly Segment[] }

/** Node tables are indexed by node number; the root is 0, and 0 as a child means none. */
export interface Tree {
  readonly nodes: number
  /** Deepest possible number of segments; Infinity with greedy parameters. */
  readonly depth: number
  readonly segments: SegmentTable
  readonly edges: Int32Array
  readonly edgeMask: number
  /** The only static segment of a node, 0 for none, -1 when the edge table must be asked. */
  readonly onlySegment: Int32Array
  readonly onlyChild: Int32Array
  readonly parameter: Int32Array
  readonly greedy: Int32Array
  /** Range of a node's mixed children in `mixed`. */
  readonly mixedFrom: Int32Array
  readonly mixedTo: Int32Array
  readonly mixed: ReadonlyArray<{ readonly pattern: MixedPattern, readonly child: number }>
  /** Fewest and most segments below a node to any of its leaves (most = 2^30 below a greedy one). */
  readonly fewest: Int32Array
  readonly most: Int32Array
  /** 1 for a greedy node, 2 for a greedy node below another: only these can be reached twice at one depth. */
  readonly spans: Uint8Array
  readonly leaves: ReadonlyArray<readonly Leaf[] | undefined>
  readonly slashLeaves: ReadonlyArray<readonly Leaf[] | undefined>
}

/** The interned static segments, an open-addressed hash table over their characters. */
export interface SegmentTable {
  readonly slots: Int32Array
  readonly mask: number
  readonly hashes: Int32Array
  readonly offsets: Int32Array
  readonly lengths: Int32Array
  /** Characters of all segments; their normal form is ASCII. */
  readonly characters: Uint8Array
}

const unbounded = 2 ** 30

/** Factors of the hash of an edge; the search must use the same. */
export const nodeFactor = 0x9E3779B1
export const segmentFactor = 0x85EBCA6B
/** Start and factor of the hash of a segment (FNV-1a over its character codes). */
export const hashStart = 0x811C9DC5 | 0
export const hashFactor = 0x01000193

/** Builds the tree. Leaves of a node keep the order of `branches`, plain keys before suffixed and derived ones. */
export function buildTree (branches: Iterable<Branch>): Tree {
  const root = newNode()
  for (const branch of branches) insert(root, branch)
  const nodes = number(root)
  const segments = new Map<string, number>()
  const edges: number[] = []
  const tree = emptyTables(nodes)
  for (const node of nodes) fillNode(tree, node, segments, edges)
  measure(tree, nodes)
  return {
    ...tree,
    nodes: nodes.length,
    depth: tree.most[0]! >= unbounded ? Infinity : tree.most[0]!,
    segments: internTable([...segments.keys()]),
    ...edgeTable(edges),
  }
}

interface BuildNode {
  id: number
  depth: number
  greedyDepth: number
  statics: Map<string, BuildNode> | undefined
  mixed: Map<string, { pattern: MixedPattern, child: BuildNode }> | undefined
  parameter: BuildNode | undefined
  greedy: BuildNode | undefined
  leaves: Leaf[] | undefined
  slashLeaves: Leaf[] | undefined
}

function newNode (parent?: BuildNode, greedy = 0): BuildNode {
  return {
    id: 0,
    depth: parent === undefined ? 0 : parent.depth + 1,
    greedyDepth: (parent?.greedyDepth ?? 0) + greedy,
    statics: undefined,
    mixed: undefined,
    parameter: undefined,
    greedy: undefined,
    leaves: undefined,
    slashLeaves: undefined,
  }
}

function insert (root: BuildNode, { segments, ...leaf }: Branch): void {
  let node = root
  for (const segment of segments) node = childFor(node, segment)
  if (leaf.form.slash) (node.slashLeaves ??= []).push(leaf)
  else (node.leaves ??= []).push(leaf)
}

function childFor (node: BuildNode, segment: Segment): BuildNode {
  if (segment.kind === 'param') return (node.parameter ??= newNode(node))
  if (segment.kind === 'greedy') return (node.greedy ??= newNode(node, 1))
  if (segment.kind === 'static') {
    const statics = (node.statics ??= new Map())
    const known = statics.get(segment.text) ?? newNode(node)
    statics.set(segment.text, known)
    return known
  }
  const mixed = (node.mixed ??= new Map())
  const key = segment.literals.join('\n')
  const known = mixed.get(key) ?? { pattern: compileMixed(segment), child: newNode(node) }
  mixed.set(key, known)
  return known.child
}

/** Numbers the nodes breadth first, so that the hot upper levels lie together. */
function number (root: BuildNode): BuildNode[] {
  const nodes = [root]
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!
    node.id = index
    for (const child of childrenOf(node)) nodes.push(child)
  }
  return nodes
}

function childrenOf (node: BuildNode): BuildNode[] {
  const children = [...node.statics?.values() ?? []]
  for (const { child } of node.mixed?.values() ?? []) children.push(child)
  if (node.parameter !== undefined) children.push(node.parameter)
  if (node.greedy !== undefined) children.push(node.greedy)
  return children
}

type Tables = ReturnType<typeof emptyTables>

function emptyTables (nodes: BuildNode[]) {
  const size = nodes.length
  return {
    onlySegment: new Int32Array(size),
    onlyChild: new Int32Array(size),
    parameter: new Int32Array(size),
    greedy: new Int32Array(size),
    mixedFrom: new Int32Array(size),
    mixedTo: new Int32Array(size),
    mixed: [] as Array<{ pattern: MixedPattern, child: number }>,
    fewest: new Int32Array(size).fill(unbounded),
    most: new Int32Array(size).fill(-1),
    spans: new Uint8Array(size),
    leaves: new Array<Leaf[] | undefined>(size).fill(undefined),
    slashLeaves: new Array<Leaf[] | undefined>(size).fill(undefined),
  }
}

function fillNode (tables: Tables, node: BuildNode, segments: Map<string, number>, edges: number[]): void {
  const { id } = node
  for (const [text, child] of node.statics ?? []) {
    const segment = segments.get(text) ?? segments.size + 1
    segments.set(text, segment)
    if (node.statics?.size === 1) {
      tables.onlySegment[id] = segment
      tables.onlyChild[id] = child.id
    } else {
      tables.onlySegment[id] = -1
      edges.push(id, segment, child.id)
    }
  }
  tables.parameter[id] = node.parameter?.id ?? 0
  tables.greedy[id] = node.greedy?.id ?? 0
  if (node.greedy !== undefined) tables.spans[node.greedy.id] = node.greedyDepth > 0 ? 2 : 1
  tables.mixedFrom[id] = tables.mixed.length
  const mixed = [...node.mixed?.values() ?? []].sort((a, b) => compareMixed(a.pattern, b.pattern))
  for (const { pattern, child } of mixed) tables.mixed.push({ pattern, child: child.id })
  tables.mixedTo[id] = tables.mixed.length
  tables.leaves[id] = node.leaves?.sort(compareLeaves)
  tables.slashLeaves[id] = node.slashLeaves?.sort(compareLeaves)
}

function compareLeaves (a: Leaf, b: Leaf): number {
  return a.derived - b.derived || Number(a.record.suffixed) - Number(b.record.suffixed)
}

/** Children have higher numbers than their parents, so one pass from the end sees all. */
function measure (tables: Tables, nodes: BuildNode[]): void {
  for (let id = nodes.length - 1; id >= 0; id--) {
    const node = nodes[id]!
    let fewest = node.leaves !== undefined || node.slashLeaves !== undefined ? 0 : unbounded
    let most = fewest === 0 ? 0 : -1
    for (const child of childrenOf(node)) {
      fewest = Math.min(fewest, tables.fewest[child.id]! + 1)
      most = Math.max(most, tables.most[child.id]! + 1)
    }
    tables.fewest[id] = fewest
    tables.most[id] = tables.spans[id] === 0 ? Math.min(most, unbounded) : unbounded
  }
}

function internTable (texts: string[]): SegmentTable {
  const mask = tableSize(texts.length) - 1
  const table = {
    slots: new Int32Array(mask + 1),
    mask,
    hashes: new Int32Array(texts.length + 1),
    offsets: new Int32Array(texts.length + 1),
    lengths: new Int32Array(texts.length + 1),
    characters: new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0)),
  }
  let offset = 0
  for (const [index, text] of texts.entries()) {
    let hash = hashStart
    table.offsets[index + 1] = offset
    table.lengths[index + 1] = text.length
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      hash = Math.imul(hash ^ code, hashFactor)
      table.characters[offset++] = code
    }
    table.hashes[index + 1] = hash
    let slot = (hash ^ (hash >>> 15)) & mask
    while (table.slots[slot] !== 0) slot = (slot + 1) & mask
    table.slots[slot] = index + 1
  }
  return table
}

function edgeTable (edges: number[]): { edges: Int32Array, edgeMask: number } {
  const mask = tableSize(edges.length / 3) - 1
  const table = new Int32Array((mask + 1) * 4)
  for (let index = 0; index < edges.length; index += 3) {
    const node = edges[index]!
    const segment = edges[index + 1]!
    let hash = Math.imul(node, nodeFactor) ^ Math.imul(segment, segmentFactor)
    hash = (hash ^ (hash >>> 15)) & mask
    while (table[hash * 4 + 2] !== 0) hash = (hash + 1) & mask
    table.set([node, segment, edges[index + 2]!], hash * 4)
  }
  return { edges: table, edgeMask: mask }
}

function tableSize (entries: number): number {
  let size = 4
  while (size < entries * 2) size *= 2
  return size
}
