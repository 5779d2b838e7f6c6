/** From the records of an input to events: what no decoder reads is opened first, if it is a wrapper. Pure. */
import { isReject } from './contract.ts'
import type { Decode, Decoder, Decoding, RawRecord } from './contract.ts'
import type { AccessEvent, Reject, RejectReason } from './event.ts'
import { recognize } from './framing/formats.ts'
import { unwrap } from './framing/unwrap.ts'
import { rejectUnstorable } from './storable.ts'

/** What became of records: each gives one of either, save that a wrapper gives one for each record in it, and a blank line none. */
export interface Decoded { events: AccessEvent[], rejects: Reject[] }

/** Why a line may be refused that is a wrapper of records. */
const openable: ReadonlySet<RejectReason> = new Set(['invalid_json', 'truncated', 'not_an_object', 'malformed', 'missing_field'])

/**
 * Decodes records in their order, and adds to `decoded`. A record that the decoder takes costs nothing more; only one that
 * it refuses is looked at again.
 */
export function decodeRecords (records: readonly RawRecord[], source: string, decoder: Decoder, decoded: Decoded): Decoded {
  for (const record of records) {
    const refused = decodeOne(record, source, decoder.decode, decoded)
    if (refused === undefined) continue
    if (openable.has(refused.reason)) openRecord(record, refused, decoder, decoded)
    else decoded.rejects.push(refused)
  }
  return decoded
}

/** Adds what a record holds; gives the reject of a record that holds nothing else. */
function decodeOne (record: RawRecord, source: string, decode: Decode, decoded: Decoded): Reject | undefined {
  const decoding = decode(record, source)
  if (!isList(decoding)) return add(decoding, record, decoded)
  for (const value of decoding) {
    const refused = add(value, record, decoded)
    if (refused !== undefined) decoded.rejects.push(refused)
  }
  return undefined
}

function isList (decoding: Decoding): decoding is ReadonlyArray<AccessEvent | Reject> {
  return Array.isArray(decoding)
}

/** An event that the store could not hold is a reject as well. */
function add (value: AccessEvent | Reject, record: RawRecord, { events }: Decoded): Reject | undefined {
  if (isReject(value)) return value
  const refused = rejectUnstorable(value, record.bytes.length)
  if (refused === undefined) events.push(value)
  return refused
}

function openRecord (record: RawRecord, refused: Reject, { decode, framing }: Decoder, decoded: Decoded): void {
  const unwrapped = unwrap(record, framing, (bytes) => isTaken(decode({ bytes, offset: 0 }, '')))
  if (unwrapped === undefined) {
    decoded.rejects.push(explain(refused, [record.bytes], ''))
    return
  }
  for (const inner of unwrapped.records) {
    const reject = decodeOne(inner, refused.source, decode, decoded)
    if (reject !== undefined) decoded.rejects.push(explain(reject, [inner.bytes, record.bytes], unwrapped.wrapper))
  }
}

/** What a decoder refuses for what it says, not for how it is written, is a record, too. */
function isTaken (decoding: Decoding): boolean {
  return isList(decoding) || !isReject(decoding) || !openable.has(decoding.reason)
}

/** Says what the record looks like and what it was wrapped in. */
function explain (reject: Reject, texts: readonly Buffer[], wrapper: string): Reject {
  const format = openable.has(reject.reason) ? texts.map(recognize).find((name) => name !== '') ?? '' : ''
  const looks = format === '' ? '' : `; it looks like ${format}`
  const wrapped = wrapper === '' ? '' : `; wrapped in ${wrapper}`
  return looks === '' && wrapped === '' ? reject : { ...reject, detail: `${reject.detail}${looks}${wrapped}` }
}
