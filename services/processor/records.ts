/** From the records of an input to events: what no decoder reads is opened first, if it is a wrapper. Pure. */
import { isReject } from './contract.ts'
import type { Decoded, Decoder, Decoding, Positions, RawRecord, Unframe } from './contract.ts'
import type { AccessEvent, Reject, RejectReason } from './event.ts'
import { recognize } from './framing/formats.ts'
import { describeLine } from './framing/looks.ts'
import { auto } from './framing/plain.ts'
import { apart, unwrap } from './framing/unwrap.ts'
import { cutAll } from './input/cut-records.ts'
import { rejectUnstorable } from './storable.ts'

/** Why a line may be refused that is a wrapper of records. */
const openable: ReadonlySet<RejectReason> = new Set(['invalid_json', 'truncated', 'not_an_object', 'malformed', 'missing_field'])

/**
 * Decodes records in their order, and adds to `decoded`. A record that the decoder takes costs nothing more; only one that
 * it refuses, or that holds several, is looked at again. With a framing that was named, every record is opened as that, and what does
 * not have it is refused.
 */
export function decodeRecords (
  records: readonly RawRecord[], source: string, decoder: Decoder, decoded: Decoded, positions: Positions = 'bytes'
): Decoded {
  if (decoder.unframe !== undefined) return decodeFramed(records, source, decoder, decoder.unframe, decoded, positions)
  for (const record of records) {
    const decoding = decoder.decode(record, source)
    const isSingle = !isRefused(decoding) && (positions === 'bytes' || !isList(decoding))
    if (isSingle) add(decoding, record, decoded, asItIs)
    else if (positions === 'bytes') openRecord(record, decoding, source, decoder, decoded)
    else decodeMessage(record, source, decoder, decoded)
  }
  return decoded
}

function decodeFramed (
  records: readonly RawRecord[], source: string, decoder: Decoder, unframe: Unframe, decoded: Decoded, positions: Positions
): Decoded {
  for (const record of records) {
    if (positions === 'bytes') openFramed(record, source, decoder, unframe, decoded)
    else {
      decodeWithin(record, source, decoded, (message, name, own) => {
        const { records: lines } = cutAll(message.bytes, { ...unframe, maxBytes: Infinity }, 0)
        for (const line of lines) openFramed(line, name, decoder, unframe, own)
      })
    }
  }
  return decoded
}

/** A record that was put together of pieces is out of its framing already. */
function openFramed (record: RawRecord, source: string, { decode }: Decoder, { name, open }: Unframe, decoded: Decoded): void {
  const opened = record.pieces === undefined ? open(record) : [record]
  if (typeof opened === 'string') {
    const detail = `framing ${name}: expected ${opened}; it looks like ${describeLine(record.bytes)}`
    decoded.rejects.push({ reason: 'not_framed', detail, source, source_offset: record.offset, length: record.bytes.length })
    return
  }
  for (const inner of apart(opened, record)) {
    add(decode(inner, source), inner, decoded, (reject) => explain(reject, [inner.bytes], record.pieces ?? ''))
  }
}

function decodeMessage (record: RawRecord, source: string, decoder: Decoder, decoded: Decoded): void {
  decodeWithin(record, source, decoded, (message, name, own) => {
    const decoding = decoder.decode(message, name)
    if (!isRefused(decoding)) return add(decoding, message, own, asItIs)
    const lines = linesInPieces(message)
    if (lines === undefined) openRecord(message, decoding, name, decoder, own)
    else decodeRecords(lines, name, decoder, own)
  })
}

/** The records of a message that holds pieces of some; undefined when there are none. */
function linesInPieces ({ bytes }: RawRecord): RawRecord[] | undefined {
  if (!bytes.includes(0x0A)) return undefined
  const { records } = cutAll(bytes, { unit: 'value', pieces: auto.pieces ?? [], maxBytes: Infinity }, 0)
  return records.some(({ pieces }) => pieces !== undefined) ? records : undefined
}

/**
 * Decodes the records of a message on their own: their ids follow from the message and their places in it, and all have the
 * offset of the message, because the offsets behind it are those of other messages.
 */
function decodeWithin (
  { bytes, offset }: RawRecord, source: string, { events, rejects }: Decoded,
  decode: (message: RawRecord, name: string, own: Decoded) => void
): void {
  const own: Decoded = { events: [], rejects: [] }
  decode({ bytes, offset: 0 }, `${source}#${offset}`, own)
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
  const pieces = record.pieces ?? ''
  if (unwrapped === undefined) return add(refused, record, decoded, (reject) => explain(reject, [record.bytes], pieces))
  for (const inner of unwrapped.records) {
    add(decode(inner, source), inner, decoded, (reject) => explain(reject, [inner.bytes, record.bytes], [unwrapped.wrapper, pieces].filter((name) => name !== '').join(' in ')))
  }
}

/** Says what the record looks like and what it was wrapped in. */
function explain (reject: Reject, texts: readonly Buffer[], wrapper: string): Reject {
  const format = openable.has(reject.reason) ? texts.map(recognize).find((name) => name !== '') ?? '' : ''
  const looks = format === '' ? '' : `; it looks like ${format}`
  const wrapped = wrapper === '' ? '' : `; wrapped in ${wrapper}`
  return looks === '' && wrapped === '' ? reject : { ...reject, detail: `${reject.detail}${looks}${wrapped}` }
}
