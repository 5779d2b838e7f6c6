import type { Entry, Intent } from './checkpoint.ts'
import type { Known } from './fingerprint.ts'

/**
 * The ranges that this run has handed out. They stay good when their file is truncated or replaced: their records are in
 * the pipeline already, so they are not read again, and what follows is read behind them.
 */
export class Flight {
  readonly #handedOut = new WeakSet<Intent>()

  add (intent: Intent): void {
    this.#handedOut.add(intent)
  }

  /** The ranges of an earlier run that must still come again, in their order. */
  redoOf ({ intents }: Entry): Intent[] {
    return intents.filter((intent) => !this.#handedOut.has(intent))
  }

  /** Forgets the ranges that cannot be read again. */
  dropRedo (entry: Entry): void {
    entry.intents = entry.intents.filter((intent) => this.#handedOut.has(intent))
  }

  /** What is known of the content up to the end of the newest range that was handed out, or else committed. */
  reachOf (entry: Entry): Known {
    const newest = entry.intents.findLast((intent) => this.#handedOut.has(intent))
    return newest === undefined ? entry : { head: entry.head, seam: newest.seam, offset: newest.to }
  }
}
