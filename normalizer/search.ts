/**
 * The search in the tree: segment by segment, static before mixed before parameter before greedy, leftmost difference
 * decides, full backtracking. Every node of the tree is visited at most once per depth, so the time is linear in the
 * length of the path. Nothing is allocated: scratch arrays live as long as the searcher (and grow to the longest path).
 */
import { characterClass, cutTarget, END, PLAIN, SEPARATOR, UNCLEAN } from './path.ts'
import type { HostTiers } from './hosts.ts'
import { fitsMixed } from './segment.ts'
import {
  edgeSlot, hashOf, longList,
} from './tree.ts'
import type { Leaf, SegmentTable, Tree } from './tree.ts'

/** A set of groups of servers, both ways. */
export interface MountSet {
  /** 1 for each member. */
  readonly mask: Uint8Array
  readonly members: readonly number[]
}

/** What narrows a search. */
export interface Filter {
  /** The groups of servers that may answer; null = all. */
  groups: MountSet | null
  /** How well each group's hosts fit; null = the host says nothing. */
  hosts: HostTiers | null
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

/** A scanned path: its text in normal form, and where its segments start. */
export interface Cursor {
  text: string
  /** Authority of an absolute-form target, as written. */
  host: string
  /** Number of segments; those beyond the tree's depth are counted only. */
  count: number
  slash: boolean
  /** `starts[i + 1] - 1` is the end of segment i. */
  starts: Int32Array
  hashes: Int32Array
}

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

/** Lets everything through. */
export const openFilter: Filter = { groups: null, hosts: null, lastTier: 255, basedOnly: false }

const SLASH = 47

/** Creates a searcher over a tree. */
export function createSearcher (tree: Tree): Searcher {
  const room = Math.min(tree.depth, 62) + 3
  const cursor: Cursor = { text: '', host: '', count: 0, slash: false, starts: new Int32Array(room), hashes: new Int32Array(room) }
  const found: Found = { leaf: null, rank: 0, declared: false, sameShape: false, ambiguous: false }
  const walk = createWalk(tree, cursor)
  let wanted = 0
  let filter = openFilter
  let floor = 0
  const consider = (leaves: readonly Leaf[], penalty: number): boolean => {
    if (leaves.length > longList) selectFew(tree, found, leaves, wanted, filter, penalty)
    else select(found, leaves, wanted, filter, penalty)
    return found.rank <= floor
  }
  return {
    cursor,
    found,
    steps: walk.steps,
    scan (target) {
      cursor.host = ''
      return scanTarget(cursor, tree.depth, target)
    },
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

function scanTarget (cursor: Cursor, depth: number, target: unknown): boolean {
  if (typeof target !== 'string') return false
  if (target.charCodeAt(0) === SLASH) {
    const verdict = scanPath(cursor, depth, target, false)
    if (verdict !== UNCLEAN_PATH) return verdict === CLEAN_PATH
  }
  const cut = cutTarget(target)
  cursor.host = cut.host
  return cut.path !== '' && scanPath(cursor, depth, cut.path, true) === CLEAN_PATH
}

const CLEAN_PATH = 0
const UNCLEAN_PATH = 1
const MALFORMED_PATH = 2

const dotHash = hashOf('.')
const dotsHash = hashOf('..')

/**
 * One pass over the characters: finds the end, splits, hashes. Gives up when the path may not be in normal form, unless
 * the caller knows that it is.
 */
function scanPath (cursor: Cursor, depth: number, path: string, normal: boolean): number {
  // Everything that the loop reads is local: module bindings would be read again for every character.
  const [classes, plain, separator] = [characterClass, PLAIN, SEPARATOR]
  let { starts, hashes } = cursor
  const { length } = path
  let count = 0
  let start = 1
  let hash = 0
  let index = 1
  for (; index < length; index++) {
    const code = path.charCodeAt(index)
    const kind = classes[code]!
    if (kind === plain) {
      hash = ((hash << 5) - hash + code) | 0
    } else if (kind === separator) {
      if (!normal && isDots(hash)) return UNCLEAN_PATH
      if (count <= depth) {
        if (count + 2 > starts.length) {
          growCursor(cursor);
          ({ starts, hashes } = cursor)
        }
        starts[count] = start
        hashes[count] = hash
      }
      count++
      start = index + 1
      hash = 0
    } else if (normal) {
      hash = ((hash << 5) - hash + code) | 0
    } else if (kind === END) {
      break
    } else {
      return kind === UNCLEAN ? UNCLEAN_PATH : MALFORMED_PATH
    }
  }
  if (!normal && isDots(hash)) return UNCLEAN_PATH
  const slash = index === start
  if (count <= depth) {
    if (count + 2 > starts.length) {
      growCursor(cursor);
      ({ starts, hashes } = cursor)
    }
    starts[count] = start
    hashes[count] = hash
    starts[count + 1] = index + 1
  }
  cursor.slash = slash
  cursor.count = slash ? count : count + 1
  cursor.text = index < length ? path.slice(0, index) : path
  return CLEAN_PATH
}

/** The hash of `.` or `..`; a text that shares it takes the long way round, to the same result. */
function isDots (hash: number): boolean {
  return hash === dotHash || hash === dotsHash
}

function growCursor (cursor: Cursor): void {
  for (const name of ['starts', 'hashes'] as const) {
    const larger = new Int32Array(cursor[name].length * 2)
    larger.set(cursor[name])
    cursor[name] = larger
  }
}

/** Keeps the better of what was found and what these leaves (all of one node) offer. */
function select (found: Found, leaves: readonly Leaf[], method: number, filter: Filter, penalty: number): void {
  const mask = filter.groups === null ? null : filter.groups.mask
  const tiers = filter.hosts === null ? null : filter.hosts.tiers
  const open = mask === null && tiers === null && !filter.basedOnly
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
    if (own > rank || own >= ceiling) {
      // Forms without their base path come last.
      if (open && own > rank) break
      continue
    }
    const declared = leaf.record.byMethod[method] !== undefined
    if (own < rank || (declared && !found.declared)) {
      best = leaf
      rank = own
      found.declared = declared
      found.sameShape = false
      found.ambiguous = false
    } else if (declared === found.declared && leaf.derived === best!.derived) {
      rival(found, best!, leaf, method)
      // It cannot get better than this, nor more doubtful.
      if (open && found.ambiguous && declared) break
    }
  }
  found.leaf = best
  found.rank = rank
}

/** Long lists: the groups that may answer, or whose hosts fit best, are asked alone first. */
function selectFew (tree: Tree, found: Found, leaves: readonly Leaf[], method: number, filter: Filter, penalty: number): void {
  const { groups, hosts } = filter
  const few = groups !== null ? groups.members : hosts === null ? null : hosts.fitting
  if (few !== null && few.length * 2 < leaves.length) {
    const before = found.rank
    const lists = tree.byMount.get(leaves)!
    let chosen: readonly Leaf[] = []
    for (const group of few) {
      const list = lists.get(group)
      if (list !== undefined) chosen = chosen.length === 0 ? list : [...chosen, ...list]
    }
    if (chosen.length > 0) select(found, chosen, method, filter, penalty)
    // No group outside of `groups` may answer, and none outside of `fitting` could answer better.
    if (groups !== null || (chosen.length > 0 && found.rank < before)) return
  }
  select(found, leaves, method, filter, penalty)
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

  // One long function on purpose: arrays in locals are what makes a step cost a few nanoseconds.
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
