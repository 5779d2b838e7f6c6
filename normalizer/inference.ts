/**
 * Inference with a bound (rule 9): known words of undeclared paths are kept as long as their level and the whole have room; what comes
 * too late goes to `{*}`, then to `__other__`. A label that was given changes at most once: where a position turns out to hold ids
 * of several shapes, and where many callers use a word that was not known. The state is saved and loaded: after a restart
 * the same paths give the same labels.
 */
import { createCallers } from './callers.ts'
import { inferSegmentAt, isTyped, knowsAll, newPlace, OTHER, REST, walkSegments, WORD } from './infer.ts'
import type { Place } from './infer.ts'
import { isInferenceState, labelsOf, positionsOf, restorePositions } from './inference-state.ts'
import type { InferenceState } from './inference-state.ts'
import { createNameWords, isKnownWord } from './known-word.ts'
import type { KnowsWord } from './known-word.ts'
import { createNamedRoutes, fitsRoute, restOf } from './named-route.ts'
import { cutTarget } from './path.ts'
import { isWeak, meet, splitLabel } from './position.ts'
import type { Slot } from './position.ts'
import { apartKey, grow, hit, newService, rename } from './route-tree.ts'
import type { Node, ServiceRoutes } from './route-tree.ts'

/** How much may be told apart, and what never. */
export interface InferenceLimits {
  /** Distinct words kept below one node; typed segments and `{*}` count extra (their kinds are few). */
  perLevel?: number
  /** Distinct routes over all services. */
  total?: number
  /** Distinct routes of one service; by default as many as `total`. */
  perService?: number
  /** Which words may stand in labels: those that are known, or all that look like words, names of people included. */
  words?: 'known' | 'all'
  /** Tells words beside those of APIs, such as those of documents. May change its mind: labels that were given stay. */
  knows?: KnowsWord
  /** So many distinct callers make a word known at its position; 0 = never. */
  callers?: number
  /** False for a name of a service or route that tells nothing: its words are not known, and its template is not taken. */
  mayName?: (name: string) => boolean
  /** False for a word that must not stand in a label, such as a secret: it becomes `{text}`. Must always say the same. */
  mayKeep?: (word: string) => boolean
}

/** Who asked, and how much that says. */
export interface Circumstances {
  /** Nothing was found there: the request gets the labels that others got, and all such together may add few of their own. */
  doubtful?: boolean
  /** What tells callers apart; '' = nobody knows. */
  caller?: string
  /** The gateway's name of the route: its words are known, as those of the service's name are. */
  route?: string
}

/** Bounded inference. Deterministic: the same requests in the same order give the same labels. Never throws. */
export interface Inference {
  /** The bounded label of an undeclared path: a template, or `__other__`. */
  infer (service: string, path: string, circumstances?: Circumstances): string
  /**
   * The bounded label of an undeclared path that the gateway's route name tells: its template, within the same limits, or
   * `__other__`. Undefined when the name carries no template, or when method and path do not fit it.
   */
  adopt (service: string, routeName: string, request: { method: string, path: string } & Circumstances): string | undefined
  /** Distinct routes given so far, `__other__` not counted. */
  readonly size: number
  /** Changes when there is something new to save. */
  readonly revision: number
  save (): InferenceState
  /** Replaces the state; anything that is no state empties it. Routes beyond the limits are dropped. */
  load (state: unknown): void
}

/** Doubtful requests may add one in so many of a service's routes. */
const doubtfulShare = 20

const nothing: Circumstances = {}
const noWords: ReadonlySet<string> = new Set()

