import { breachId } from './breach.ts'
import type { Breach, Subject } from './breach.ts'
import { foldPoints } from './episodes.ts'
import type { Episode, Point, Tracks } from './episodes.ts'
import type { Rule } from './rule.ts'
import { windowOf } from './window.ts'

/** What is known of one rule between two evaluations. Immutable: if the breaches could not be written, keep the old one. */
export interface Ledger {
  /** Windows from here on are read again: late events can still change them. Epoch ms. */
  from: number
  /** Unfinished episodes of the windows before `from`. */
  tracks: Tracks
  /** Newest written version of every breach that can still change, by id. */
  written: ReadonlyMap<string, Breach>
}

export interface Evaluation {
  ledger: Ledger
  /** Versions that differ from what was written last. */
  changed: Breach[]
  /** All breaches that are open now. */
  active: Breach[]
}

/** When and for whom rules are evaluated. */
export interface Moment {
  /** How far time has come, epoch ms: to the newest event, or further where the inputs have nothing more. */
  now: number
  /** Newest event time, epoch ms, where time has come further: late events are late by what came, not by the clock. */
  newest?: number
  /** How late events may come and still change a window, ms. */
  horizon: number
  /** Who answers for a subject. */
  describe: (subject: Subject) => { owner: string, contact: string }
}

/**
 * The state to begin with: windows are read anew from `since` (epoch ms), or from where the oldest of the open breaches
 * began; `restored` are the breaches of the store that were seen after that.
 */
export function openLedger (rule: Rule, restored: readonly Breach[], since: number): Ledger {
  const open = restored.filter((breach) => breach.closed_at === null)
  const first = Math.min(since, ...open.map((breach) => breach.opened_at))
  return {
    from: windowOf(Math.max(0, first), rule.over),
    tracks: new Map(),
    written: new Map(restored.map((breach) => [breach.breach_id, breach])),
  }
}

/**
 * Evaluates one rule: `points` are those of all windows from `ledger.from` to `now` (epoch ms). Pure, and
 * the same input gives the same breaches: evaluating twice changes nothing. A breach that was written but is no longer
 * found (late events took it away, or the rule changed) is closed where it was last seen.
 */
export function evaluate (
  rule: Rule, ledger: Ledger, points: readonly Point[], { now, newest = now, horizon, describe }: Moment
): Evaluation {
  const from = Math.max(ledger.from, windowOf(Math.max(0, newest - horizon), rule.over))
  const settled = foldPoints(rule, ledger.tracks, points.filter((point) => point.start < from), from)
  const fresh = foldPoints(rule, settled.tracks, points.filter((point) => point.start >= from), now)
  const open = [...fresh.tracks.values()].filter((episode) => episode.open)
  const breachOf = (episode: Episode, seen: number): Breach => ({ ...version(rule, ledger, episode, seen), ...describe(episode.subject) })
  const active = open.map((episode) => breachOf(episode, newest))
  const closedOf = (episode: Episode): Breach => closed(breachOf(episode, now))
  const closable = fresh.closed.map(closedOf)
  const versions = [...settled.closed.map(closedOf), ...closable, ...active]
  const changed = [...versions, ...vanished(ledger, versions)].filter((breach) => !isSame(breach, ledger.written.get(breach.breach_id)))
  // Closed breaches are kept as long as their windows are read again: else they would be written again.
  const again = new Set(closable.map((breach) => breach.breach_id))
  const merged = new Map([...ledger.written, ...changed.map((breach) => [breach.breach_id, breach] as const)])
  const written = [...merged].filter(([id, breach]) => breach.closed_at === null || breach.last_seen >= from || again.has(id))
  return { ledger: { from, tracks: settled.tracks, written: new Map(written) }, changed, active }
}

/** The same evaluation with what was found out about some breaches in place of what it said. */
export function amend (evaluation: Evaluation, amended: ReadonlyMap<string, Breach>): Evaluation {
  const replace = (breach: Breach): Breach => amended.get(breach.breach_id) ?? breach
  const written = new Map([...evaluation.ledger.written].map(([id, breach]) => [id, replace(breach)]))
  return { ledger: { ...evaluation.ledger, written }, changed: evaluation.changed.map(replace), active: evaluation.active.map(replace) }
}

function version (rule: Rule, ledger: Ledger, episode: Episode, seen: number): Omit<Breach, 'owner' | 'contact'> {
  const id = breachId(rule.name, episode.subject, episode.opening)
  const before = ledger.written.get(id)
  return {
    breach_id: id,
    rule: rule.name,
    severity: rule.severity,
    ...episode.subject,
    // Found out once, when the breach is new; kept in all later versions.
    opened_at: before?.opened_at ?? episode.opening,
    closed_at: null,
    last_seen: Math.max(episode.opening, Math.min(episode.end, seen)),
    threshold: episode.threshold,
    observed: episode.observed,
    peak: episode.peak,
    requests: episode.requests,
    sample_request_ids: before?.sample_request_ids ?? [],
  }
}

function closed (breach: Breach): Breach {
  return { ...breach, closed_at: breach.last_seen }
}

function vanished (ledger: Ledger, versions: readonly Breach[]): Breach[] {
  const found = new Set(versions.map((breach) => breach.breach_id))
  return [...ledger.written.values()]
    .filter((breach) => !found.has(breach.breach_id) && breach.closed_at === null)
    .map((breach) => ({ ...breach, closed_at: breach.last_seen }))
}

function isSame (a: Breach, b: Breach | undefined): boolean {
  return b !== undefined && JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
}
