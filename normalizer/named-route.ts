/** Paths against the templates that route names carry: whether they fit, what they are called, which endpoint is meant. */
import type { Form, Match, MatchRequest, Segment } from './endpoint.ts'
import { normalizeText } from './path.ts'
import { readRouteName } from './route-name.ts'
import { compileMixed, fitsMixed } from './segment.ts'
import { parseTemplate } from './template.ts'

/** A template out of a route name, compiled. */
export interface NamedRoute {
  readonly method: string
  /** Its segments as they stand in labels. */
  readonly labels: readonly string[]
  /** The same joined, to compare with declared templates. */
  readonly text: string
  readonly tests: ReadonlyArray<(segment: string) => boolean>
  /** `rest`: any further segments, or none, which the name does not tell apart; `parameter`: the last one spans segments. */
  readonly tail: 'none' | 'rest' | 'parameter'
}

const mostNames = 2000

/** A reader of route names that remembers what it read, within a bound. */
export function createNamedRoutes (): (name: unknown) => NamedRoute | undefined {
  const known = new Map<string, NamedRoute | undefined>()
  return (name) => {
    // Nearly all names are just names.
    if (typeof name !== 'string' || !name.includes('/')) return undefined
    if (known.has(name)) return known.get(name)
    if (known.size >= mostNames) known.clear()
    const route = compileName(name)
    known.set(name, route)
    return route
  }
}

/** True when the method and the path (in normal form) are the route's. A trailing slash is forgiven. */
export function fitsRoute (route: NamedRoute, method: unknown, path: string): boolean {
  if (route.method !== '' && route.method !== method && method !== 'HEAD' && method !== 'OPTIONS') return false
  const segments = segmentsOf(path)
  const { tests, tail } = route
  if (tail === 'none' ? segments.length !== tests.length : segments.length < tests.length) return false
  return tests.every((test, index) => test(segments[index]!))
}

/** The path that is left behind the template of a route that ends in "anything"; '/' for the others. */
export function restOf (route: NamedRoute, path: string): string {
  return route.tail === 'rest' ? `/${segmentsOf(path).slice(route.labels.length).join('/')}` : '/'
}

/** How well a declared form is the named route: 2 = its very template, 1 = its shape, 0 = another. */
export function likenessTo (route: NamedRoute, form: Form): number {
  const declared = writtenOut(form)
  return route.text === declared ? 2 : shapeOf(route.text) === shapeOf(declared) ? 1 : 0
}

/** Whether the name tells more than the match already says: only then other candidates have to be looked at. */
export function mayDecide (route: NamedRoute | undefined, request: MatchRequest, match: Match): route is NamedRoute {
  if (route === undefined || match.form === undefined || route.tail === 'rest') return false
  const settled = match.outcome === 'matched' && !match.sameShape && route.text === writtenOut(match.form)
  return !settled && fitsRoute(route, request.method, match.path)
}

function compileName (name: string): NamedRoute | undefined {
  const read = readRouteName(name)
  if (read === undefined) return undefined
  const labels = segmentsOf(read.template)
  const last = labels[labels.length - 1]
  const tail = last === '{*}' ? 'rest' : last?.endsWith('+}') === true ? 'parameter' : 'none'
  if (tail === 'rest') labels.pop()
  return { method: read.method, labels, text: labels.join('/'), tests: labels.map(testOf), tail }
}

function testOf (label: string): (segment: string) => boolean {
  if (!label.includes('{')) {
    const text = normalizeText(label)
    return (segment) => segment === text
  }
  const [segment] = parseTemplate(`/${label}`).segments
  if (segment?.kind !== 'mixed') return (value) => value !== ''
  const pattern = compileMixed(segment)
  return (value) => fitsMixed(pattern, value, 0, value.length)
}

/** Segments of a path or template, without a trailing slash. */
function segmentsOf (path: string): string[] {
  const segments = path.split('/').slice(1)
  if (segments[segments.length - 1] === '') segments.pop()
  return segments
}

/** Forms live as long as their catalog; each is written out once. */
const known = new WeakMap<Form, string>()

function writtenOut (form: Form): string {
  const before = known.get(form)
  if (before !== undefined) return before
  const text = form.segments.map(textOf).join('/')
  known.set(form, text)
  return text
}

function textOf (segment: Segment): string {
  if (segment.kind === 'static') return segment.text
  if (segment.kind !== 'mixed') return `{${segment.names.join('')}${segment.kind === 'greedy' ? '+' : ''}}`
  return segment.literals.map((literal, index) => index === 0 ? literal : `{${segment.names[index - 1]!.join('')}}${literal}`).join('')
}

function shapeOf (template: string): string {
  return template.replace(/\{[^{}+]*(\+?)\}/g, '{$1}')
}
