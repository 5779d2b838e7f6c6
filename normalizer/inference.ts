/**
 * Inference with a bound (rule 9): words of undeclared paths are kept as long as their level and the whole have room.
 * The label of a path never changes once it was given; what comes too late goes to `{*}`, then to `__other__`. The
 * state is the routes seen, no more: saved and loaded, the same paths give the same labels after a restart.
 */
import { inferSegmentAt, isTyped, newPlace, OTHER, REST, walkSegments } from './infer.ts'
import type { Place } from './infer.ts'
import { createNamedRoutes, fitsRoute, labelOf } from './named-route.ts'
import { cutTarget } from './path.ts'

/** How much may be told apart, and what never. */
export interface InferenceLimits {
  /** Distinct words kept below one node; typed segments and `{*}` count extra (their kinds are few). */
  perLevel?: number
  /** Distinct routes over all services. */
  total?: number
  /** Distinct routes of one service; by default as many as `total`. */
  perService?: number
  /** False for a word that must not stand in a label, such as a secret: it becomes `{text}`. Must always say the same. */
  mayKeep?: (word: string) => boolean
}

/** What `save` gives: plain data for JSON. Routes by service, in the order they were first seen. */
export interface InferenceState {
  version: 1
  services: Record<string, string[]>
}

/** Bounded inference. Deterministic: the same paths in the same order give the same labels. Never throws. */
export interface Inference {
  /**
   * The bounded label of an undeclared path: a template, or `__other__`. A doubtful request (nothing was found there)
   * gets the labels that others got, but all such requests together may add few of their own.
   */
  infer (service: string, path: string, doubtful?: boolean): string
  /**
   * The bounded label of an undeclared path that the gateway's route name tells: its template, within the same limits, or
   * `__other__`. Undefined when the name carries no template, or when method and path do not fit it.
   */
  adopt (service: string, routeName: string, request: { method: string, path: string, doubtful?: boolean }): string | undefined
  /** Distinct routes given so far, `__other__` not counted. Grows only. */
  readonly size: number
  save (): InferenceState
  /** Replaces the state; anything that is no state empties it. Routes beyond the limits are dropped. */
  load (state: unknown): void
}

interface Node { children: Map<string, Node> | null, words: number, route: string }
interface Service { root: Node, routes: string[], doubtful: number }

/** Doubtful requests may add one in so many of a service's routes. */
const doubtfulShare = 20

/** Creates an empty inference; the defaults are 50 words a level and 2,000 routes. */
export function createInference (limits: InferenceLimits = {}): Inference {
  const { perLevel = 50, total = 2000, perService = total, mayKeep = () => true } = limits ?? {}
  let services = new Map<string, Service>()
  let size = 0

  // The walk of one path: scratch that is used again, so that a known path costs no memory.
  const labels: string[] = []
  const place = newPlace()
  let node: Node | undefined

  const step = (label: string): string => {
    labels.push(label)
    node = node?.children?.get(label)
    return label
  }
  const visit = (raw: string, at: Place): string => {
    // A known word needs no second look, unless its place might make it a version.
    if (!startsWithDigit(raw) && node?.children?.has(raw) === true) return step(raw)
    return step(bounded(inferSegmentAt(raw, at)))
  }
  const bounded = (label: string): string => {
    if (isTyped(label) || node?.children?.has(label) === true) return label
    return !mayKeep(label) ? '{text}' : (node?.words ?? 0) >= perLevel ? REST : label
  }
  const begin = (service: unknown): string => {
    const name = typeof service === 'string' ? service : ''
    labels.length = 0
    node = services.get(name)?.root
    return name
  }
  const finish = (name: string, doubtful: boolean): string => {
    if (node !== undefined && node.route !== '') return node.route
    const known = services.get(name)
    if (size >= total || (known?.routes.length ?? 0) >= perService) return OTHER
    if (doubtful && (known?.doubtful ?? 0) >= perService / doubtfulShare) return OTHER
    const entry = known ?? { root: newNode(), routes: [], doubtful: 0 }
    services.set(name, entry)
    const route = `/${labels.join('/')}`
    grow(entry.root, labels).route = route
    entry.routes.push(route)
    if (doubtful) entry.doubtful++
    size++
    return route
  }
  const put = (service: unknown, template: string, doubtful: boolean): string => {
    const name = begin(service)
    for (const segment of segmentsOf(template)) step(bounded(segment))
    return finish(name, doubtful)
  }
  const named = createNamedRoutes()

  return {
    infer (service, target, doubtful = false) {
      const { path } = cutTarget(target)
      if (path === '') return OTHER
      const name = begin(service)
      walkSegments(path, place, visit)
      return finish(name, doubtful)
    },
    adopt (service, routeName, request) {
      const route = named(routeName)
      if (route === undefined || typeof request !== 'object' || request === null) return undefined
      const { method, path: target, doubtful = false } = request
      const { path } = cutTarget(target)
      if (path === '' || !fitsRoute(route, method, path)) return undefined
      return put(service, labelOf(route, path), doubtful && route.tail === 'rest')
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
      if (!isInferenceState(state)) return
      for (const [service, routes] of Object.entries(state.services)) for (const route of routes) put(service, route, false)
    },
  }
}

/** True for what `save` gave, also after it went through JSON. */
export function isInferenceState (state: unknown): state is InferenceState {
  if (typeof state !== 'object' || state === null || !('services' in state) || !('version' in state) || state.version !== 1) return false
  const { services } = state
  return typeof services === 'object' && services !== null && !Array.isArray(services) &&
    Object.values(services).every((routes) => Array.isArray(routes) && routes.every(isRoute))
}

function isRoute (route: unknown): boolean {
  return typeof route === 'string' && route.startsWith('/')
}

function startsWithDigit (text: string): boolean {
  const code = text.charCodeAt(0)
  return code >= 48 && code <= 57
}

function grow (root: Node, labels: readonly string[]): Node {
  let node = root
  for (const label of labels) {
    node.children ??= new Map()
    let child = node.children.get(label)
    if (child === undefined) {
      child = newNode()
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
  return { children: null, words: 0, route: '' }
}
