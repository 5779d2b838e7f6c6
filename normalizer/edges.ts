/** The static edges of the tree: hash tables of the nodes that have several, and the texts that make sure of a hash. */
import { HASH, nodeSize, STATIC, TEXT } from './node.ts'
import type { BuildNode } from './node.ts'

/** Static edges in flat form. */
export interface EdgeTables {
  /** A table a node, each of a power of two of records of four: hash, child (0 = empty), place of the text, unused. */
  readonly edges: Int32Array
  /** Texts of the static segments, each closed by a 0; their normal form is ASCII. */
  readonly texts: Uint8Array
}

/** Factor of multiplicative hashing: its high bits depend on all bits of the hash. */
const factor = 0x9E3779B1 | 0

/** Hash of a segment, as scanning computes it. */
export function hashOf (text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = ((hash << 7) | (hash >>> 25)) ^ text.charCodeAt(index)
  return hash
}

/** Where in a table an edge is looked for first; then in the places after it, around the end. */
export function edgeSlot (hash: number, shift: number): number {
  return Math.imul(hash, factor) >>> shift
}

/** Lays out the edges of all nodes, in their order, and fills in the nodes' records. */
export function flattenEdges (nodes: Int32Array, order: readonly BuildNode[]): EdgeTables {
  const edges = new Int32Array(4 * order.reduce((sum, { statics }) => sum + tableSize(statics?.size ?? 0), 0))
  const { texts, places } = textTable(order)
  let from = 0
  for (const { id, statics } of order) {
    if (statics === undefined) continue
    const at = id * nodeSize
    if (statics.size === 1) {
      const [[text, child]] = [...statics] as [[string, BuildNode]]
      nodes.set([child.id, hashOf(text), places.get(text)!], at + STATIC)
      continue
    }
    const size = tableSize(statics.size)
    const shift = Math.clz32(size) + 1
    nodes[at + STATIC] = -1
    nodes[at + HASH] = from
    nodes[at + TEXT] = shift
    for (const [text, child] of statics) addEdge(edges, from, shift, [hashOf(text), child.id, places.get(text)!])
    from += size * 4
  }
  return { edges, texts }
}

function addEdge (edges: Int32Array, from: number, shift: number, edge: readonly [hash: number, child: number, text: number]): void {
  const last = -1 >>> shift
  let slot = edgeSlot(edge[0], shift)
  while (edges[from + slot * 4 + 1] !== 0) slot = (slot + 1) & last
  edges.set(edge, from + slot * 4)
}

/** Half empty, so that a search that finds nothing ends soon; a single edge needs no table. */
function tableSize (entries: number): number {
  if (entries < 2) return 0
  let size = 4
  while (size < entries * 2) size *= 2
  return size
}

function textTable (order: readonly BuildNode[]): { texts: Uint8Array, places: ReadonlyMap<string, number> } {
  const places = new Map<string, number>()
  let length = 0
  for (const { statics } of order) {
    for (const text of statics?.keys() ?? []) {
      if (places.has(text)) continue
      places.set(text, length)
      length += text.length + 1
    }
  }
  const texts = new Uint8Array(length)
  for (const [text, place] of places) {
    for (let index = 0; index < text.length; index++) texts[place + index] = text.charCodeAt(index)
  }
  return { texts, places }
}