/** Creates an empty inference; the defaults are 50 words a level, 2,000 routes, and 30 callers that make a word known. */
export function createInference (limits: InferenceLimits = {}): Inference {
  const { perLevel = 50, total = 2000, perService = total, words = 'known', callers = 30, mayName = () => true, mayKeep = () => true } = limits ?? {}
  const wordsOf = createNameWords()
  const namesWords = (name: string): ReadonlySet<string> => mayName(name) ? wordsOf(name) : noWords
  const knows: KnowsWord = words === 'all' ? knowsAll : (word) => limits?.knows?.(word) === true || serviceWords.has(word) || routeWords.has(word)
  const counts = createCallers(callers)
  let services = new Map<string, ServiceRoutes>()
  let size = 0
  let revision = 0

  // The walk of one path: scratch that is used again, so that a known path costs no memory.
  const labels: string[] = []
  const place = newPlace()
  let service: ServiceRoutes | undefined
  let node: Node | undefined
  let doubtful = false
  let caller = ''
  let serviceWords = noWords
  let routeWords = noWords

  const step = (label: string): string => {
    labels.push(label)
    node = node?.children?.get(label)
    return label
  }
  const visit = (raw: string, at: Place): string => {
    // A known word needs no second look, unless its place might make it a version.
    if (!startsWithDigit(raw) && node?.children?.has(raw) === true) return step(raw)
    const label = inferSegmentAt(raw, at, knows)
    // `2.0` is a version until other numbers stand there.
    if (label === raw && node?.slots?.has('') === true && /^\d\.0$/.test(raw)) return step(placed('{number}', raw))
    return step(placed(label, raw))
  }
  const placed = (label: string, raw: string): string => {
    if (!label.startsWith('{')) return bounded(label)
    if (node === undefined) return isTyped(label) ? label : bounded(label)
    if (label === WORD && becomesKnown(node, raw)) return raw
    const { type, rest } = splitLabel(label)
    const settled = isWeak(type) ? `${typeAt(node, type, rest, rest === '' ? raw : raw.slice(0, -rest.length))}${rest}` : label
    return isTyped(settled) ? settled : bounded(settled)
  }
  const becomesKnown = (at: Node, word: string): boolean => {
    if (doubtful || service === undefined || at.words >= perLevel) return false
    if (size >= total || service.routes.length >= perService || !mayKeep(word)) return false
    const open = at.candidates !== null
    const known = counts.count(at, word, caller)
    if (open && at.candidates === null) revision++
    return known
  }
  const typeAt = (at: Node, type: string, rest: string, value: string): string => {
    const main = at.slots?.get(rest)
    if (main === undefined) return type
    const met = meet(main, type, value, doubtful)
    if (met.what !== 'apart') return settle(main, rest, met)
    const other = at.slots?.get(apartKey(rest))
    return other === undefined ? type : settle(other, rest, meet(other, type, value, doubtful))
  }
  const settle = (slot: Slot, rest: string, met: ReturnType<typeof meet>): string => {
    if (met.what === 'widen' && service !== undefined) {
      const from = slot.type
      slot.type = met.to
      slot.wide = true
      size -= rename(service, labels, `${from}${rest}`, `${met.to}${rest}`)
      revision++
    } else if (!doubtful && hit(slot)) revision++
    return slot.type
  }
  const bounded = (label: string): string => {
    if (isTyped(label) || node?.children?.has(label) === true) return label
    return !mayKeep(label) ? '{text}' : (node?.words ?? 0) >= perLevel ? REST : label
  }
  const begin = (name: unknown, circumstances: Circumstances): string => {
    const known = typeof name === 'string' ? name : ''
    labels.length = 0
    service = services.get(known)
    node = service?.root
    doubtful = circumstances.doubtful ?? false
    // What reached no service is noise, however many send it.
    caller = known === '' ? '' : circumstances.caller ?? ''
    serviceWords = namesWords(known)
    routeWords = namesWords(circumstances.route ?? '')
    return known
  }
  const finish = (name: string): string => {
    if (node !== undefined && node.route !== '') return node.route
    if (size >= total || (service?.routes.length ?? 0) >= perService) return OTHER
    if (doubtful && (service?.doubtful ?? 0) >= perService / doubtfulShare) return OTHER
    const entry = service ?? newService()
    services.set(name, entry)
    const route = `/${labels.join('/')}`
    grow(entry.root, labels).route = route
    entry.routes.push(route)
    if (doubtful) entry.doubtful++
    size++
    revision++
    return route
  }
  /** Words of a state that may hold names are looked at anew. */
  const trusted = (label: string): string => isTyped(label) || isKnownWord(label, knows) ? label : label.startsWith('{') ? '{id}' : WORD
  const put = (name: string, route: string, trust: boolean): void => {
    begin(name, nothing)
    for (const label of labelsOf(route)) step(bounded(trust ? label : trusted(label)))
    finish(name)
  }
  const named = createNamedRoutes()

  return {
    infer (service, target, circumstances = nothing) {
      const { path } = cutTarget(target)
      if (path === '') return OTHER
      const name = begin(service, circumstances)
      walkSegments(path, place, visit)
      return finish(name)
    },
    adopt (service, routeName, request) {
      const route = named(routeName)
      if (route === undefined || !mayName(routeName) || typeof request !== 'object' || request === null) return undefined
      const { path } = cutTarget(request.path)
      if (path === '' || !fitsRoute(route, request.method, path)) return undefined
      const name = begin(service, { ...request, route: routeName, doubtful: request.doubtful === true && route.tail === 'rest' })
      for (const label of route.labels) step(bounded(label))
      walkSegments(restOf(route, path), place, visit)
      return finish(name)
    },
    get size () {
      return size
    },
    get revision () {
      return revision
    },
    save () {
      const kept = [...services].map(([name, entry]) => ({ name, routes: [...entry.routes], ...positionsOf(entry) }))
      const by = <Value> (pick: (entry: typeof kept[number]) => Value): Record<string, Value> =>
        Object.fromEntries(kept.map((entry) => [entry.name, pick(entry)]))
      const positions = by((entry) => entry.positions)
      return { version: 2, words, services: by(({ routes }) => routes), positions, closed: by(({ closed }) => closed) }
    },
    load (state) {
      services = new Map()
      size = 0
      if (!isInferenceState(state)) return
      const current = state.version === 2 ? state : undefined
      const trust = words === 'all' || current?.words === 'known'
      for (const [name, routes] of Object.entries(state.services)) {
        for (const route of routes) put(name, route, trust)
        const entry = services.get(name)
        if (entry !== undefined && current !== undefined) restorePositions(entry, own(current.positions, name), own(current.closed, name))
      }
      revision++
    },
  }
}

function own<Item> (lists: Record<string, Item[]>, name: string): Item[] {
  return Object.hasOwn(lists, name) ? lists[name]! : []
}

function startsWithDigit (text: string): boolean {
  const code = text.charCodeAt(0)
  return code >= 48 && code <= 57
}
