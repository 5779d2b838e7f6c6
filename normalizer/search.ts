/**
 * The search in the tree: segment by segment, static before mixed before parameter before greedy, leftmost difference
 * decides, full backtracking. Every node of the tree is visited at most once per depth, so the time is linear in the
 * length of the path. Nothing is allocated: scratch arrays live as long as the searcher (and grow to the longest path).
 */
import { characterClass, cutTarget } from './path.ts'
import { fitsMixed } from './segment.ts'
import { hashFactor, hashStart, nodeFactor, segmentFactor } from './tree.ts'
import type { Leaf, SegmentTable, Tree } from './tree.ts'

/** What narrows a search. */
export interface Filter {
  /** 1 for each group of servers that may answer; null = all. */
  mask: Uint8Array | null
  /** How well each group's hosts fit, 0 the best; null = the host says nothing. */
  tiers: Uint8Array | null
  /** The best tier that any group has. */
  bestTier: number
  /** Groups of a higher tier are out. */
  lastTier: number
  /** Only forms with a base path that is not empty. */
  basedOnly: boolean
}

/** The best leaf of the last search, and how it was found. */
export interface Found {
  leaf: Leaf | null
  /** tier * 4 + stripped * 2 + slash: lower is better. */
  rank: number
  /** The leaf declares the asked method. */
  declared: boolean
  sameShape: boolean
  ambiguous: boolean
}

/** A scanned path: its text in normal form and its segments, and the numbers of those that are interned. */
export interface Cursor {
  text: string
  /** Authority of an absolute-form target, as written. */
  host: string
  count: number
  slash: boolean
  starts: Int32Array
  ends: Int32Array
  ids: Int32Array
}

/** Scans targets and searches a tree. One search at a time: the cursor and the result are reused. */
export interface Searcher {
  readonly cursor: Cursor
  readonly found: Found
  /** Nodes visited by all searches so far. */
  readonly steps: () => number
  /** Cuts and scans a target into the cursor; false when it is malformed. */
  scan (target: unknown): boolean
  /** Finds the best leaf for the scanned path into `found`; `method` is its number, -1 for one that nobody declares. */
  find (method: number, filter: Filter): Leaf | null
  /** Calls `visit` with every leaf that fits the scanned path, in the order of the search. */
  each (visit: (leaf: Leaf, slash: boolean) => void): void
}

/** Lets everything through. */
export const openFilter: Filter = { mask: null, tiers: null, bestTier: 0, lastTier: 255, basedOnly: false }

const SLASH = 47
const DOT = 46

