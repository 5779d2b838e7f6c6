import type { BatchEncoder } from '../contract.ts'
import { fields } from '../event.ts'
import type { EnrichedEvent, Reject } from '../event.ts'
import { compileEncoder } from './native/block.ts'
import type { BlockEncoder } from './native/block.ts'
import type { TablePart } from './table-part.ts'

/** The table of events; the columns are the published fields. */
export const requestsTable = 'requests'

/** The table of records that could not become an event. */
export const rejectedTable = 'rejected'

const rejectColumns = {
  reason: { type: 'LowCardinality(String)' },
  detail: { type: 'String' },
  source: { type: 'LowCardinality(String)' },
  source_offset: { type: 'UInt64' },
  length: { type: 'UInt64' },
} satisfies Record<keyof Reject, { type: string }>

const encodeRejects = compileEncoder<Reject>(rejectColumns)

/**
 * Makes the encoder of batches for one ClickHouse. Events become rows of `requests`: the published fields and no other, a part for every
 * UTC day that they touch: a day is a partition, and what lies in one partition of every table is there whole or not at all. Rejects
 * become rows of `rejected`, the last part.
 */
export function createTables (): () => BatchEncoder<TablePart[]> {
  const encoder = compileEncoder<EnrichedEvent>(fields)
  return () => {
    // A stage that failed has left a batch without its end.
    if (encoder.rows > 0) encoder.end()
    const days = new Days(encoder)
    return {
      add: (events) => days.add(events),
      end: (rejects) => [...days.end(), tabulateRejects(rejects)],
    }
  }
}

/** Rejects as rows of `rejected`; `name` tells those of the store from those of the decoder. */
export function tabulateRejects (rejects: readonly Reject[], name: 'rejected' | 'refused' = 'rejected'): TablePart {
  encodeRejects.add(rejects)
  return { table: rejectedTable, name, columns: Object.keys(rejectColumns), rows: rejects.length, bytes: encodeRejects.end() }
}

const dayMs = 86_400_000

/** The days of a batch. Nearly always there is one, which is encoded as it comes; events of others wait for the end. */
class Days {
  readonly #encoder: BlockEncoder<EnrichedEvent>
  readonly #others = new Map<number, EnrichedEvent[]>()
  #first = NaN

  constructor (encoder: BlockEncoder<EnrichedEvent>) {
    this.#encoder = encoder
  }

  add (events: readonly EnrichedEvent[]): void {
    if (events.length === 0) return
    if (Number.isNaN(this.#first)) this.#first = dayOf(events[0]!)
    const first = this.#first
    if (events.every((event) => dayOf(event) === first)) this.#encoder.add(events)
    else this.#encoder.add(events.filter((event) => dayOf(event) === first || this.#keep(event)))
  }

  /** Keeps an event for later; false, so that it is not taken for one of the first day. */
  #keep (event: EnrichedEvent): boolean {
    const day = dayOf(event)
    const rows = this.#others.get(day)
    if (rows === undefined) this.#others.set(day, [event])
    else rows.push(event)
    return false
  }

  * end (): Generator<TablePart> {
    if (Number.isNaN(this.#first)) return
    yield this.#part(this.#first)
    for (const [day, events] of this.#others) {
      this.#encoder.add(events)
      yield this.#part(day)
    }
  }

  #part (day: number): TablePart {
    const { rows } = this.#encoder
    const bytes = this.#encoder.end()
    return { table: requestsTable, name: new Date(day * dayMs).toISOString().slice(0, 10), columns: Object.keys(fields), rows, bytes }
  }
}

function dayOf ({ time }: EnrichedEvent): number {
  return Math.floor(time / dayMs)
}
