/** The static edges of the tree: a small hash table a node, and the texts that make sure of a hash. */

/**
 * As many characters at the end of a segment as its hash and length vouch for: a hash moves by seven bits for each character,
 * and in normal form they are ASCII. Those before are compared.
 */
export const vouched = 4

/** Hash of a segment, as scanning computes it. */
export function hashOf (text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = ((hash << 7) | (hash >>> 25)) ^ text.charCodeAt(index)
  return hash
}

/** The static edges of one node: a multiplied hash, shifted, is the place of its entry or a little before it. */
export interface EdgeTable {
  /** Chosen so that few entries of this very table meet. */
  readonly factor: number
  /** Bits to shift by, 0 to 31; above them, how far from its first place an entry may stand. */
  readonly probe: number
  readonly entries: ReadonlyArray<Edge | undefined>
}

interface Edge { readonly hash: number, readonly text: string }

/** Multipliers that are tried: for most tables one is among them that keeps all entries apart. */
const factors = Int32Array.from({ length: 16 }, (_, index) => Math.imul(index * 2 + 1, 0x9E3779B1))

/** Gives every edge its place. A table is half empty at least, so that a search for what is not there ends soon. */
export function layTable (texts: readonly string[]): EdgeTable {
  const edges = texts.map((text) => ({ hash: hashOf(text), text }))
  const shift = Math.clz32(edges.length * 2 - 1)
  let best: Layout | undefined
  for (const factor of factors) {
    const layout = layOut(edges, factor, shift)
    if (best === undefined || layout.reach < best.reach) best = layout
    if (best.reach === 0) break
  }
  const { factor, entries, reach } = best!
  return { factor, probe: shift | reach << 5, entries }
}

interface Layout { factor: number, entries: Array<Edge | undefined>, reach: number }

function layOut (edges: readonly Edge[], factor: number, shift: number): Layout {
  const size = 2 ** (32 - shift)
  const entries = new Array<Edge | undefined>(size).fill(undefined)
  let reach = 0
  for (const edge of edges) {
    const first = Math.imul(edge.hash, factor) >>> shift
    let slot = first
    while (entries[slot] !== undefined) slot++
    entries[slot] = edge
    reach = Math.max(reach, slot - first)
  }
  // A search may look as far behind every place.
  while (entries.length < size + reach) entries.push(undefined)
  return { factor, entries, reach }
}