/** Creates a searcher over a tree. */
export function createSearcher (tree: Tree): Searcher {
  const cursor: Cursor = { text: '', host: '', count: 0, slash: false, starts: new Int32Array(64), ends: new Int32Array(64), ids: new Int32Array(64) }
  const found: Found = { leaf: null, rank: 0, declared: false, sameShape: false, ambiguous: false }
  const walk = createWalk(tree, cursor)
  let wanted = 0
  let filter = openFilter
  let floor = 0
  const consider = (leaf: Leaf[] | readonly Leaf[], penalty: number): boolean => {
    select(found, leaf, wanted, filter, penalty)
    return found.rank <= floor && found.leaf !== null
  }
  return {
    cursor,
    found,
    steps: walk.steps,
    scan (target) {
      cursor.host = ''
      return scanTarget(tree.segments, cursor, target)
    },
    find (method, by) {
      wanted = method
      filter = by
      floor = by.bestTier * 4
      found.leaf = null
      found.rank = 2 ** 20
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

function scanTarget (table: SegmentTable, cursor: Cursor, target: unknown): boolean {
  if (typeof target !== 'string') return false
  if (target.charCodeAt(0) === SLASH) {
    const verdict = scanPath(table, cursor, target, false)
    if (verdict !== UNCLEAN_PATH) return verdict === CLEAN_PATH
  }
  const cut = cutTarget(target)
  cursor.host = cut.host
  return cut.path !== '' && scanPath(table, cursor, cut.path, true) === CLEAN_PATH
}

const CLEAN_PATH = 0
const UNCLEAN_PATH = 1
const MALFORMED_PATH = 2

/** One pass over the characters: finds the end, splits, hashes. Gives up when the path may not be in normal form. */
function scanPath (table: SegmentTable, cursor: Cursor, path: string, normal: boolean): number {
  const length = path.length
  let count = 0
  let start = 1
  let hash = hashStart
  let index = 1
  for (; index < length; index++) {
    const code = path.charCodeAt(index)
    if (code === SLASH) {
      if (!normal && isDots(path, start, index)) return UNCLEAN_PATH
      if (count === cursor.ids.length) grow(cursor)
      cursor.starts[count] = start
      cursor.ends[count] = index
      cursor.ids[count++] = intern(table, path, start, index, hash)
      start = index + 1
      hash = hashStart
      continue
    }
    const kind = code < 128 ? characterClass[code]! : 2
    if (kind !== 0 && !normal) {
      if (kind === 1) break
      return kind === 2 ? UNCLEAN_PATH : MALFORMED_PATH
    }
    hash = Math.imul(hash ^ code, hashFactor)
  }
  if (!normal && isDots(path, start, index)) return UNCLEAN_PATH
  cursor.slash = index === start
  if (!cursor.slash) {
    if (count === cursor.ids.length) grow(cursor)
    cursor.starts[count] = start
    cursor.ends[count] = index
    cursor.ids[count++] = intern(table, path, start, index, hash)
  }
  cursor.text = index < length ? path.slice(0, index) : path
  cursor.count = count
  return CLEAN_PATH
}

function isDots (path: string, start: number, end: number): boolean {
  const length = end - start
  if (length < 1 || length > 2 || path.charCodeAt(start) !== DOT) return false
  return length === 1 || path.charCodeAt(start + 1) === DOT
}

function grow (cursor: Cursor): void {
  for (const name of ['starts', 'ends', 'ids'] as const) {
    const larger = new Int32Array(cursor[name].length * 2)
    larger.set(cursor[name])
    cursor[name] = larger
  }
}

/** The number of a segment, 0 when no template holds it. */
function intern (table: SegmentTable, path: string, start: number, end: number, hash: number): number {
  const { slots, mask, hashes, offsets, lengths, characters } = table
  let slot = (hash ^ (hash >>> 15)) & mask
  for (let id = slots[slot]!; id !== 0; id = slots[slot]!) {
    if (hashes[id] === hash && lengths[id] === end - start) {
      let offset = offsets[id]!
      let at = start
      while (at < end && path.charCodeAt(at) === characters[offset]) {
        at++
        offset++
      }
      if (at === end) return id
    }
    slot = (slot + 1) & mask
  }
  return 0
}

/** Keeps the better of what was found and what these leaves (all of one node) offer. */
function select (found: Found, leaves: readonly Leaf[], method: number, filter: Filter, penalty: number): void {
  const { mask, tiers } = filter
  let best = found.leaf
  let rank = found.rank
  const ceiling = rank
  for (let index = 0; index < leaves.length; index++) {
    const leaf = leaves[index]!
    const mount = leaf.record.mount
    if (mask !== null && mask[mount] === 0) continue
    const tier = tiers === null ? 0 : tiers[mount]!
    if (tier > filter.lastTier || (filter.basedOnly && leaf.based === 0)) continue
    const own = tier * 4 + leaf.stripped * 2 + penalty
    // A leaf of another node that is as good stood further left.
    if (own > rank || own >= ceiling) continue
    const declared = method >= 0 && leaf.record.byMethod[method] !== undefined
    if (own < rank || (declared && !found.declared)) {
      best = leaf
      rank = own
      found.declared = declared
      found.sameShape = false
      found.ambiguous = false
    } else if (declared === found.declared && leaf.derived === best!.derived) {
      rival(found, best!, leaf, method)
    }
  }
  found.leaf = best
  found.rank = rank
}

/** Two leaves of one shape that nothing tells apart. The same service, label and operation are no contradiction. */
function rival (found: Found, best: Leaf, other: Leaf, method: number): void {
  const a = best.record.byMethod[method] ?? best.record.path
  const b = other.record.byMethod[method] ?? other.record.path
  if (a === b) return
  if (best.record.document === other.record.document) {
    found.sameShape = found.declared
  } else if (a.service !== b.service || a.operationId !== b.operationId || best.form.label !== other.form.label) {
    found.ambiguous = true
  }
}

/** Takes the leaves that end a fitting branch; true ends the walk. */
type Consider = (leaves: readonly Leaf[], penalty: number) => boolean

function createWalk (tree: Tree, cursor: Cursor): { run (consider: Consider): void, steps: () => number } {
  const { edges, edgeMask, onlySegment, onlyChild, parameter, greedy } = tree
  const { mixedFrom, mixedTo, mixed, fewest, most, spans, leaves, slashLeaves } = tree
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
    const other = cursor.slash ? leaves[node] : slashLeaves[node]
    if (exact !== undefined && consider(exact, 0)) return true
    return other !== undefined && consider(other, 1)
  }

  const staticChild = (node: number, segment: number): number => {
    const only = onlySegment[node]!
    if (segment === 0 || only === 0) return 0
    if (only > 0) return only === segment ? onlyChild[node]! : 0
    let slot = Math.imul(node, nodeFactor) ^ Math.imul(segment, segmentFactor)
    slot = (slot ^ (slot >>> 15)) & edgeMask
    for (let at = slot * 4; edges[at + 2] !== 0; at = slot * 4) {
      if (edges[at] === node && edges[at + 1] === segment) return edges[at + 2]!
      slot = (slot + 1) & edgeMask
    }
    return 0
  }

  /** Stacks what else could follow `node`, the best on top, and returns the static child. */
  const branch = (node: number, depth: number): number => {
    const empty = cursor.starts[depth] === cursor.ends[depth]
    if (!empty) {
      if (greedy[node] !== 0) push(greedy[node]!, depth + 1, -1)
      if (parameter[node] !== 0) push(parameter[node]!, depth + 1, -1)
      for (let index = mixedTo[node]! - 1; index >= mixedFrom[node]!; index--) push(mixed[index]!.child, depth + 1, index)
    }
    return staticChild(node, cursor.ids[depth]!)
  }

  /** A greedy node may also take the next segment; false when it was here before. */
  const span = (node: number, depth: number): boolean => {
    if (spans[node] === 2) {
      const key = node * (cursor.count + 1) + depth
      if (seen.has(key)) return false
      seen.add(key)
    }
    if (depth < cursor.count) push(node, depth + 1, -1)
    return true
  }

  const run = (consider: Consider): void => {
    const { count } = cursor
    let node = 0
    let depth = 0
    top = 0
    if (seen.size > 0) seen.clear()
    for (;;) {
      steps++
      const left = count - depth
      let next = 0
      if (left >= fewest[node]! && left <= most[node]! && (spans[node] === 0 || span(node, depth))) {
        if (left === 0) {
          if (finish(node, consider)) return
        } else {
          next = branch(node, depth)
        }
      }
      if (next !== 0) {
        node = next
        depth++
        continue
      }
      for (;;) {
        if (top === 0) return
        top -= 3
        node = stack[top]!
        depth = stack[top + 1]!
        const pattern = stack[top + 2]!
        if (pattern < 0 || fitsMixed(mixed[pattern]!.pattern, cursor.text, cursor.starts[depth - 1]!, cursor.ends[depth - 1]!)) break
      }
    }
  }
  return { run, steps: () => steps }
}
