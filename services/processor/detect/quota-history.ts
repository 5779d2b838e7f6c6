import { windowAfter } from './window.ts'
import type { Span } from './window.ts'
import type { Point } from './episodes.ts'
import type { Subject } from './breach.ts'

/** Requests that a partner may make in each calendar window (UTC); a missing quota is no limit. */
export type Quotas = Readonly<Partial<Record<'minute' | 'hourly' | 'daily' | 'monthly', number>>>

/** The quotas that a partner had from one moment (epoch ms) until its next version. */
export interface PartnerVersion { name: string, from: number, quotas: Quotas }

/** One limit of one partner from one whole minute (epoch ms) on; Infinity where the partner had none. */
export interface LimitVersion { from: number, limit: number }

/** All limits of one partner, oldest first; the first one is valid for all time before, too. */
export type LimitVersions = readonly LimitVersion[]

/** The quotas in use: partners, and since when (epoch ms) they are in use. */
export interface QuotasInUse {
  partners: ReadonlyArray<{ name: string, quotas: Quotas }>
  compiledAt?: number | undefined
}

const minute = 60_000

/**
 * The versions that the store has, with what the catalog in use adds to them: a partner that is new is valid for all
 * time, other quotas of a known one are valid from the moment at which the catalog came into use.
 */
export function versionsOf (inUse: QuotasInUse, stored: readonly PartnerVersion[]): PartnerVersion[] {
  const { partners, compiledAt = 0 } = inUse
  const newest = new Map<string, PartnerVersion>()
  for (const version of stored) if (version.from >= (newest.get(version.name)?.from ?? 0)) newest.set(version.name, version)
  const named = new Set(partners.map(({ name }) => name))
  const gone = partners.length === 0 ? [] : [...newest.keys()].filter((name) => !named.has(name)).map((name) => ({ name, quotas: {} }))
  const added = [...partners, ...gone].flatMap(({ name, quotas }): PartnerVersion[] => {
    const last = newest.get(name)
    if (last === undefined) return [{ name, from: 0, quotas }]
    return areSame(last.quotas, quotas) ? [] : [{ name, from: Math.max(compiledAt, last.from + 1), quotas }]
  })
  return [...stored, ...added]
}

/** True when two sets of quotas allow the same. */
export function areSame (a: Quotas, b: Quotas): boolean {
  return (['minute', 'hourly', 'daily', 'monthly'] as const).every((name) => a[name] === b[name])
}

/**
 * The limits of one quota by partner, for partners that ever had it. A change counts from the next whole minute on, so
 * that no window of a minute has two limits.
 */
export function limitVersions (versions: readonly PartnerVersion[], quota: keyof Quotas): Map<string, LimitVersions> {
  const byPartner = new Map<string, LimitVersion[]>()
  for (const { name, from, quotas } of versions.toSorted((a, b) => a.from - b.from)) {
    const known = byPartner.get(name) ?? []
    const next = { from: Math.ceil(from / minute) * minute, limit: quotas[quota] ?? Infinity }
    const last = known.at(-1)
    if (last?.from === next.from) known.pop()
    if (known.at(-1)?.limit !== next.limit) known.push(next)
    byPartner.set(name, known)
  }
  return new Map([...byPartner].filter(([, known]) => known.some(({ limit }) => limit < Infinity)))
}

/** The limit at one moment, epoch ms. */
export function limitAt (versions: LimitVersions, time: number): number {
  return (versions.findLast(({ from }) => from <= time) ?? versions[0])?.limit ?? Infinity
}

/** The lowest limit between two moments: a count that is not above it is above none of them. */
export function lowestLimit (versions: LimitVersions, from: number, to: number): number {
  const later = versions.filter((version) => version.from > from && version.from < to)
  return Math.min(limitAt(versions, from), ...later.map(({ limit }) => limit))
}

/** The moments inside a window at which its limit changes. */
export function cutsOf (versions: LimitVersions, start: number, over: Span): number[] {
  const end = windowAfter(start, over)
  return versions.filter(({ from }, index) => index > 0 && from > start && from < end).map(({ from }) => from)
}

/** The count of one window of one subject, by the parts that the `cuts` make of it. */
export interface CutCount { subject: Subject, start: number, cuts: readonly number[], counts: readonly number[] }

/**
 * The points of a window whose limit changes inside it: each part is judged by its own limit, on all that was counted
 * from the window's start to the part's end.
 */
export function pointsOfParts ({ subject, start, cuts, counts }: CutCount, versions: LimitVersions, over: Span): Point[] {
  const starts = [start, ...cuts]
  let before = 0
  return starts.map((from, index) => {
    const threshold = limitAt(versions, from)
    const value = before + (counts[index] ?? 0)
    const goesOn = index > 0 && before > threshold
    const requests = goesOn ? value - before : value
    before = value
    return { subject, start: from, value, requests, threshold, part: { end: starts[index + 1] ?? windowAfter(start, over), goesOn } }
  })
}
