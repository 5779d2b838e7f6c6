import { LogCollapsingLowestDenseDDSketch as Sketch } from '@datadog/sketches-js'
import type { EnrichedEvent } from '../event.ts'
import { subjectOf } from './breach.ts'
import type { Breach, Subject } from './breach.ts'
import { describeSubjects, limitsOf } from './directory.ts'
import type { Directory } from './directory.ts'
import type { Point } from './episodes.ts'
import { evaluate, openLedger } from './ledger.ts'
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
 * within the sketches' one percent). Memory grows with subjects × windows, not with events.
 */
export function createRollup (rules: readonly Rule[], directory: Directory): Rollup {
  const cells = new Map(rules.map((rule) => [rule, new Map<string, Cell>()]))
  let now = 0
  const points = (rule: Rule): Point[] => {
    const limits = limitsOf(rule, directory)
    const limitOf = ({ partner }: Subject): number | undefined => typeof limits === 'number' ? limits : limits.get(partner)
    return [...cells.get(rule)?.values() ?? []].flatMap((cell) => toPoint(rule, cell, limitOf(cell.subject)))
  }
  return {
    observe: (events) => {
      for (const event of events) {
        if (event.time > now) now = event.time
        for (const [rule, windows] of cells) if (applies(rule, event)) count(rule, cellOf(rule, windows, event), event)
      }
    },
    points,
    breaches: () => rules.flatMap((rule) => findBreaches(rule, points(rule), cells.get(rule) ?? new Map(), now, directory))
      .sort((a, b) => a.opened_at - b.opened_at),
  }
}

interface Cell {
  subject: Subject
  start: number
  requests: number
  /** Of what a growing or ratio measure counts. */
  count: number
  sketch: Sketch | undefined
  /** The count by minute, for windows of more than one. */
  minutes: Map<number, number> | undefined
}

function keyOf (rule: Rule, start: number, subject: Subject): string {
  let key = `${start}`
  for (const part of rule.by) key += `\0${subject[part]}`
  return key
}

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const

function applies (rule: Rule, event: EnrichedEvent): boolean {
  const { service, route, partner } = rule.where
  return (service === undefined || event.service === service) && (route === undefined || event.route === route) &&
    (partner === undefined || event.partner === partner)
}

function cellOf (rule: Rule, windows: Map<string, Cell>, event: EnrichedEvent): Cell {
  const start = windowOf(event.time, rule.over)
  const key = keyOf(rule, start, event)
  const known = windows.get(key)
  if (known !== undefined) return known
  const cell = {
    subject: subjectOf(rule, event),
    start,
    requests: 0,
    count: 0,
    sketch: isQuantile(rule) ? new Sketch({ relativeAccuracy: 0.01, binLimit: 2048 }) : undefined,
    minutes: grows(rule) && rule.over !== 60_000 ? new Map<number, number>() : undefined,
  }
  windows.set(key, cell)
  return cell
}

function count (rule: Rule, cell: Cell, event: EnrichedEvent): void {
  cell.requests++
  if (cell.sketch !== undefined) {
    const value = timeOf(rule, event)
    if (value !== null) cell.sketch.accept(value)
    return
  }
  const amount = amountOf(rule, event)
  cell.count += amount
  if (cell.minutes === undefined || amount === 0) return
  const minute = windowOf(event.time, 60_000)
  cell.minutes.set(minute, (cell.minutes.get(minute) ?? 0) + amount)
}

function timeOf (rule: Rule, event: EnrichedEvent): number | null {
  if (rule.of === 'upstream') return event.upstream_ms
  return rule.of === 'gateway' ? event.gateway_ms : event.duration_ms
}

function amountOf (rule: Rule, event: EnrichedEvent): number {
  switch (rule.measure) {
    case 'errors':
    case 'error_ratio': return event.status >= 500 || event.status === 0 ? 1 : 0
    case 'rate_limited': return event.rate_limited ? 1 : 0
    case 'undocumented': return event.outcome === 'matched' || event.outcome === 'ambiguous' ? 0 : 1
    case 'bytes': return event.request_bytes + event.response_bytes
    default: return 1
  }
}

function toPoint (rule: Rule, cell: Cell, threshold: number | undefined): Point[] {
  if (threshold === undefined || cell.sketch?.count === 0) return []
  return [{ subject: cell.subject, start: cell.start, value: valueOf(rule, cell), requests: cell.requests, threshold }]
}

function valueOf (rule: Rule, cell: Cell): number {
  if (rule.measure === 'error_ratio') return cell.count / cell.requests
  if (cell.sketch === undefined) return cell.count
  return cell.sketch.getValueAtQuantile(quantiles[rule.measure as keyof typeof quantiles])
}

function findBreaches (rule: Rule, points: Point[], cells: ReadonlyMap<string, Cell>, now: number, directory: Directory): Breach[] {
  const { changed } = evaluate(rule, openLedger(rule, [], 0), points, { now, horizon: Infinity, describe: describeSubjects(directory) })
  return changed.map((breach) => {
    const cell = cells.get(keyOf(rule, breach.opened_at, breach))
    return { ...breach, opened_at: crossing(cell?.minutes ?? new Map(), breach.threshold) ?? breach.opened_at }
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
