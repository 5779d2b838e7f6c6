/** Reads parameter values off a matched path. */
import type { Form, Match, Segment } from './endpoint.ts'
import { compileMixed, fitsMixed } from './segment.ts'
import type { MixedPattern } from './segment.ts'

/** Values by name, in the normal form of paths; a repeated name gets `_2`, `_3`, …. Never throws. */
export function readParameters (match: Match): Record<string, string> {
  const values: Record<string, string> = {}
  if (match?.form === undefined) return values
  const { form, path } = match
  const plan = plans.get(form) ?? createPlan(form)
  if (plan === spanning) return readSpans(form.segments, path)
  let at = 1
  for (const segment of plan) {
    const slash = path.indexOf('/', at)
    const end = slash < 0 ? path.length : slash
    if (segment !== undefined) readSegment(values, segment, path, at, end)
    at = end + 1
  }
  return values
}

/** Names of one segment's values as they are given out, and how to find the values of a mixed one. */
interface PlannedSegment { names: ReadonlyArray<readonly string[]>, pattern: MixedPattern | null }

/** Where segment follows segment, what to read is known ahead, once a form. Undefined = a static segment. */
type Plan = ReadonlyArray<PlannedSegment | undefined>

const plans = new WeakMap<Form, Plan>()
/** Stands for forms with parameters that span segments. */
const spanning: Plan = []

function createPlan (form: Form): Plan {
  const { segments } = form
  const plan = segments.some(({ kind }) => kind === 'greedy') ? spanning : segments.map(planSegment())
  plans.set(form, plan)
  return plan
}

function planSegment (): (segment: Segment) => PlannedSegment | undefined {
  const nameOf = createNaming()
  return (segment) => {
    if (segment.kind === 'static') return undefined
    const names = segment.kind === 'mixed' ? segment.names : [segment.names]
    return { names: names.map((own) => own.map(nameOf)), pattern: segment.kind === 'mixed' ? compileMixed(segment) : null }
  }
}

function readSegment (values: Record<string, string>, { names, pattern }: PlannedSegment, path: string, start: number, end: number): void {
  if (pattern === null) {
    const value = path.slice(start, end)
    for (const name of names[0]!) put(values, name, value)
    return
  }
  const bounds: number[] = []
  fitsMixed(pattern, path, start, end, bounds)
  putAll(values, names, path, bounds)
}

function putAll (values: Record<string, string>, names: PlannedSegment['names'], path: string, bounds: readonly number[]): void {
  for (const [index, own] of names.entries()) {
    for (const name of own) put(values, name, path.slice(bounds[index * 2], bounds[index * 2 + 1]))
  }
}

/** A parameter may be called __proto__. */
function put (values: Record<string, string>, name: string, value: string): void {
  if (name !== '__proto__') values[name] = value
  else Object.defineProperty(values, name, { value, enumerable: true, writable: true, configurable: true })
}

/** Gives every name once: the second `id` is `id_2`. */
function createNaming (): (name: string) => string {
  const copies = new Map<string, number>()
  const taken = new Set<string>()
  return (name) => {
    let copy = (copies.get(name) ?? 0) + 1
    while (copy > 1 && taken.has(`${name}_${copy}`)) copy++
    copies.set(name, copy)
    const given = copy === 1 ? name : `${name}_${copy}`
    taken.add(given)
    return given
  }
}

function readSpans (segments: readonly Segment[], path: string): Record<string, string> {
  const values: Record<string, string> = {}
  const parts = path.split('/').slice(1)
  if (parts[parts.length - 1] === '') parts.pop()
  const plan = planSegment()
  const spans = spansOf(segments, parts)
  let at = 0
  const take = (index: number): string => {
    const from = at
    at += spans[index]!
    return parts.slice(from, at).join('/')
  }
  for (let index = 0; index < spans.length; index++) {
    const text = take(index)
    const mixed = joinedAt(segments, index)
    const planned = plan(segments[mixed < 0 ? index : mixed]!)
    if (planned === undefined) continue
    if (mixed < 0) {
      readSegment(values, planned, text, 0, text.length)
      continue
    }
    const mixedLast = mixed > index
    index++
    readJoined(values, planned, [text, take(index)], mixedLast)
  }
  return values
}

/** The mixed one of a segment and the next one, if both are one parameter that spans segments and a literal beside it; else -1. */
function joinedAt (segments: readonly Segment[], index: number): number {
  const [own, next] = [segments[index], segments[index + 1]]
  if (own?.kind === 'mixed' && own.joined === 'after') return index
  return next?.kind === 'mixed' && next.joined === 'before' ? index + 1 : -1
}

/** Reads the mixed one of two texts, the last or the first; the other one belongs to the parameter at its side. */
function readJoined (values: Record<string, string>, planned: PlannedSegment, [first, second]: [string, string], last: boolean): void {
  const { names, pattern } = planned
  const path = `${first}/${second}`
  const middle = first.length
  const bounds: number[] = []
  fitsMixed(pattern!, path, last ? middle + 1 : 0, last ? path.length : middle, bounds)
  if (last) bounds[0] = 0
  else bounds[bounds.length - 1] = path.length
  putAll(values, names, path, bounds)
}

/** How many parts each segment takes: greedy ones as few as will do, the earlier first, as the search finds them. */
function spansOf (segments: readonly Segment[], parts: readonly string[]): number[] {
  const failed = new Set<number>()
  const spans: number[] = []
  const starts: number[] = []
  let at = 0
  let index = 0
  let least = 1
  while (index < segments.length || at < parts.length) {
    const segment = segments[index]
    const taken = segment === undefined ? -1 : spanAt(segment, parts, at, least)
    if (taken > 0 && !failed.has((index + 1) * (parts.length + 1) + at + taken)) {
      spans.push(taken)
      starts.push(at)
      at += taken
      index++
      least = 1
      continue
    }
    if (taken > 0 && segment?.kind === 'greedy') {
      least = taken + 1
      continue
    }
    failed.add(index * (parts.length + 1) + at)
    // The form fitted, so some earlier greedy parameter must take more.
    if (spans.length === 0) return []
    index--
    at = starts.pop()!
    least = spans.pop()! + 1
  }
  return spans
}

function spanAt (segment: Segment, parts: readonly string[], at: number, least: number): number {
  if (at + least > parts.length) return -1
  const part = parts[at]!
  if (segment.kind === 'greedy') return part === '' ? -1 : least
  if (least > 1) return -1
  if (segment.kind === 'static') return part === segment.text ? 1 : -1
  if (segment.kind === 'param') return part === '' ? -1 : 1
  return fitsMixed(compileMixed(segment), part, 0, part.length) ? 1 : -1
}
