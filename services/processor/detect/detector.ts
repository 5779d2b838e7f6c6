import type { ClickHouseClient } from '@clickhouse/client'
import { z } from 'zod'
import { pause } from '../../runtime/shutdown.ts'
import { duration } from '../../runtime/units.ts'
import type { Breach } from './breach.ts'
import { Rounds } from './round.ts'
import type { RoundOptions } from './round.ts'
import type { Rule } from './rule.ts'
import { openDetectStore } from './store.ts'

/** `detect:` in the processor's configuration. */
export const detectSchema = z.strictObject({
  interval: duration.default(10_000).describe('How often all rules are evaluated.'),
  horizon: duration.default(3_600_000).describe('How late events may come and still open, change or close a breach.'),
  idle: duration.default(60_000)
    .describe('Time goes on by the clock, this far behind it, once all inputs are read to their ends: breaches close when traffic stops.'),
})

export interface DetectorOptions extends RoundOptions {
  client: ClickHouseClient
  /** Milliseconds between two evaluations; default 10,000. */
  interval?: number
}

export interface Detector {
  /** Evaluates every rule now, writes what changed, and gives the open breaches. Never rejects: failures are counted. */
  evaluateOnce (): Promise<Breach[]>
  /** Evaluates other rules from now on; open breaches of rules that are gone are closed. Throws RULE_INVALID and keeps the old ones. */
  use (rules: readonly Rule[]): void
  /** Stops the loop and waits for the evaluation that is running. */
  close (): Promise<void>
}

/**
 * Evaluates the rules over the rollups, at once and then every `interval`, and keeps the ledger of breaches. What "now" is,
 * the newest event says and not the wall clock, so that a replayed log gives the same breaches as live traffic did. While
 * `isCaughtUp` says that no more events are on their way, time goes on by the clock, so that breaches close. Open breaches
 * of an earlier run are taken up; those of rules that are gone are closed. A store that fails is counted, logged when the
 * failure changes, and asked again. Throws RULE_INVALID.
 */
export function startDetector (options: DetectorOptions): Detector {
  const rounds = new Rounds(openDetectStore(options.client, options.database), options)
  const stopping = new AbortController()
  let running: Promise<unknown> = Promise.resolve()
  const evaluateOnce = (): Promise<Breach[]> => {
    const result = running.then(() => rounds.run())
    running = result
    return result
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await evaluateOnce()
      await pause(options.interval ?? 10_000, stopping.signal)
    }
  }
  const ended = loop()
  return {
    evaluateOnce,
    use: (rules) => rounds.use(rules),
    close: async () => {
      stopping.abort()
      await ended
      await running
    },
  }
}
