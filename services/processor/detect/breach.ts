import { createHash } from 'node:crypto'
import type { Rule, SubjectKey } from './rule.ts'

/** Whom a breach is about; keys that the rule does not group by are ''. */
export type Subject = Readonly<Record<SubjectKey, string>>

/**
 * One version of one episode of a rule being exceeded by one subject: a row of `breaches`. Times are epoch ms; the
 * newest version of a `breach_id` counts.
 */
export interface Breach extends Subject {
  /** 32 hex digits: the same rule, subject and opening window always give the same id. */
  breach_id: string
  rule: string
  severity: string
  /** Start of the minute in which a count passed the threshold, or of the first window above it. */
  opened_at: number
  /** End of the last window above the threshold, once it is closed. */
  closed_at: number | null
  /** End of the newest window above the threshold, or the newest event time while that window is open. */
  last_seen: number
  threshold: number
  /** Value of the newest window above the threshold. */
  observed: number
  /** Highest value. */
  peak: number
  /** Requests in the windows above the threshold. */
  requests: number
  sample_request_ids: string[]
  owner: string
  contact: string
}

/** The deterministic id of an episode; `window` is the start of its first window in epoch ms. */
export function breachId (rule: string, subject: Subject, window: number): string {
  return createHash('sha256').update(JSON.stringify([rule, subject.service, subject.route, subject.partner, window])).digest('hex').slice(0, 32)
}

/** The parts of a subject that a rule groups by; the rest is ''. */
export function subjectOf (rule: Rule, values: Partial<Subject>): Subject {
  const pick = (key: SubjectKey): string => rule.by.includes(key) ? values[key] ?? '' : ''
  return { service: pick('service'), route: pick('route'), partner: pick('partner') }
}
