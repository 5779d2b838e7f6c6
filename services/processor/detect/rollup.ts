import { LogCollapsingLowestDenseDDSketch as Sketch } from '@datadog/sketches-js'
import type { EnrichedEvent } from '../event.ts'
import { subjectOf } from './breach.ts'
import type { Breach, Subject } from './breach.ts'
import { describeSubjects, openingLimit, thresholdsOf } from './directory.ts'
import type { Directory, Thresholds } from './directory.ts'
import type { Point } from './episodes.ts'
import { evaluate, openLedger } from './ledger.ts'
import { cutsOf, limitAt, pointsOfParts } from './quota-history.ts'
import type { LimitVersions, PartnerVersion } from './quota-history.ts'
import { grows, isQuantile } from './rule.ts'
import type { Rule } from './rule.ts'
import { windowOf } from './window.ts'

/** The in-memory equivalent of the store's rollups, for one pass over a log without a store. */
export interface Rollup {
  /** Adds events, in any order; keeps no reference to them. */
  observe (events: readonly EnrichedEvent[]): void
  /** What one rule measured so far, one point per subject and window. */
  points (rule: Rule): Point[]
  /** The breaches in what was observed, oldest first; those that the end of the log leaves open have no `closed_at`. */
  breaches (): Breach[]
}

/**
 * Creates a rollup for the rules; the same rules over the same events in the store give the same episodes (percentiles
 * within the sketches' one percent). Memory grows with subjects × windows, not with events. `stored` are quotas of
 * earlier times; without them those of the directory are valid for all time.
 */
export function createRollup (rules: readonly Rule[], directory: Directory, stored: readonly PartnerVersion[] = []): Rollup {
  const cells = new Map(rules.map((rule) => [rule, new Cells(rule)]))
  let now = 0
  const pointsOf = (rule: Rule, limits: Thresholds): Point[] =>
    [...cells.get(rule)?.all() ?? []].flatMap((cell) => toPoints(rule, cell, typeof limits === 'number' ? limits : limits.get(cell.subject.partner)))
  const breachesOf = (rule: Rule): Breach[] => {
    const limits = thresholdsOf(rule, directory, stored)
    return findBreaches(rule, pointsOf(rule, limits), cells.get(rule), now, { directory, limits })
  }
  return {
    observe: (events) => {
      for (const event of events) {
        if (event.time > now) now = event.time
        for (const [rule, own] of cells) if (applies(rule, event)) count(rule, own.of(event), event)
      }
    },
    points: (rule) => pointsOf(rule, thresholdsOf(rule, directory, stored)),
    breaches: () => rules.flatMap(breachesOf).sort((a, b) => a.opened_at - b.opened_at),
  }
}

interface Judgement { directory: Directory, limits: Thresholds }

interface Cell {
  subject: Subject
  start: number
  requests: number
  /** Of what a growing or ratio measure counts; undefined while no request of the cell gives that figure. */
  count: number | undefined
  times: Times | undefined
  /** The count by minute, for windows of more than one. */
  minutes: Map<number, number> | undefined
}

function applies (rule: Rule, event: EnrichedEvent): boolean {
  const { service, route, partner } = rule.where
  return (service === undefined || event.service === service) && (route === undefined || event.route === route) &&
    (partner === undefined || event.partner === partner)
}

/** The cells of one rule, by window and subject. */
class Cells {
  readonly #rule: Rule
  readonly #windows = new Map<number, Map<string, Cell>>()
  /** Logs are nearly in order: the newest window is almost always the one that is wanted. */
  #start = NaN
  #window = new Map<string, Cell>()

  constructor (rule: Rule) {
    this.#rule = rule
  }

