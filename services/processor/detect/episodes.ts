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
  /** Set when a change of the limit cuts the window: this is the part from `start` on, and `value` counts from the window's start. */
  part?: WindowPart
}

/** A part of a window that has a limit of its own. */
export interface WindowPart {
  /** End of the part, epoch ms. */
  end: number
  /** True when the value is above the part's limit from its start on: an episode that reaches it does not end there. */
  goesOn: boolean
}

/** Consecutive windows above the threshold, with the gaps that hysteresis bridges. */
export interface Episode {
  subject: Subject
  /** Start of the first window above the threshold. */
  opening: number
  /** End of the newest one. */
  end: number
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
    if (current?.open === true && isOver(rule, current, point)) closed.push(current)
    next.set(key, extend(rule, current, point))
  }
  for (const [key, episode] of next) {
    if (!endsBefore(rule, episode, now)) continue
    if (episode.open) closed.push(episode)
    next.delete(key)
  }
  return { tracks: next, closed }
}

function exceeds (rule: Rule, point: Point, now: number): boolean {
  // A limit that is in force only later says nothing of what has been counted so far.
  if (point.part !== undefined) return point.start <= now && point.value > point.threshold && point.value >= rule.min_requests
  const finished = windowAfter(point.start, rule.over) <= now
  const enough = finished || grows(rule) ? rule.min_requests : Math.max(rule.min_requests, earlyRequests)
  return point.value > point.threshold && point.requests >= enough
}

function extend (rule: Rule, current: Episode | undefined, point: Point): Episode {
  const goesOn = current !== undefined && !isOver(rule, current, point)
  const before = goesOn ? current : { opening: point.start, windows: 0, peak: -Infinity, requests: 0, open: false }
  const windows = before.windows + (goesOn && point.part?.goesOn === true ? 0 : 1)
  return {
    subject: point.subject,
    opening: before.opening,
    end: point.part?.end ?? windowAfter(point.start, rule.over),
    windows,
    threshold: point.threshold,
    observed: point.value,
    peak: Math.max(before.peak, point.value),
    requests: before.requests + point.requests,
    open: before.open || windows >= Math.max(1, windowsIn(rule.for, rule.over)),
  }
}

/** True when an episode ends before a point above the threshold can go on with it. */
function isOver (rule: Rule, episode: Episode, point: Point): boolean {
  if (point.part?.goesOn === true && episode.end === point.start) return false
  return endsBefore(rule, episode, point.start)
}

/** True when the windows between the newest one above the threshold and `time` clear the episode. */
function endsBefore (rule: Rule, episode: Episode, time: number): boolean {
  // An episode that is not open yet needs its windows without a gap: the first whole window without ends it.
  const windows = episode.open ? clearWindows(rule) : 1
  return time >= (windows === 0 ? episode.end : windowAfter(episode.end, rule.over, windows))
}

function clearWindows (rule: Rule): number {
  if (rule.clear_after !== undefined) return windowsIn(rule.clear_after, rule.over)
  // The next day has a new quota, so the breach of a daily quota ends with its day. The next minute has one, too, but
  // who sends too much for an hour has one breach and not sixty.
  return typeof rule.above === 'number' || rule.above === 'partner.quota.minute' ? 1 : 0
}

function keyOf (subject: Subject): string {
  return JSON.stringify([subject.service, subject.route, subject.partner])
}
