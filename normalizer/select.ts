/** Choosing among the leaves of one node: which document may answer, and which of those that may answers best. */
import type { HostTiers } from './hosts.ts'
import { longList } from './tree.ts'
import type { Leaf, Tree } from './tree.ts'

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

/** Lets everything through. */
export const openFilter: Filter = { groups: null, hosts: null, lastTier: 255, basedOnly: false }

/** Keeps the better of what was found and what these leaves (all of one node) offer. */
export function select (tree: Tree, found: Found, leaves: readonly Leaf[], method: number, filter: Filter, penalty: number): void {
  if (leaves.length > longList) selectFew(tree, found, leaves, method, filter, penalty)
  else selectAll(found, leaves, method, filter, penalty)
}

function selectAll (found: Found, leaves: readonly Leaf[], method: number, filter: Filter, penalty: number): void {
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
  if (best !== null && rank < ceiling && !found.declared) preferSibling(found, best, leaves, method, filter)
}

/** An operation may have servers of its own: the same key at other servers still declares the method. */
function preferSibling (found: Found, best: Leaf, leaves: readonly Leaf[], method: number, filter: Filter): void {
  for (const leaf of leaves) {
    const { mount, document, byMethod, path } = leaf.record
    if (document !== best.record.document || path.template !== best.record.path.template || byMethod[method] === undefined) continue
    if (filter.groups !== null && filter.groups.mask[mount] === 0) continue
    found.leaf = leaf
    found.declared = true
    found.ambiguous = false
    return
  }
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
    if (chosen.length > 0) selectAll(found, chosen, method, filter, penalty)
    // No group outside of `groups` may answer, and none outside of `fitting` could answer better.
    if (groups !== null || (chosen.length > 0 && found.rank < before)) return
  }
  selectAll(found, leaves, method, filter, penalty)
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
