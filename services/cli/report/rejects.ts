import type { Reject, RejectReason } from '../../processor/event.ts'
import type { RejectShape } from './shape.ts'

/** Counts rejected records by reason and keeps the first of each. */
export class RejectTally {
  readonly #found = new Map<RejectReason, { records: number, first: Reject }>()

  add (reject: Reject): void {
    const known = this.#found.get(reject.reason)
    if (known === undefined) this.#found.set(reject.reason, { records: 1, first: reject })
    else known.records++
  }

  /** Most frequent first. */
  read (): RejectShape[] {
    return [...this.#found].sort((a, b) => b[1].records - a[1].records).map(([reason, { records, first }]) => ({
      reason, records, first: { file: first.source, offset: first.source_offset, detail: first.detail },
    }))
  }
}
