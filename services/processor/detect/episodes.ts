import type { Subject } from './breach.ts'
import { grows } from './rule.ts'
import type { Rule } from './rule.ts'
import { windowAfter, windowsIn } from './window.ts'

/** What a rule measured for one subject in one window. */
export interface Point {
  subject: Subject
  /** Start of the window, epoch ms. */
  start: number
  value: number
  requests: number
  threshold: number
}

/** Consecutive windows above the threshold, with the gaps that hysteresis bridges. */
export interface Episode {
  subject: Subject
  /** Start of the first window above the threshold. */
  opening: number
  /** Start of the newest one. */
  last: number
  /** Windows above the threshold. */
  windows: number
  threshold: number
  observed: number
  peak: number
  requests: number
  /** False while `for` is not fulfilled. */
  open: boolean
}

/** The unfinished episode of each subject, by subject. Immutable: folding gives a new one. */
export type Tracks = ReadonlyMap<string, Episode>

/**
 * Requests that an unfinished window must have before a ratio or percentile is judged: unlike a count, it can still
 * fall, and the first requests of a window say little.
 */
const earlyRequests = 20

/**
 * Takes points (of windows after those already folded, in any order) into the tracks. An episode opens when the value
 * is above the threshold in as many consecutive windows as `for` takes, and closes when as many windows as
 * `clear_after` takes have passed without; windows without points count as not above. `now` is event time in epoch ms.
 */
export function foldPoints (rule: Rule, tracks: Tracks, points: readonly Point[], now: number): { tracks: Tracks, closed: Episode[] } {
  const next = new Map(tracks)
  const closed: Episode[] = []
  for (const point of points.filter((item) => exceeds(rule, item, now)).sort((a, b) => a.start - b.start)) {
    const key = keyOf(point.subject)
    const current = next.get(key)
    if (current?.open === true && endsBefore(rule, current, point.start)) closed.push(current)
    next.set(key, extend(rule, current, point))
  }
  for (const [key, episode] of next) {
    if (!endsBefore(rule, episode, now)) continue
    if (episode.open) closed.push(episode)
    next.delete(key)
  }
  return { tracks: next, closed }
}

/** When an episode closed, or would close if nothing more came: the end of its newest window; epoch ms. */
export function endOf (rule: Rule, episode: Episode): number {
  return windowAfter(episode.last, rule.over)
}

function exceeds (rule: Rule, point: Point, now: number): boolean {
  const finished = windowAfter(point.start, rule.over) <= now
  const enough = finished || grows(rule) ? rule.min_requests : Math.max(rule.min_requests, earlyRequests)
  return point.value > point.threshold && point.requests >= enough
}

function extend (rule: Rule, current: Episode | undefined, point: Point): Episode {
  const goesOn = current !== undefined && !endsBefore(rule, current, point.start)
  const before = goesOn ? current : { opening: point.start, windows: 0, peak: -Infinity, requests: 0, open: false }
  const windows = before.windows + 1
  return {
    subject: point.subject,
    opening: before.opening,
    last: point.start,
    windows,
    threshold: point.threshold,
    observed: point.value,
    peak: Math.max(before.peak, point.value),
    requests: before.requests + point.requests,
    open: before.open || windows >= Math.max(1, windowsIn(rule.for, rule.over)),
  }
}

/** True when the windows between the newest one above the threshold and `time` clear the episode. */
function endsBefore (rule: Rule, episode: Episode, time: number): boolean {
  // An episode that is not open yet needs its windows without a gap: the first whole window without ends it.
  if (!episode.open) return time >= windowAfter(episode.last, rule.over, 2)
  return time >= windowAfter(episode.last, rule.over, 1 + clearWindows(rule))
}

function clearWindows (rule: Rule): number {
  // The next window of a quota has a new quota, so its breach ends with the window.
  if (rule.clear_after === undefined) return typeof rule.above === 'number' ? 1 : 0
  return windowsIn(rule.clear_after, rule.over)
}

function keyOf (subject: Subject): string {
  return JSON.stringify([subject.service, subject.route, subject.partner])
}
