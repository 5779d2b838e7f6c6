/** Reads parameter values off a matched path. */
import type { Match, Segment } from './endpoint.ts'
import { compileMixed, fitsMixed } from './segment.ts'

/** Values by name, in the normal form of paths; a repeated name gets `_2`, `_3`, …. Never throws. */
export function readParameters (match: Match): Record<string, string> {
  const values: Record<string, string> = {}
  if (match?.form === undefined) return values
  const { segments } = match.form
  const parts = match.path.split('/').slice(1)
  if (parts[parts.length - 1] === '') parts.pop()
  const put = collector(values)
  let at = 0
  for (const [index, taken] of spansOf(segments, parts).entries()) {
    assign(put, segments[index]!, parts.slice(at, at + taken).join('/'))
    at += taken
  }
  return values
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

type Put = (name: string, value: string) => void

function assign (put: Put, segment: Segment, text: string): void {
  if (segment.kind === 'static') return
  if (segment.kind !== 'mixed') {
    for (const name of segment.names) put(name, text)
    return
  }
  const bounds: number[] = []
  fitsMixed(compileMixed(segment), text, 0, text.length, bounds)
  for (const [index, names] of segment.names.entries()) {
    for (const name of names) put(name, text.slice(bounds[index * 2], bounds[index * 2 + 1]))
  }
}

function collector (values: Record<string, string>): Put {
  const copies = new Map<string, number>()
  return (name, value) => {
    let copy = (copies.get(name) ?? 0) + 1
    while (copy > 1 && Object.hasOwn(values, `${name}_${copy}`)) copy++
    copies.set(name, copy)
    // A parameter may be called __proto__.
    Object.defineProperty(values, copy === 1 ? name : `${name}_${copy}`, { value, enumerable: true, writable: true, configurable: true })
  }
}
