/** Choosing among the leaves of one node: which document may answer, and which of those that may answers best. */
import type { HostTiers } from './hosts.ts'
import { BASED, DERIVED, endpointOf, labelOf, LAST, LONG, LOOSE, pathOf } from './leaves.ts'
import type { LeafTable } from './leaves.ts'

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
  /** Number of the leaf, -1 for none. */
  leaf: number
  /** tier * 4 + loose * 2 + slash: lower is better. */
  rank: number
  /** The leaf declares the asked method. */
  declared: boolean
  sameShape: boolean
  ambiguous: boolean
}

/** Lets everything through. */
export const openFilter: Filter = { groups: null, hosts: null, lastTier: 255, basedOnly: false }

/** Keeps the better of what was found and what the leaves of one node, a run from `first` on, offer. */
export function select (table: LeafTable, found: Found, first: number, method: number, filter: Filter, penalty: number): void {
  const ceiling = found.rank
  if ((table.records[first * 4 + 3]! & LONG) !== 0) selectFew(table, found, first, method, filter, penalty)
  else selectRun(table, found, first, method, filter, penalty, ceiling)
  if (found.rank < ceiling && !found.declared) preferSibling(table, found, first, method, filter)
}

/** Looks at every leaf of a run. A leaf of another node that is as good as `ceiling` stood further left. */
function selectRun (
  table: LeafTable, found: Found, first: number, method: number, filter: Filter, penalty: number, ceiling: number
): void {
  const { records, patterns, methods } = table
  const mask = filter.groups === null ? null : filter.groups.mask
  const tiers = filter.hosts === null ? null : filter.hosts.tiers
  const open = mask === null && tiers === null && !filter.basedOnly
  let best = found.leaf
  let rank = found.rank
  for (let leaf = first - 1, flags = 0; (flags & LAST) === 0;) {
    leaf++
    flags = records[leaf * 4 + 3]!
    const mount = records[leaf * 4 + 2]!
    if (mask !== null && mask[mount] === 0) continue
    const tier = tiers === null ? 0 : tiers[mount]!
    if (tier > filter.lastTier || (filter.basedOnly && (flags & BASED) === 0)) continue
    const own = tier * 4 + (flags & LOOSE) * 2 + penalty
    if (own > rank || own >= ceiling) {
      // Forms without their base path come last.
      if (open && own > rank) break
      continue
    }
    const declared = patterns[records[leaf * 4 + 1]! * methods + method] !== 0
    if (own < rank || (declared && !found.declared)) {
      best = leaf
      rank = own
      found.declared = declared
      found.sameShape = false
      found.ambiguous = false
    } else if (declared === found.declared && ((flags ^ records[best * 4 + 3]!) & DERIVED) === 0) {
      rival(table, found, best, leaf, method)
      // It cannot get better than this, nor more doubtful.
      if (open && found.ambiguous && declared) break
    }
  }
  found.leaf = best
  found.rank = rank
}

/** An operation may have servers of its own: the same key at other servers still declares the method. */
function preferSibling (table: LeafTable, found: Found, first: number, method: number, filter: Filter): void {
  const { records, templates, documents, patterns, methods } = table
  const own = templates[found.leaf]!
  for (let leaf = first - 1, flags = 0; (flags & LAST) === 0;) {
    leaf++
    flags = records[leaf * 4 + 3]!
    const template = templates[leaf]!
    if (documents[template] !== documents[own] || pathOf(table, template).template !== pathOf(table, own).template) continue
    if (patterns[records[leaf * 4 + 1]! * methods + method] === 0) continue
    if (filter.groups !== null && filter.groups.mask[records[leaf * 4 + 2]!] === 0) continue
    found.leaf = leaf
    found.declared = true
    found.ambiguous = false
    return
  }
}

/** Long runs: the groups that may answer, or whose hosts fit best, are asked alone first. */
function selectFew (table: LeafTable, found: Found, first: number, method: number, filter: Filter, penalty: number): void {
  const { groups, hosts } = filter
  const few = groups !== null ? groups.members : hosts === null ? null : hosts.fitting
  const ceiling = found.rank
  const runs = table.long.get(first)!
  if (few !== null && few.length < runs.size) {
    for (const group of few) {
      const run = runs.get(group)
      if (run !== undefined) selectRun(table, found, run, method, filter, penalty, ceiling)
    }
    // No group outside of `groups` may answer, and none outside of `fitting` could answer better.
    if (groups !== null || found.rank < ceiling) return
  }
  selectRun(table, found, first, method, filter, penalty, ceiling)
}

/** Two leaves of one shape that nothing tells apart. The same service, label and operation are no contradiction. */
function rival (table: LeafTable, found: Found, best: number, other: number, method: number): void {
  const { templates, documents } = table
  const a = endpointOf(table, best, method)
  const b = endpointOf(table, other, method)
  if (a === b) return
  if (documents[templates[best]!] === documents[templates[other]!]) {
    found.sameShape = found.declared
    return
  }
  const sameLabel = labelOf(table, best) === labelOf(table, other)
  if (a.service !== b.service || a.operationId !== b.operationId || !sameLabel) found.ambiguous = true
}
