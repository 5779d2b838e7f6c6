/** The declared template that comes closest to a path that nothing fits, and where the two part. */
import type { Form, NearestTemplate, Segment } from '../endpoint.ts'
import { formOf } from '../leaves.ts'
import type { LeafTable } from '../leaves.ts'
import { compileMixed, fitsMixed } from '../segment.ts'
import { writeSegment } from '../template.ts'

/** Looks at every declared form: for people, not for traffic. Undefined when none shares anything with the path. */
export function findNearest (table: LeafTable, path: string): NearestTemplate | undefined {
  const segments = path.slice(1).split('/')
  if (segments[segments.length - 1] === '') segments.pop()
  let best: { form: Form, score: number } | undefined
  for (const leaf of table.templates.keys()) {
    const form = formOf(table, leaf)
    const score = scoreOf(form.segments, segments)
    if (score > (best?.score ?? 0)) best = { form, score }
  }
  return best === undefined ? undefined : { route: best.form.label, ...whereTheyPart(best.form.segments, segments) }
}

/** A word that fits weighs most; length and words that are nearly the same count, too. */
function scoreOf (template: readonly Segment[], path: readonly string[]): number {
  let score = -Math.abs(template.length - path.length)
  let shared = 0
  for (let index = 0; index < Math.min(template.length, path.length); index++) {
    const segment = template[index]!
    if (fits(segment, path[index]!)) {
      score += segment.kind === 'static' ? 4 : 1
      if (segment.kind === 'static') shared++
    } else {
      const likeness = segment.kind === 'static' ? likenessOf(segment.text, path[index]!) : 0
      score += likeness > 0.5 ? 3 * likeness : -2
      if (likeness > 0.5) shared++
    }
  }
  return shared === 0 ? 0 : score
}

function fits (segment: Segment, text: string): boolean {
  if (segment.kind === 'static') return segment.text === text
  return segment.kind === 'mixed' ? fitsMixed(compileMixed(segment), text, 0, text.length) : text !== ''
}

/** Share of the longer text that both begin and end with, case left out. */
function likenessOf (a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()]
  const shorter = Math.min(left.length, right.length)
  let start = 0
  while (start < shorter && left[start] === right[start]) start++
  let end = 0
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++
  return (start + end) / Math.max(left.length, right.length, 1)
}

function whereTheyPart (template: readonly Segment[], path: readonly string[]): Omit<NearestTemplate, 'route'> {
  const at = template.findIndex((segment, index) => index >= path.length || !fits(segment, path[index]!))
  if (at < 0) return { segment: template.length + 1, expected: '', found: path[template.length] ?? '' }
  return { segment: at + 1, expected: writeSegment(template[at]!), found: path[at] ?? '' }
}
