/** The nodes of the segment tree: as objects while it grows, and the places of their numbers in the flat form. */
import type { Branch, Leaf } from './branch.ts'
import type { Segment } from './endpoint.ts'
import { compileMixed } from './segment.ts'
import type { MixedPattern } from './segment.ts'

/** A node while the tree is built. */
export interface BuildNode {
  id: number
  /** Place of the record among the numbers of all. */
  place: number
  /** The static segment that leads here. */
  text: string
  depth: number
  greedyDepth: number
  statics: Map<string, BuildNode> | undefined
  mixed: Map<string, { pattern: MixedPattern, child: BuildNode }> | undefined
  parameter: BuildNode | undefined
  greedy: BuildNode | undefined
  leaves: Leaf[] | undefined
  slashLeaves: Leaf[] | undefined
}

/**
 * Numbers of a node's record, half a cache line; the search knows the offsets by heart. Before it stands the start of the static
 * segment that leads to it, padded to whole numbers; behind it the table of its static edges: hash and child in turn, 0 = none.
 */
export const nodeSize = 8
/** Fewest and most segments below the node to any of its leaves, and whether it spans: see `measure` in tree.ts. */
export const SIZE = 0
/** Child for a whole-segment parameter. */
export const PARAMETER = 1
/** Place in `others` + 1; 0 = neither greedy nor mixed children. */
export const OTHERS = 2
/** How to look up a static child: shift and reach, see `EdgeTable` in edges.ts. */
export const PROBE = 3
/** The multiplier of the table; 0 = no static children. */
export const FACTOR = 4
/** First leaf + 1; 0 = none. */
export const LEAVES = 5
/** First leaf of the forms with a trailing slash + 1; 0 = none. */
export const SLASH_LEAVES = 6
/** Length of the static segment that leads to the node. */
export const LENGTH = 7

/** A node without anything below it. */
export function newNode (parent?: BuildNode, greedy = 0, text = ''): BuildNode {
  return {
    id: 0,
    place: 0,
    text,
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

/** Adds a branch below the root. */
export function insert (root: BuildNode, { segments, ...leaf }: Branch): void {
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
    const known = statics.get(segment.text) ?? newNode(node, 0, segment.text)
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
export function number (root: BuildNode): BuildNode[] {
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

/** The children of a node, static ones first. */
export function childrenOf (node: BuildNode): BuildNode[] {
  const children = [...node.statics?.values() ?? []]
  for (const { child } of node.mixed?.values() ?? []) children.push(child)
  if (node.parameter !== undefined) children.push(node.parameter)
  if (node.greedy !== undefined) children.push(node.greedy)
  return children
}
