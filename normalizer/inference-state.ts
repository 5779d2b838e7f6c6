/** What inference keeps across restarts, as plain data. */
import { settled } from './position.ts'
import { find } from './route-tree.ts'
import type { Node, ServiceRoutes } from './route-tree.ts'

/** What is known of one position: the path to it, its key, its type, values seen, whether it was widened. */
export type SavedPosition = [path: string, key: string, type: string, hits: number, wide: boolean]

/**
 * What `save` gives: plain data for JSON. Routes by service, in the order they were first seen. Words that are not known are in
 * none of them, save where `words` says that all may stand.
 */
export interface InferenceState {
  version: 2
  words: 'known' | 'all'
  services: Record<string, string[]>
  positions: Record<string, SavedPosition[]>
  /** Paths below which there are too many unknown words for them to be words. */
  closed: Record<string, string[]>
}

/** A state of this or of an earlier version, whose routes may hold any word. */
export type LoadableState = InferenceState | { version: 1, services: Record<string, string[]> }

/** True for what `save` gave, also after it went through JSON; also for the state of an earlier version. */
export function isInferenceState (state: unknown): state is LoadableState {
  if (typeof state !== 'object' || state === null || !('services' in state) || !('version' in state)) return false
  if (!isListing(state.services, isRoute)) return false
  if (state.version === 1) return true
  return state.version === 2 && 'positions' in state && isListing(state.positions, isPosition) && 'closed' in state && isListing(state.closed, isText)
}

function isListing (value: unknown, isItem: (item: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) &&
    Object.values(value).every((list) => Array.isArray(list) && list.every(isItem))
}

function isRoute (route: unknown): boolean {
  return typeof route === 'string' && route.startsWith('/')
}

function isText (value: unknown): boolean {
  return typeof value === 'string'
}

function isPosition (value: unknown): boolean {
  return Array.isArray(value) && value.length === 5 && value.slice(0, 3).every(isText) && Number.isSafeInteger(value[3]) && typeof value[4] === 'boolean'
}

/** Positions and closed places of a service. */
export function positionsOf ({ root }: ServiceRoutes): { positions: SavedPosition[], closed: string[] } {
  const positions: SavedPosition[] = []
  const closed: string[] = []
  const visit = (node: Node, path: string): void => {
    for (const [key, { type, hits, wide }] of node.slots ?? []) positions.push([path, key, type, hits, wide])
    if (node.candidates === null) closed.push(path)
    for (const [label, child] of node.children ?? []) visit(child, `${path}/${label}`)
  }
  visit(root, '')
  // Renamed labels stand elsewhere in the maps: the order shall not tell of it.
  positions.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
  return { positions, closed: closed.sort(compare) }
}

function compare (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Gives the positions of a service back what was saved of them; those of routes that are no more are left out. */
export function restorePositions ({ root }: ServiceRoutes, positions: readonly SavedPosition[], closed: readonly string[]): void {
  for (const [path, key, type, hits, wide] of positions) {
    find(root, labelsOf(path))?.slots?.set(key, { type, hits: Math.min(settled, Math.max(1, hits)), wide })
  }
  for (const path of closed) {
    const node = find(root, labelsOf(path))
    if (node !== undefined) node.candidates = null
  }
}

/** The labels of a route or of the path to a position. */
export function labelsOf (path: string): string[] {
  return path === '' || path === '/' ? [] : path.slice(1).split('/')
}
