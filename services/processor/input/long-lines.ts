import type { Reject } from '../event.ts'
import type { LongLine } from './lines.ts'

/** The rejects of records that are longer than `maxBytes`; `source` is that of their range. */
export function rejectLong (lines: readonly LongLine[], source: string, maxBytes: number): Reject[] {
  return lines.map(({ offset, length }) => ({ reason: 'too_long', detail: `longer than ${maxBytes} bytes`, source, source_offset: offset, length }))
}
