/**
 * Inference with a bound (rule 9): words of undeclared paths are kept as long as their level and the whole have room.
 * The label of a path never changes once it was given; what comes too late goes to `{*}`, then to `__other__`. The
 * state is the routes seen, no more: saved and loaded, the same paths give the same labels after a restart.
 */
import { inferSegments, isTyped, OTHER } from './infer.ts'

/** How much may be told apart. */
export interface InferenceLimits {
  /** Distinct words kept below one node; typed segments and `{*}` count extra (their kinds are few). */
  perLevel?: number
  /** Distinct routes over all services. */
  total?: number
  /** Distinct routes of one service; by default as many as `total`. */
  perService?: number
}

/** What `save` gives: plain data for JSON. Routes by service, in the order they were first seen. */
export interface InferenceState {
  version: 1
  services: Record<string, string[]>
}

/** Bounded inference. Deterministic: the same paths in the same order give the same labels. Never throws. */
export interface Inference {
  /** The bounded label of an undeclared path: a template, or `__other__`. */
  infer (service: string, path: string): string
  /** Distinct routes given so far, `__other__` not counted. */
  readonly size: number
  save (): InferenceState
  /** Replaces the state; anything that is no state empties it. Routes beyond the limits are dropped. */
  load (state: unknown): void
}

interface Node { children: Map<string, Node>, words: number, route: string }

const REST = '{*}'

/** Creates an empty inference; the defaults are 50 words a level and 2,000 routes. */
export function createInference (limits: InferenceLimits = {}): Inference {
  const { perLevel = 50, total = 2000, perService = total } = limits
  let services = new Map<string, { root: Node, routes: string[] }>()
  let size = 0

  const place = (service: string, segments: readonly string[]): string => {
    const known = services.get(service)
    const { labels, node } = walk(known?.root, segments, perLevel)
    if (node !== undefined && node.route !== '') return node.route
    if (size >= total || (known?.routes.length ?? 0) >= perService) return OTHER
    const entry = known ?? { root: newNode(), routes: [] }
    services.set(service, entry)
    const route = `/${labels.join('/')}`
    grow(entry.root, labels).route = route
    entry.routes.push(route)
    size++
    return route
  }

  return {
    infer (service, path) {
      const segments = inferSegments(path)
      return segments === null ? OTHER : place(typeof service === 'string' ? service : '', segments)
    },
    get size () {
      return size
    },
    save () {
      return { version: 1, services: Object.fromEntries([...services].map(([name, { routes }]) => [name, [...routes]])) }
    },
    load (state) {
      services = new Map()
      size = 0
      for (const [service, routes] of savedRoutes(state)) for (const route of routes) place(service, segmentsOf(route))
    },
  }
}

/** The labels of the segments under the caps, and the node they lead to if all of it is known. */
function walk (root: Node | undefined, segments: readonly string[], perLevel: number): { labels: string[], node: Node | undefined } {
  const labels: string[] = []
  let node = root
  for (const segment of segments) {
    const full = (node?.words ?? 0) >= perLevel
    const label = isTyped(segment) || !full || node?.children.has(segment) === true ? segment : REST
    labels.push(label)
    node = node?.children.get(label)
  }
  return { labels, node }
}

function grow (root: Node, labels: readonly string[]): Node {
  let node = root
  for (const label of labels) {
    const child = node.children.get(label) ?? newNode()
    if (!node.children.has(label)) {
      node.children.set(label, child)
      if (!isTyped(label)) node.words++
    }
    node = child
  }
  return node
}

function segmentsOf (route: string): string[] {
  return route === '/' ? [] : route.slice(1).split('/')
}

function newNode (): Node {
  return { children: new Map(), words: 0, route: '' }
}

function savedRoutes (state: unknown): Array<[string, string[]]> {
  if (typeof state !== 'object' || state === null || !('services' in state)) return []
  const { services } = state
  if (typeof services !== 'object' || services === null) return []
  return Object.entries(services).map(([service, routes]: [string, unknown]) =>
    [service, Array.isArray(routes) ? routes.filter((route) => typeof route === 'string' && route.startsWith('/')) : []])
}
