/**
 * The search in the tree: segment by segment, static before mixed before parameter before greedy, leftmost difference
 * decides, full backtracking. Every node of the tree is visited at most once per depth, so the time is linear in the
 * length of the path. Nothing is allocated: scratch arrays live as long as the searcher (and grow to the longest path).
 */
import { createCursor, scanTarget } from './scan.ts'
import type { Cursor } from './scan.ts'
import { fitsMixed } from './segment.ts'
import { openFilter, select } from './select.ts'
import type { Filter, Found } from './select.ts'
import { edgeSlot } from './tree.ts'
import type { Leaf, SegmentTable, Tree } from './tree.ts'

/** Scans targets and searches a tree. One search at a time: the cursor and the result are reused. */
export interface Searcher {
  readonly cursor: Cursor
  readonly found: Found
  /** Nodes visited by all searches so far. */
  readonly steps: () => number
  /** Cuts and scans a target into the cursor; false when it is malformed. */
  scan (target: unknown): boolean
  /** Finds the best leaf for the scanned path into `found`; `method` is its number, 0 for one that nobody declares. */
  find (method: number, filter: Filter): Leaf | null
  /** Calls `visit` with every leaf that fits the scanned path, in the order of the search. */
  each (visit: (leaf: Leaf, slash: boolean) => void): void
}

/** Creates a searcher over a tree. */
export function createSearcher (tree: Tree): Searcher {
  const cursor = createCursor(tree.depth)
  const found: Found = { leaf: null, rank: 0, declared: false, sameShape: false, ambiguous: false }
  const walk = createWalk(tree, cursor)
  let wanted = 0
  let filter = openFilter
  let floor = 0
  const consider = (leaves: readonly Leaf[], penalty: number): boolean => {
    select(tree, found, leaves, wanted, filter, penalty)
    return found.rank <= floor
  }
  return {
    cursor,
    found,
    steps: walk.steps,
    scan: (target) => scanTarget(cursor, tree.depth, target),
    find (method, by) {
      wanted = method
      filter = by
      floor = by.hosts === null ? 0 : by.hosts.best * 4
      found.leaf = null
      found.rank = unfound
      walk.run(consider)
      return found.leaf
    },
    each (visit) {
      walk.run((leaves, penalty) => {
        for (const leaf of leaves) visit(leaf, penalty === 1)
        return false
      })
    },
  }
}

const unfound = 2 ** 20

/** Takes the leaves that end a fitting branch; true ends the walk. */
type Consider = (leaves: readonly Leaf[], penalty: number) => boolean

function createWalk (tree: Tree, cursor: Cursor): { run (consider: Consider): void, steps: () => number } {
  const { leaves, slashLeaves, mixed } = tree
  // Alternatives still to try, the next on top: node, depth, and the mixed pattern that the segment before must fit.
  let stack = new Int32Array(192)
  let top = 0
  let steps = 0
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

  const finish = (node: number, consider: Consider): boolean => {
    const exact = cursor.slash ? slashLeaves[node] : leaves[node]
    if (exact !== undefined && consider(exact, 0)) return true
    const other = cursor.slash ? leaves[node] : slashLeaves[node]
    return other !== undefined && consider(other, 1)
  }

  /** Stacks what else could follow than a static segment, the best on top. */
  const branch = (parameter: number, greedy: number, from: number, to: number, depth: number): void => {
    if (greedy !== 0) push(greedy, depth, -1)
    if (parameter !== 0) push(parameter, depth, -1)
    for (let index = to - 1; index >= from; index--) push(mixed[index]!.child, depth, index)
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
    fitsMixed(mixed[pattern]!.pattern, cursor.text, cursor.starts[depth - 1]!, cursor.starts[depth]! - 1)

  // One long function with bare offsets on purpose: arrays in locals make a step cost a few nanoseconds, and module
  // bindings would be read again at every step. A node's record, as tree.ts lays it out: 0 parameter, 1 greedy,
  // 2 and 3 its range of mixed children, 4 static edge, 5 fewest and 6 most segments below, 7 spans.
  const run = (consider: Consider): void => {
    const { nodes, edges, edgeMask } = tree
    const { starts, hashes, count } = cursor
    if (count > tree.depth) return
    let node = 0
    let depth = 0
    top = 0
    if (seen.size > 0) seen.clear()
    for (;;) {
      steps++
      const at = node * 8
      const left = count - depth
      let next = 0
      if (left >= nodes[at + 5]! && left <= nodes[at + 6]! && (nodes[at + 7] === 0 || span(node, depth, nodes[at + 7]!))) {
        if (left === 0) {
          if (finish(node, consider)) return
        } else {
          const start = starts[depth]!
          const end = starts[depth + 1]! - 1
          const hash = hashes[depth]!
          const only = nodes[at + 4]!
          if (only > 0) {
            if (edges[only] === hash && isSegment(tree.segments, edges[only + 2]!, cursor.text, start, end)) next = edges[only + 1]!
          } else if (only < 0) {
            for (let slot = edgeSlot(node, hash) & edgeMask; edges[slot * 4 + 2] !== 0; slot = (slot + 1) & edgeMask) {
              if (edges[slot * 4 + 1] !== hash || edges[slot * 4] !== node) continue
              if (isSegment(tree.segments, edges[slot * 4 + 3]!, cursor.text, start, end)) {
                next = edges[slot * 4 + 2]!
                break
              }
            }
          }
          const parameter = nodes[at]!
          const greedy = nodes[at + 1]!
          const from = nodes[at + 2]!
          const to = nodes[at + 3]!
          if (end > start && (parameter | greedy | (to - from)) !== 0) {
            if (next === 0 && greedy === 0 && from === to) next = parameter
            else branch(parameter, greedy, from, to, depth + 1)
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
  return { run, steps: () => steps }
}

/** Equal hashes are not yet equal texts: whoever sends requests can choose them. */
function isSegment (table: SegmentTable, segment: number, text: string, start: number, end: number): boolean {
  const { characters } = table
  if (table.lengths[segment] !== end - start) return false
  let offset = table.offsets[segment]!
  for (let index = start; index < end; index++) {
    if (text.charCodeAt(index) !== characters[offset++]) return false
  }
  return true
}
