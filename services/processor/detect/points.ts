/** Points of a rule out of the store, each with the threshold that was in force in its window. */
import type { Subject } from './breach.ts'
import type { CompiledRule, Limits, Place, Stretch } from './compile-rule.ts'
import type { Thresholds } from './directory.ts'
import type { Point } from './episodes.ts'
import { cutsOf, limitAt, lowestLimit, pointsOfParts } from './quota-history.ts'
import type { LimitVersions } from './quota-history.ts'
import type { Rule } from './rule.ts'
import type { DetectStore } from './store.ts'

/** A rule as it stands in the configuration, and as SQL. */
export interface Watch { rule: Rule, compiled: CompiledRule }

/** Reads what may exceed a rule in the windows of a stretch. Windows in which a quota changed come in parts. */
export async function readPoints (
  store: DetectStore, { rule, compiled }: Watch, stretch: Stretch, thresholds: Thresholds
): Promise<Point[]> {
  const statement = compiled.points(stretch, limitsIn(stretch, thresholds))
  const points = statement === undefined ? [] : await store.points(statement)
  if (typeof thresholds === 'number') return points
  const judged: Point[] = []
  const cut: CutPoint[] = []
  for (const point of points) {
    const versions = thresholds.get(point.subject.partner) ?? []
    const cuts = cutsOf(versions, point.start, rule.over)
    if (cuts.length > 0) cut.push({ ...point, cuts, versions })
    else judged.push({ ...point, threshold: limitAt(versions, point.start) })
  }
  return [...judged, ...await readParts(store, { rule, compiled }, cut)]
}

/** A count that is not above the lowest limit of the stretch is of no interest. */
function limitsIn ({ from, to }: Stretch, thresholds: Thresholds): Limits {
  if (typeof thresholds === 'number') return thresholds
  const lowest = [...thresholds].map(([name, versions]) => [name, lowestLimit(versions, from, to)] as const)
  return new Map(lowest.filter(([, limit]) => limit < Infinity))
}

interface CutPoint { subject: Subject, start: number, cuts: readonly number[], versions: LimitVersions }

/** How many windows are asked for with one statement. */
const atOnce = 500

async function readParts (store: DetectStore, { rule, compiled }: Watch, points: readonly CutPoint[]): Promise<Point[]> {
  const parts: Point[] = []
  for (let from = 0; from < points.length; from += atOnce) {
    const some = points.slice(from, from + atOnce)
    const cuts = [...new Set(some.flatMap((point) => point.cuts))].sort((a, b) => a - b)
    const counted = byPlace(await store.parts(compiled.parts(some, cuts)))
    for (const point of some) {
      const counts = new Array<number>(point.cuts.length + 1).fill(0)
      for (const { part, value } of counted.get(placeKey(point)) ?? []) {
        // The store counts by the cuts of all windows: what lies between two of this one belongs together.
        const own = point.cuts.filter((cut) => cut <= (cuts[part - 1] ?? -Infinity)).length
        counts[own] = (counts[own] ?? 0) + value
      }
      parts.push(...pointsOfParts({ ...point, counts }, point.versions, rule.over))
    }
  }
  return parts
}

type CountedPart = Place & { part: number, value: number }

function byPlace (parts: readonly CountedPart[]): Map<string, CountedPart[]> {
  const places = new Map<string, CountedPart[]>()
  for (const part of parts) {
    const known = places.get(placeKey(part))
    if (known === undefined) places.set(placeKey(part), [part])
    else known.push(part)
  }
  return places
}

function placeKey ({ start, subject }: Place): string {
  return JSON.stringify([start, subject.partner])
}
