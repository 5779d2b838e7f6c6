/**
 * The search in the tree: segment by segment, static before mixed before parameter before greedy, leftmost difference
 * decides, full backtracking. Every node of the tree is visited at most once per depth, so the time is linear in the
 * length of the path. Nothing is allocated: scratch arrays live as long as the searcher (and grow to the longest path).
 */
import type { Leaf } from './branch.ts'
import { edgeSlot } from './edges.ts'
import { LAST, leafAt } from './leaves.ts'
import type { LeafTable } from './leaves.ts'
import { createCursor, scanTarget } from './scan.ts'
import type { Cursor } from './scan.ts'
import { fitsMixed } from './segment.ts'
import { openFilter, select } from './select.ts'
import type { Filter, Found } from './select.ts'
import { patternOf } from './tree.ts'
import type { Tree } from './tree.ts'

/** Scans targets and searches a tree. One search at a time: the cursor and the result are reused. */
export interface Searcher {
  readonly cursor: Cursor
  readonly found: Found
  /** What the found leaf's numbers stand for. */
  readonly leaves: LeafTable
  /** Nodes visited by all searches so far. */
  readonly steps: () => number
  /** Cuts and scans a target into the cursor; false when it is malformed. */
  scan (target: unknown): boolean
  /** Finds the best leaf for the scanned path into `found`; `method` is its number, 0 for one that nobody declares. False = none. */
  find (method: number, filter: Filter): boolean
  /** Calls `visit` with every leaf that fits the scanned path, in the order of the search. */
  each (visit: (leaf: Leaf, slash: boolean) => void): void
}

/** Creates a searcher over a tree. */
export function createSearcher (tree: Tree): Searcher {
  const cursor = createCursor(tree.depth)
  const found: Found = { leaf: -1, rank: 0, declared: false, sameShape: false, ambiguous: false }
  const walk = createWalk(tree, cursor)
  let wanted = 0
  let filter = openFilter
  let floor = 0
  const consider = (first: number, penalty: number): boolean => {
    select(tree.leaves, found, first, wanted, filter, penalty)
    return found.rank <= floor
  }
  return {
    cursor,
    found,
    leaves: tree.leaves,
    steps: walk.steps,
    scan: (target) => scanTarget(cursor, tree.depth, target),
    find (method, by) {
      wanted = method
      filter = by
      floor = by.hosts === null ? 0 : by.hosts.best * 4
      found.leaf = -1
      found.rank = unfound
      walk.run(consider)
      return found.leaf >= 0
    },
    each (visit) {
      walk.run((first, penalty) => {
        let leaf = first
        do visit(leafAt(tree.leaves, leaf), penalty === 1)
        while ((tree.leaves.records[leaf++ * 4 + 3]! & LAST) === 0)
        return false
      })
    },
  }
}

const unfound = 2 ** 20

/** Takes the run of leaves that end a fitting branch; true ends the walk. */
type Consider = (first: number, penalty: number) => boolean

