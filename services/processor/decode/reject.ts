import type { RawRecord } from '../contract.ts'
import type { Reject } from '../event.ts'
import type { Refusal } from './field.ts'

/** The reject of a whole record. */
export function reject ({ reason, detail }: Refusal, { offset, bytes }: RawRecord, source: string): Reject {
  return { reason, detail, source, source_offset: offset, length: bytes.length }
}
