import { fields } from '../event.ts'
import type { EnrichedEvent, Reject } from '../event.ts'
import { compileEncoder } from './native/block.ts'
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

const encodeEvents = compileEncoder<EnrichedEvent>(fields)
const encodeRejects = compileEncoder<Reject>(rejectColumns)

/**
 * Events as rows of `requests`: the published fields and no other. A part for every UTC day that they touch: a day is a
 * partition, and what lies in one partition of every table is there whole or not at all.
 */
export function tabulateEvents (events: readonly EnrichedEvent[]): TablePart[] {
  return [...byDay(events)].map(([day, rows]) => ({
    table: requestsTable,
    name: new Date(day * dayMs).toISOString().slice(0, 10),
    columns: Object.keys(fields),
    rows: rows.length,
    bytes: encodeEvents(rows),
  }))
}

/** Rejects as rows of `rejected`; `name` tells those of the store from those of the decoder. */
export function tabulateRejects (rejects: readonly Reject[], name: 'rejected' | 'refused' = 'rejected'): TablePart {
  return { table: rejectedTable, name, columns: Object.keys(rejectColumns), rows: rejects.length, bytes: encodeRejects(rejects) }
}

const dayMs = 86_400_000

/** Nearly always there is one day, and then nothing is copied. */
function byDay (events: readonly EnrichedEvent[]): Map<number, readonly EnrichedEvent[]> {
  const first = Math.floor((events[0]?.time ?? 0) / dayMs)
  if (events.length === 0) return new Map()
  if (events.every(({ time }) => Math.floor(time / dayMs) === first)) return new Map([[first, events]])
  const days = new Map<number, EnrichedEvent[]>()
  for (const event of events) {
    const day = Math.floor(event.time / dayMs)
    const rows = days.get(day)
    if (rows === undefined) days.set(day, [event])
    else rows.push(event)
  }
  return days
}