  of (event: EnrichedEvent): Cell {
    const start = windowOf(event.time, this.#rule.over)
    if (start !== this.#start) this.#enter(start)
    const key = subjectKey(this.#rule, event)
    const known = this.#window.get(key)
    if (known !== undefined) return known
    const cell = createCell(this.#rule, start, event)
    this.#window.set(key, cell)
    return cell
  }

  find (start: number, subject: Subject): Cell | undefined {
    return this.#windows.get(start)?.get(subjectKey(this.#rule, subject))
  }

  * all (): Generator<Cell> {
    for (const window of this.#windows.values()) yield * window.values()
  }

  #enter (start: number): void {
    this.#start = start
    this.#window = this.#windows.get(start) ?? new Map<string, Cell>()
    this.#windows.set(start, this.#window)
  }
}

function subjectKey ({ by }: Rule, subject: Subject): string {
  const [first, second, third] = by
  if (first === undefined) return ''
  if (second === undefined) return subject[first]
  return third === undefined ? `${subject[first]}\0${subject[second]}` : `${subject[first]}\0${subject[second]}\0${subject[third]}`
}

function createCell (rule: Rule, start: number, event: EnrichedEvent): Cell {
  return {
    subject: subjectOf(rule, event),
    start,
    requests: 0,
    count: undefined,
    times: isQuantile(rule) ? new Times() : undefined,
    minutes: grows(rule) && rule.over !== 60_000 ? new Map<number, number>() : undefined,
  }
}

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const

/** Durations of one cell: as they are while they are few (most cells stay small), then a sketch. */
class Times {
  #few: number[] = []
  #sketch: Sketch | undefined

  get size (): number {
    return this.#sketch?.count ?? this.#few.length
  }

  add (value: number): void {
    if (this.#sketch !== undefined) this.#sketch.accept(value)
    else if (this.#few.push(value) > 200) this.#fold()
  }

  quantile (q: number): number {
    return this.#sketch?.getValueAtQuantile(q) ?? this.#few.sort((a, b) => a - b)[Math.floor(q * (this.#few.length - 1))] ?? NaN
  }

  #fold (): void {
    this.#sketch = new Sketch({ relativeAccuracy: 0.01, binLimit: 2048 })
    for (const value of this.#few) this.#sketch.accept(value)
    this.#few = []
  }
}

function count (rule: Rule, cell: Cell, event: EnrichedEvent): void {
  cell.requests++
  if (cell.times !== undefined) {
    const value = timeOf(rule, event)
    if (value !== null) cell.times.add(value)
    return
  }
  const amount = amountOf(rule, event)
  if (amount === null) return
  cell.count = (cell.count ?? 0) + amount
  if (cell.minutes === undefined || amount === 0) return
  const minute = windowOf(event.time, 60_000)
  cell.minutes.set(minute, (cell.minutes.get(minute) ?? 0) + amount)
}

function timeOf (rule: Rule, event: EnrichedEvent): number | null {
  if (rule.of === 'upstream') return event.upstream_ms
  return rule.of === 'gateway' ? event.gateway_ms : event.duration_ms
}

function amountOf (rule: Rule, event: EnrichedEvent): number | null {
  switch (rule.measure) {
    case 'errors':
    case 'error_ratio': return event.status >= 500 || event.status === 0 ? 1 : 0
    case 'rate_limited': return event.rate_limited ? 1 : 0
    case 'undocumented': return event.outcome === 'matched' || event.outcome === 'ambiguous' ? 0 : 1
    case 'bytes': return bytesOf(event)
    default: return 1
  }
}

function bytesOf ({ request_bytes: received, response_bytes: sent }: EnrichedEvent): number | null {
  return received === null && sent === null ? null : (received ?? 0) + (sent ?? 0)
}

function toPoints (rule: Rule, cell: Cell, limit: number | LimitVersions | undefined): Point[] {
  const value = valueOf(rule, cell)
  if (limit === undefined || value === undefined) return []
  const { subject, start, requests } = cell
  if (typeof limit === 'number') return [{ subject, start, value, requests, threshold: limit }]
  const cuts = cutsOf(limit, start, rule.over)
  if (cuts.length === 0) return [{ subject, start, value, requests, threshold: limitAt(limit, start) }]
  return pointsOfParts({ subject, start, cuts, counts: countParts(cuts, cell.minutes ?? new Map()) }, limit, rule.over)
}

function countParts (cuts: readonly number[], minutes: ReadonlyMap<number, number>): number[] {
  const counts = new Array<number>(cuts.length + 1).fill(0)
  for (const [minute, amount] of minutes) {
    const part = cuts.filter((cut) => cut <= minute).length
    counts[part] = (counts[part] ?? 0) + amount
  }
  return counts
}

/** What the rule measures; undefined where no request of the cell gives the figure. */
function valueOf (rule: Rule, { count, requests, times }: Cell): number | undefined {
  if (times !== undefined) return times.size === 0 ? undefined : times.quantile(quantiles[rule.measure as keyof typeof quantiles])
  return count === undefined || rule.measure !== 'error_ratio' ? count : count / requests
}

function findBreaches (rule: Rule, points: Point[], cells: Cells | undefined, now: number, { directory, limits }: Judgement): Breach[] {
  const { changed } = evaluate(rule, openLedger(rule, [], 0), points, { now, horizon: Infinity, describe: describeSubjects(directory) })
  return changed.map((breach) => {
    const cell = cells?.find(windowOf(breach.opened_at, rule.over), breach)
    const passed = crossing(cell?.minutes ?? new Map(), openingLimit(limits, breach))
    return { ...breach, opened_at: Math.max(breach.opened_at, passed ?? 0) }
  })
}

/** The minute in which a growing value passed its threshold. */
function crossing (minutes: ReadonlyMap<number, number>, threshold: number): number | undefined {
  let sum = 0
  for (const [minute, amount] of [...minutes].sort(([a], [b]) => a - b)) {
    sum += amount
    if (sum > threshold) return minute
  }
  return undefined
}
