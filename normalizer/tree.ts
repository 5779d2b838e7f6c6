/**
 * The segment tree of a whole catalog, in flat typed arrays: a node is a record of eight numbers, a static edge an entry
 * of one hash table over node and segment. A request's segments are hashed once; following an edge then costs one probe
 * and one comparison of its text, whatever number of documents is in the tree.
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

/** The tree in flat form. */
export interface Tree {
  /** Records of `nodeSize` numbers a node, see the field offsets below; the root is node 0, and 0 as a child means none. */
  readonly nodes: Int32Array
  /** Deepest possible number of segments; 2^30 with greedy parameters. */
  readonly depth: number
  /** Hash table of the static edges, records of four: node, hash of the segment, child, number of the segment. */
  readonly edges: Int32Array
  readonly edgeMask: number
  readonly segments: SegmentTable
  /** Mixed children; a node's are a range of them. */
  readonly mixed: ReadonlyArray<{ readonly pattern: MixedPattern, readonly child: number }>
  readonly leaves: ReadonlyArray<readonly Leaf[] | undefined>
  readonly slashLeaves: ReadonlyArray<readonly Leaf[] | undefined>
  /** Long lists of leaves once more, by group of servers. */
  readonly byMount: ReadonlyMap<readonly Leaf[], ReadonlyMap<number, readonly Leaf[]>>
}

/** Texts of the static segments by number, to make sure of a hash. */
export interface SegmentTable {
  readonly offsets: Int32Array
  readonly lengths: Int32Array
  /** Characters of all segments; their normal form is ASCII. */
  readonly characters: Uint8Array
}

/** Numbers of a node's record (half a cache line); the search knows the offsets by heart. */
const nodeSize = 8
const PARAMETER = 0
const GREEDY = 1
const MIXED_FROM = 2
const MIXED_TO = 3
/** Position of the only static edge + 1, 0 for none, -1 when the edge table must be asked. */
const STATIC = 4
/** Fewest and most segments below the node to any of its leaves; most = 2^30 below a greedy one. */
const FEWEST = 5
const MOST = 6
/** 1 for a greedy node, 2 for one below another: only these can be reached twice at one depth. */
const SPANS = 7

const unbounded = 2 ** 30

/** Factor of a node's number in the hash of its edges. */
const nodeFactor = 0x9E3779B1 | 0
/** Builds the tree. Leaves of a node keep the order of `branches`, plain keys before suffixed and derived ones. */
export function buildTree (branches: Iterable<Branch>): Tree {
  const root = newNode()
  for (const branch of branches) insert(root, branch)
  const order = number(root)
  const nodes = new Int32Array(order.length * nodeSize)
  const mixed: Array<{ pattern: MixedPattern, child: number }> = []
  for (const node of order) fillNode(nodes, node, mixed)
  measure(nodes, order)
  const most = nodes[MOST]!
  return {
    nodes,
    depth: most,
    ...edgeTables(nodes, order),
    mixed,
    ...leafTables(order),
  }
}

