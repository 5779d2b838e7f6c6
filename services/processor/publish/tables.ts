import { fields } from '../event.ts'
import type { EnrichedEvent, Reject } from '../event.ts'
import { compileEncoder } from './encode.ts'
import type { Part } from './parcel.ts'

/** The table of events; the columns are the published fields. */
export const requestsTable = 'requests'

const rejectColumns = {
  reason: { type: 'LowCardinality(String)' },
  detail: { type: 'String' },
  source: { type: 'LowCardinality(String)' },
  source_offset: { type: 'UInt64' },
  length: { type: 'UInt64' },
} satisfies Record<keyof Reject, { type: string }>

const encodeEvents = compileEncoder<EnrichedEvent>(fields)
const encodeRejects = compileEncoder<Reject>(rejectColumns)

/** Events as rows of `requests`: the published fields and no other. */
export function tabulateEvents (events: readonly EnrichedEvent[]): Part {
  return { table: requestsTable, columns: Object.keys(fields), rows: events.length, bytes: encodeEvents(events) }
}

/** Rejects as rows of `rejected`. */
export function tabulateRejects (rejects: readonly Reject[]): Part {
  return { table: 'rejected', columns: Object.keys(rejectColumns), rows: rejects.length, bytes: encodeRejects(rejects) }
}
