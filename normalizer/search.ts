/**
 * The search in the tree: segment by segment, static before mixed before parameter before greedy, leftmost difference
 * decides, full backtracking. Every node of the tree is visited at most once per depth, so the time is linear in the
 * length of the path. Nothing is allocated: scratch arrays live as long as the searcher (and grow to the longest path).
 */
import type { Leaf } from './branch.ts'
import { crosses } from './crossing.ts'
import { formOf, LAST, leafAt } from './leaves.ts'
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
  /**
   * After a find that found a path without the method: finds the first leaf as good as it that declares the method and whose
   * template crosses the found one. False, and the result as it was, when there is none.
   */
  findCrossing (method: number, filter: Filter): boolean
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
    findCrossing (method, by) {
      const best = { ...found }
      const { segments } = formOf(tree.leaves, best.leaf)
      let crossing = false
      walk.run((first, penalty) => {
        found.leaf = -1
        found.rank = best.rank + 1
        found.declared = false
        select(tree.leaves, found, first, method, by, penalty)
        crossing = found.leaf >= 0 && found.declared && crosses(formOf(tree.leaves, found.leaf).segments, segments)
        return crossing
      })
      if (!crossing) Object.assign(found, best)
      return crossing
    },
    each (visit) {
      walk.run((first, penalty) => {
        visitRun(tree.leaves, first, (leaf) => { visit(leaf, penalty === 1) })
        return false
      })
    },
  }
}

/** Every leaf of the run that begins with `first`. */
function visitRun (leaves: LeafTable, first: number, visit: (leaf: Leaf) => void): void {
  let leaf = first
  do visit(leafAt(leaves, leaf))
  while ((leaves.records[leaf++ * 4 + 3]! & LAST) === 0)
}

const unfound = 2 ** 20

/** Takes the run of leaves that end a fitting branch; true ends the walk. */
type Consider = (first: number, penalty: number) => boolean

function createWalk (tree: Tree, cursor: Cursor): { run (consider: Consider): void, steps: () => number } {
  const bytes = new Uint8Array(tree.nodes.buffer, tree.nodes.byteOffset, tree.nodes.byteLength)
  // What is still to try, the next on top: node, depth, and which of the children that are not static is next; -1 = the node itself.
  let stack = new Int32Array(192)
  let top = 0
  // Not a plain number: beyond 2^30 every step would make a new one on the heap.
  const steps = new Float64Array(1)
  const seen = new Set<number>()

  const push = (node: number, depth: number, turn: number): void => {
    if (top + 3 > stack.length) {
      const larger = new Int32Array(stack.length * 2)
      larger.set(stack)
      stack = larger
    }
    stack[top] = node
    stack[top + 1] = depth
    stack[top + 2] = turn
    top += 3
  }

  const finish = (exact: number, other: number, consider: Consider): boolean =>
    (exact !== 0 && consider(exact - 1, 0)) || (other !== 0 && consider(other - 1, 1))

  /** The next child that is not static, from `turn` on: mixed ones that fit, the parameter, the greedy one; 0 for none. */
  const follow = (node: number, depth: number, turn: number): number => {
    const { nodes, others, mixed } = tree
    const parameter = nodes[node + 1]!
    const at = nodes[node + 2]! - 1
    if (at < 0) return turn === 0 ? parameter : 0
    const from = others[at + 1]!
    const patterns = others[at + 2]! - from
    for (let index = turn; index < patterns; index++) {
      if (!fits(from + index, depth)) continue
      push(node, depth, index + 1)
      return mixed[from + index]!
    }
    if (turn <= patterns && parameter !== 0) {
      push(node, depth, patterns + 1)
      return parameter
    }
    return turn <= patterns + 1 ? others[at]! : 0
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
    fitsMixed(patternOf(tree, pattern), cursor.text, cursor.starts[depth]!, cursor.starts[depth + 1]! - 1)

  // One long function with bare offsets on purpose: arrays in locals make a step cost a few nanoseconds, and module
  // bindings would be read again at every step. A node's record, as node.ts lays it out: 0 size (fewest and most segments
  // below in ten bits each, then spans), 1 parameter, 2 others, 3 and 4 static edges, 5 and 6 leaves, 7 length of its text.
  const run = (consider: Consider): void => {
    const { nodes } = tree
    const { starts, hashes, text, count, slash } = cursor
    if (count > tree.depth) return
    let node = 0
    let depth = 0
    top = 0
    if (seen.size > 0) seen.clear()
    for (;;) {
      steps[0]!++
      const left = count - depth
      const size = nodes[node]!
      const most = (size >> 10) & 1023
      let next = 0
      if (left >= (size & 1023) && (left <= most || most === 1023) && (size < spanning || span(node, depth, size >> 20))) {
        if (left === 0) {
          if (slash ? finish(nodes[node + 6]!, nodes[node + 5]!, consider) : finish(nodes[node + 5]!, nodes[node + 6]!, consider)) return
        } else {
          const start = starts[depth]!
          const length = starts[depth + 1]! - 1 - start
          if (nodes[node + 4] !== 0) next = staticChild(nodes, bytes, node, hashes[depth]!, text, start, length)
          const parameter = nodes[node + 1]!
          const others = nodes[node + 2]!
          if (length > 0 && (parameter | others) !== 0) {
            if (next === 0 && others === 0) next = parameter
            else push(node, depth, 0)
          }
        }
      }
      depth++
      while (next === 0) {
        if (top === 0) return
        top -= 3
        const turn = stack[top + 2]!
        depth = stack[top + 1]!
        if (turn < 0) next = stack[top]!
        else next = follow(stack[top]!, depth++, turn)
      }
      node = next
    }
  }
  return { run, steps: () => steps[0]! }
}

/** Sizes from here on are of nodes that span segments. */
const spanning = 1 << 20

/** The child of a node for a static segment, 0 for none: what is empty in its table holds the hash of '' and no child. */
function staticChild (
  nodes: Int32Array, bytes: Uint8Array, node: number, hash: number, text: string, start: number, length: number
): number {
  const probe = nodes[node + 3]!
  let edge = node + 8 + (Math.imul(hash, nodes[node + 4]!) >>> probe) * 2
  for (let further = probe >> 5; further >= 0; further--) {
    if (nodes[edge] === hash) {
      const child = nodes[edge + 1]!
      if (nodes[child + 7] === length && isText(bytes, child * 4, text, start, length - 4)) return child
    }
    edge += 2
  }
  return 0
}

/** Equal hashes are not yet equal texts: whoever sends requests can choose them. See `vouched` in edges.ts for the last four. */
function isText (bytes: Uint8Array, end: number, text: string, start: number, length: number): boolean {
  for (let index = 0, at = end - ((length + 3) & -4); index < length; index++) {
    if (bytes[at + index] !== text.charCodeAt(start + index)) return false
  }
  return true
}