function createWalk (tree: Tree, cursor: Cursor): { run (consider: Consider): void, steps: () => number } {
  const { mixed } = tree
  // Alternatives still to try, the next on top: node, depth, and the mixed pattern that the segment before must fit.
  let stack = new Int32Array(192)
  let top = 0
  // Not a plain number: beyond 2^30 every step would make a new one on the heap.
  const steps = new Float64Array(1)
  const seen = new Set<number>()

  const push = (node: number, depth: number, pattern: number): void => {
    if (top + 3 > stack.length) {
      const larger = new Int32Array(stack.length * 2)
      larger.set(stack)
      stack = larger
    }
    stack[top] = node
    stack[top + 1] = depth
    stack[top + 2] = pattern
    top += 3
  }

  const finish = (exact: number, other: number, consider: Consider): boolean =>
    (exact !== 0 && consider(exact - 1, 0)) || (other !== 0 && consider(other - 1, 1))

  /** Stacks what else could follow than a static segment, the best on top. */
  const branch = (parameter: number, others: number, depth: number): void => {
    const at = others - 1
    if (others !== 0 && tree.others[at] !== 0) push(tree.others[at]!, depth, -1)
    if (parameter !== 0) push(parameter, depth, -1)
    if (others === 0) return
    for (let index = tree.others[at + 2]! - 1; index >= tree.others[at + 1]!; index--) push(mixed[index]!, depth, index)
  }

  /** A greedy node may also take the next segment; false when it was here before. */
  const span = (node: number, depth: number, kind: number): boolean => {
    if (kind === 2) {
      const key = node * (cursor.count + 1) + depth
      if (seen.has(key)) return false
      seen.add(key)
    }
    if (depth < cursor.count) push(node, depth + 1, -1)
    return true
  }

  const fits = (pattern: number, depth: number): boolean =>
    fitsMixed(patternOf(tree, pattern), cursor.text, cursor.starts[depth - 1]!, cursor.starts[depth]! - 1)

  // One long function with bare offsets on purpose: arrays in locals make a step cost a few nanoseconds, and module
  // bindings would be read again at every step. A node's record, as node.ts lays it out: 0 parameter, 1 others,
  // 2 to 4 static edges, 5 size (fewest and most segments below in ten bits each, then spans), 6 and 7 leaves.
  const run = (consider: Consider): void => {
    const { nodes, edges, texts } = tree
    const { starts, hashes, count, text, slash } = cursor
    if (count > tree.depth) return
    let node = 0
    let depth = 0
    top = 0
    if (seen.size > 0) seen.clear()
    for (;;) {
      steps[0]!++
      const at = node * 8
      const left = count - depth
      const size = nodes[at + 5]!
      const most = (size >> 10) & 1023
      let next = 0
      if (left >= (size & 1023) && (left <= most || most === 1023) && (size < spanning || span(node, depth, size >> 20))) {
        if (left === 0) {
          if (slash ? finish(nodes[at + 7]!, nodes[at + 6]!, consider) : finish(nodes[at + 6]!, nodes[at + 7]!, consider)) return
        } else {
          const start = starts[depth]!
          const end = starts[depth + 1]! - 1
          const only = nodes[at + 2]!
          if (only > 0) {
            if (nodes[at + 3] === hashes[depth] && isText(texts, nodes[at + 4]!, text, start, end)) next = only
          } else if (only < 0) {
            const hash = hashes[depth]!
            const from = nodes[at + 3]!
            const shift = nodes[at + 4]!
            for (let slot = edgeSlot(hash, shift); edges[from + slot * 4 + 1] !== 0; slot = (slot + 1) & (-1 >>> shift)) {
              if (edges[from + slot * 4] === hash && isText(texts, edges[from + slot * 4 + 2]!, text, start, end)) {
                next = edges[from + slot * 4 + 1]!
                break
              }
            }
          }
          const parameter = nodes[at]!
          const others = nodes[at + 1]!
          if (end > start && (parameter | others) !== 0) {
            if (next === 0 && others === 0) next = parameter
            else branch(parameter, others, depth + 1)
          }
        }
      }
      depth++
      while (next === 0) {
        if (top === 0) return
        top -= 3
        depth = stack[top + 1]!
        const pattern = stack[top + 2]!
        if (pattern < 0 || fits(pattern, depth)) next = stack[top]!
      }
      node = next
    }
  }
  return { run, steps: () => steps[0]! }
}

/** Sizes from here on are of nodes that span segments. */
const spanning = 1 << 20

/** Equal hashes are not yet equal texts: whoever sends requests can choose them. */
function isText (texts: Uint8Array, place: number, text: string, start: number, end: number): boolean {
  let at = place
  for (let index = start; index < end; index++) if (text.charCodeAt(index) !== texts[at++]) return false
  return texts[at] === 0
}
