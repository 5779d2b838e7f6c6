/** From the records of an input to events: what no decoder reads is opened first, if it is a wrapper. Pure. */
import { isReject } from './contract.ts'
import type { Decoded, Decoder, Decoding, Positions, RawRecord } from './contract.ts'
import type { AccessEvent, Reject, RejectReason } from './event.ts'
import { recognize } from './framing/formats.ts'
import { unwrap } from './framing/unwrap.ts'
import { rejectUnstorable } from './storable.ts'

/** Why a line may be refused that is a wrapper of records. */
const openable: ReadonlySet<RejectReason> = new Set(['invalid_json', 'truncated', 'not_an_object', 'malformed', 'missing_field'])

/**
 * Decodes records in their order, and adds to `decoded`. A record that the decoder takes costs nothing more; only one that
 * it refuses, or that holds several, is looked at again.
 */
export function decodeRecords (
  records: readonly RawRecord[], source: string, decoder: Decoder, decoded: Decoded, positions: Positions = 'bytes'
): Decoded {
  for (const record of records) {
    const decoding = decoder.decode(record, source)
    const isSingle = !isRefused(decoding) && (positions === 'bytes' || !isList(decoding))
    if (isSingle) add(decoding, record, decoded, asItIs)
    else if (positions === 'bytes') openRecord(record, decoding, source, decoder, decoded)
    else decodeMessage(record, source, decoder, decoded)
  }
  return decoded
}

/**
 * Decodes the records of a message on their own: their ids follow from the message and their places in it, and all have the
 * offset of the message, because the offsets behind it are those of other messages.
 */
function decodeMessage ({ bytes, offset }: RawRecord, source: string, decoder: Decoder, { events, rejects }: Decoded): void {
  const message = { bytes, offset: 0 }
  const own: Decoded = { events: [], rejects: [] }
  const name = `${source}#${offset}`
  const decoding = decoder.decode(message, name)
  if (isRefused(decoding)) openRecord(message, decoding, name, decoder, own)
  else add(decoding, message, own, asItIs)
  for (const item of own.events) events.push(Object.assign(item, { source, source_offset: offset }))
  for (const item of own.rejects) rejects.push({ ...item, source, source_offset: offset })
}

/** True for a record of which nothing could be read, in a way that a wrapper would explain. */
function isRefused (decoding: Decoding): boolean {
  if (!isList(decoding)) return isReject(decoding) && openable.has(decoding.reason)
  return decoding.length > 0 && decoding.every((value) => isReject(value) && openable.has(value.reason))
}

function isList (decoding: Decoding): decoding is ReadonlyArray<AccessEvent | Reject> {
  return Array.isArray(decoding)
}

type Explain = (reject: Reject) => Reject

const asItIs: Explain = (reject) => reject

function add (decoding: Decoding, record: RawRecord, decoded: Decoded, explained: Explain): void {
  if (!isList(decoding)) addOne(decoding, record, decoded, explained)
  else for (const value of decoding) addOne(value, record, decoded, explained)
}

/** An event that the store could not hold is a reject as well. */
function addOne (value: AccessEvent | Reject, record: RawRecord, { events, rejects }: Decoded, explained: Explain): void {
  const refused = isReject(value) ? value : rejectUnstorable(value, record.bytes.length)
  if (refused === undefined) events.push(value as AccessEvent)
  else rejects.push(explained(refused))
}

function openRecord (record: RawRecord, refused: Decoding, source: string, { decode, framing }: Decoder, decoded: Decoded): void {
  // What a decoder refuses for what it says, not for how it is written, is a record, too.
  const unwrapped = unwrap(record, framing, (bytes) => !isRefused(decode({ bytes, offset: 0 }, '')))
  if (unwrapped === undefined) return add(refused, record, decoded, (reject) => explain(reject, [record.bytes], ''))
  for (const inner of unwrapped.records) {
    add(decode(inner, source), inner, decoded, (reject) => explain(reject, [inner.bytes, record.bytes], unwrapped.wrapper))
  }
}

/** Says what the record looks like and what it was wrapped in. */
function explain (reject: Reject, texts: readonly Buffer[], wrapper: string): Reject {
  const format = openable.has(reject.reason) ? texts.map(recognize).find((name) => name !== '') ?? '' : ''
  const looks = format === '' ? '' : `; it looks like ${format}`
  const wrapped = wrapper === '' ? '' : `; wrapped in ${wrapper}`
  return looks === '' && wrapped === '' ? reject : { ...reject, detail: `${reject.detail}${looks}${wrapped}` }
}
