/** From the records of an input to events: what no decoder reads is opened first, if it is a wrapper. Pure. */
import { isReject } from './contract.ts'
import type { Decoder, RawRecord } from './contract.ts'
import type { AccessEvent, Reject, RejectReason } from './event.ts'
import { recognize } from './framing/formats.ts'
import { unwrap } from './framing/unwrap.ts'
import { rejectUnstorable } from './storable.ts'

/** What became of records: each gives one of either, save that a wrapper gives one for each record in it, and a blank line none. */
export interface Decoded { events: AccessEvent[], rejects: Reject[] }

/** Why a line may be refused that is a wrapper of records. */
const openable: ReadonlySet<RejectReason> = new Set(['invalid_json', 'truncated', 'not_an_object', 'missing_field'])

/**
 * Decodes records in their order, and adds to `decoded`. A record that the decoder takes costs nothing more; only one that
 * it refuses is looked at again.
 */
export function decodeRecords (records: readonly RawRecord[], source: string, decode: Decoder, decoded: Decoded): Decoded {
  for (const record of records) {
    const value = decodeOne(record, source, decode)
    if (!isReject(value)) decoded.events.push(value)
    else if (openable.has(value.reason)) openRecord(record, value, decode, decoded)
    else decoded.rejects.push(value)
  }
  return decoded
}

/** An event that the store could not hold is a reject as well. */
function decodeOne (record: RawRecord, source: string, decode: Decoder): AccessEvent | Reject {
  const value = decode(record, source)
  return isReject(value) ? value : rejectUnstorable(value, record.bytes.length) ?? value
}

function openRecord (record: RawRecord, refused: Reject, decode: Decoder, { events, rejects }: Decoded): void {
  const unwrapped = unwrap(record)
  if (unwrapped === undefined) {
    rejects.push(explain(refused, [record.bytes], ''))
    return
  }
  for (const inner of unwrapped.records) {
    const value = decodeOne(inner, refused.source, decode)
    if (isReject(value)) rejects.push(explain(value, [inner.bytes, record.bytes], unwrapped.wrapper))
    else events.push(value)
  }
}

/** Says what the record looks like and what it was wrapped in. */
function explain (reject: Reject, texts: readonly Buffer[], wrapper: string): Reject {
  const format = openable.has(reject.reason) ? texts.map(recognize).find((name) => name !== '') ?? '' : ''
  const looks = format === '' ? '' : `; it looks like ${format}`
  const wrapped = wrapper === '' ? '' : `; wrapped in ${wrapper}`
  return looks === '' && wrapped === '' ? reject : { ...reject, detail: `${reject.detail}${looks}${wrapped}` }
}