/** Hash of a segment, as the search computes it. */
export function hashOf (text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
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

/** Numbers the nodes depth first, so that the nodes of one path lie together. */
function number (root: BuildNode): BuildNode[] {
  const nodes: BuildNode[] = []
  const pending = [root]
  while (pending.length > 0) {
    const node = pending.pop()!
    node.id = nodes.length
    nodes.push(node)
    for (const child of childrenOf(node).reverse()) pending.push(child)
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

function fillNode (nodes: Int32Array, node: BuildNode, mixed: Array<{ pattern: MixedPattern, child: number }>): void {
  const at = node.id * nodeSize
  nodes[at + PARAMETER] = node.parameter?.id ?? 0
  nodes[at + GREEDY] = node.greedy?.id ?? 0
  if (node.greedy !== undefined) nodes[node.greedy.id * nodeSize + SPANS] = node.greedyDepth > 0 ? 2 : 1
  nodes[at + MIXED_FROM] = mixed.length
  const own = [...node.mixed?.values() ?? []].sort((a, b) => compareMixed(a.pattern, b.pattern))
  for (const { pattern, child } of own) mixed.push({ pattern, child: child.id })
  nodes[at + MIXED_TO] = mixed.length
}

/** Lists longer than this are not walked when the groups that may answer are known. */
export const longList = 12

function leafTables (order: readonly BuildNode[]): Pick<Tree, 'leaves' | 'slashLeaves' | 'byMount'> {
  const leaves = order.map((node) => arrange(node.leaves))
  const slashLeaves = order.map((node) => arrange(node.slashLeaves))
  const byMount = new Map<readonly Leaf[], Map<number, Leaf[]>>()
  for (const list of [...leaves, ...slashLeaves]) {
    if (list === undefined || list.length <= longList) continue
    const groups = new Map<number, Leaf[]>()
    for (const leaf of list) groups.set(leaf.record.mount, [...groups.get(leaf.record.mount) ?? [], leaf])
    byMount.set(list, groups)
  }
  return { leaves, slashLeaves, byMount }
}

/** With base path first, keys without suffix and true parameters first; otherwise the order of documents and keys. */
function arrange (leaves: Leaf[] | undefined): Leaf[] | undefined {
  const sorted = leaves?.sort((a, b) =>
    a.stripped - b.stripped || a.derived - b.derived || Number(a.record.suffixed) - Number(b.record.suffixed))
  return sorted === undefined || sorted.length <= longList ? sorted : withoutTwins(sorted)
}

/** Some documents declare hundreds of operations at one path and tell them apart by a suffix: the first of each method will do. */
function withoutTwins (leaves: readonly Leaf[]): Leaf[] {
  const seen = new Map<string, number>()
  return leaves.filter(({ record, stripped, based, derived }) => {
    const keys = record.byMethod.flatMap((endpoint, method) =>
      endpoint === undefined ? [] : [`${record.mount} ${stripped} ${based} ${derived} ${method}`])
    for (const key of keys) seen.set(key, (seen.get(key) ?? 0) + 1)
    // The second stays, so that the first is flagged as one of a shape.
    return keys.length === 0 || keys.some((key) => seen.get(key)! <= 2)
  })
}

/** Children have higher numbers than their parents, so one pass from the end sees all. */
function measure (nodes: Int32Array, order: readonly BuildNode[]): void {
  for (let id = order.length - 1; id >= 0; id--) {
    const node = order[id]!
    let fewest = node.leaves !== undefined || node.slashLeaves !== undefined ? 0 : unbounded
    let most = fewest === 0 ? 0 : -1
    for (const child of childrenOf(node)) {
      fewest = Math.min(fewest, nodes[child.id * nodeSize + FEWEST]! + 1)
      most = Math.max(most, nodes[child.id * nodeSize + MOST]! + 1)
    }
    nodes[id * nodeSize + FEWEST] = fewest
    nodes[id * nodeSize + MOST] = nodes[id * nodeSize + SPANS] === 0 ? Math.min(most, unbounded) : unbounded
  }
}

function edgeTables (nodes: Int32Array, order: readonly BuildNode[]): Pick<Tree, 'edges' | 'edgeMask' | 'segments'> {
  const edgeMask = tableSize(order.length) - 1
  const edges = new Int32Array((edgeMask + 1) * 4)
  const numbers = new Map<string, number>()
  for (const { id, statics } of order) {
    for (const [text, child] of statics ?? []) {
      const segment = numbers.get(text) ?? numbers.size
      numbers.set(text, segment)
      const hash = hashOf(text)
      let slot = edgeSlot(id, hash) & edgeMask
      while (edges[slot * 4 + 2] !== 0) slot = (slot + 1) & edgeMask
      edges.set([id, hash, child.id, segment], slot * 4)
      nodes[id * nodeSize + STATIC] = statics?.size === 1 ? slot * 4 + 1 : -1
    }
  }
  return { edges, edgeMask, segments: segmentTable([...numbers.keys()]) }
}

/** Where an edge is looked for first, before the mask. */
export function edgeSlot (node: number, hash: number): number {
  const mixed = Math.imul(node, nodeFactor) ^ hash
  return mixed ^ (mixed >>> 15)
}

function segmentTable (texts: readonly string[]): SegmentTable {
  const offsets = new Int32Array(texts.length)
  const lengths = Int32Array.from(texts, (text) => text.length)
  const characters = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let offset = 0
  for (const [segment, text] of texts.entries()) {
    offsets[segment] = offset
    for (let index = 0; index < text.length; index++) characters[offset++] = text.charCodeAt(index)
  }
  return { offsets, lengths, characters }
}

function tableSize (entries: number): number {
  let size = 4
  while (size < entries * 2) size *= 2
  return size
}
