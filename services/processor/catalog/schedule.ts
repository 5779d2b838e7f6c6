/** When a source is asked again. */

/** How often to ask, and how soon again after a failure, ms. */
export interface Pace { intervalMs: number, retryMs: number }

/** When a source is to be asked next (epoch ms), and how often in a row it has failed. */
export interface Turn { at: number, failures: number }

/**
 * The turn after an answer: one interval later. After the nth failure in a row `retryMs` × 2^(n-1) later, at most one
 * interval, or when the server asked to be left alone for longer. Half of a pause after a failure is left to chance
 * (`random` is in 0..1), a tenth of an interval, so that many processors do not ask at once.
 */
export function nextTurn (previous: Turn | undefined, outcome: Outcome, now: number, pace: Pace, random: number): Turn {
  if (!outcome.failed) return { at: Math.round(now + pace.intervalMs * (0.9 + 0.1 * random)), failures: 0 }
  const failures = (previous?.failures ?? 0) + 1
  const pause = Math.min(pace.intervalMs, pace.retryMs * 2 ** Math.min(failures - 1, 30))
  const asked = Math.min(outcome.retryAfterMs ?? 0, longestMs)
  return { at: Math.round(now + Math.max(pause * (0.5 + 0.5 * random), asked)), failures }
}

/** What became of asking; `retryAfterMs` is what the server wants. */
export interface Outcome { failed: boolean, retryAfterMs?: number | undefined }

/** No server may ask to be left alone for longer. */
const longestMs = 3_600_000
