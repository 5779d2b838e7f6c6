/** Finds the records inside of a line that is no record itself: behind prefixes, in envelopes, in arrays, side by side. */
import type { Framing, RawRecord } from '../contract.ts'
import { openEnvelope } from './envelopes.ts'
import { BRACE } from './json-skip.ts'
import { readPrefix } from './prefixes.ts'
import { cutValues, isBetween } from './values.ts'
import type { Part } from './values.ts'

/** What a line turned out to be: the wrapper's name ('' when there is none), and the records in it, none for a blank line. */
export interface Unwrapped { wrapper: string, records: RawRecord[] }

/** An envelope in an envelope (Docker's line in Filebeat's message) is opened too, so deep at most. */
const deepest = 4

/**
 * Opens one line. Undefined when it holds nothing but what it is: one object that is no envelope, or text. Offsets of the
 * records are different, and within the line: where a record starts, or the line's own and its number in an envelope, whose
 * text is escaped. Lines of text are found behind prefixes and in envelopes; objects that stand in them are theirs. What
 * `isRecord` says to be one is opened no further. Never throws.
 */
export function unwrap (record: RawRecord, framing: Framing, isRecord: IsRecord): Unwrapped | undefined {
  if (record.bytes.every(isBetween)) return { wrapper: '', records: [] }
  const open = framing === 'json' ? openJson : openLine
  const opened = open(record.bytes, record.offset, deepest, isRecord)
  if (opened === undefined) return undefined
  return { wrapper: opened.wrapper, records: apart(opened.records, record) }
}

/** True for bytes that the decoder takes as they are. */
export type IsRecord = (bytes: Buffer) => boolean

/** Gives records of one line places of their own in it: those of an envelope have none. More records than bytes there cannot be. */
export function apart (records: RawRecord[], { offset, bytes }: RawRecord): RawRecord[] {
  let next = offset
  return records.map((record, index) => {
    const last = offset + bytes.length - (records.length - index)
    const place = Math.max(next, Math.min(record.offset, Math.max(last, next)))
    next = place + 1
    return place === record.offset ? record : { bytes: record.bytes, offset: place }
  })
}

function openJson (bytes: Buffer, offset: number, depth: number, isRecord: IsRecord): Unwrapped | undefined {
  const prefix = readPrefix(bytes.subarray(0, 4096).toString('latin1'), () => false)
  const start = prefix?.length ?? 0
  const parts = startsRecord(bytes, start) ? cutValues(bytes, start) : partsBehindText(bytes, start)
  const [first] = parts
  if (first === undefined) {
    return prefix === undefined ? undefined : { wrapper: prefix.name, records: rest(bytes, start, offset) }
  }
  const records = parts.map((part): RawRecord => ({ bytes: bytes.subarray(part.start, part.end), offset: offset + part.start }))
  const isItself = parts.length === 1 && first.start === 0 && first.end === bytes.length
  if (depth === 0) return isItself ? undefined : { wrapper: prefix?.name ?? '', records }
  const isOpen = (record: RawRecord): boolean => isItself || !isRecord(record.bytes)
  const envelopes = parts.map((part, index) =>
    part.whole && isOpen(records[index]!) ? openObject(records[index]!, openJson, depth, isRecord) : undefined)
  const inner = envelopes.find((item) => item !== undefined)
  if (isItself && inner === undefined) return undefined
  return {
    wrapper: [inner?.wrapper, prefix?.name].filter((name) => name !== undefined && name !== '').join(' in '),
    records: records.flatMap((record, index) => envelopes[index]?.records ?? [record]),
  }
}

/** A line of text behind prefixes, in an envelope, or both. */
function openLine (bytes: Buffer, offset: number, depth: number, isRecord: IsRecord): Unwrapped | undefined {
  const prefix = readPrefix(bytes.subarray(0, 4096).toString('latin1'), (start) => isRecord(bytes.subarray(start)))
  const start = prefix?.length ?? 0
  const record = { bytes: bytes.subarray(start), offset: offset + start }
  const inner = depth > 0 && startsRecord(bytes, start) ? openObject(record, openLine, depth, isRecord) : undefined
  if (inner === undefined) return prefix === undefined ? undefined : { wrapper: prefix.name, records: rest(bytes, start, offset) }
  return { wrapper: prefix === undefined ? inner.wrapper : `${inner.wrapper} in ${prefix.name}`, records: inner.records }
}

function rest (bytes: Buffer, start: number, offset: number): RawRecord[] {
  const content = bytes.subarray(start)
  return content.every(isBetween) ? [] : [{ bytes: content, offset: offset + start }]
}

/**
 * The objects behind text that is no known prefix. The end of a record whose start is missing is one damaged record; all
 * else is a prefix that somebody made up.
 */
function partsBehindText (bytes: Buffer, start: number): Part[] {
  const parts = cutValues(bytes, start)
  const [head] = parts
  if (head === undefined || !parts.some(({ whole }) => whole)) return []
  return bytes.subarray(head.start, head.end).includes('":') ? parts : parts.slice(1)
}

/** True when an object begins at `from`; brackets and commas may stand before it. */
export function startsRecord (bytes: Buffer, from: number): boolean {
  let at = from
  if (bytes[at] === 0xEF && bytes[at + 1] === 0xBB && bytes[at + 2] === 0xBF) at += 3
  while (at < bytes.length && isBetween(bytes[at]!)) at++
  return bytes[at] === BRACE
}

type Open = (bytes: Buffer, offset: number, depth: number, isRecord: IsRecord) => Unwrapped | undefined

function openObject (record: RawRecord, open: Open, depth: number, isRecord: IsRecord): Unwrapped | undefined {
  const object = parse(record.bytes)
  // What has a request is a record, whatever else its owner put beside it.
  if (object === undefined || typeof object.request === 'object') return undefined
  const envelope = openEnvelope(object)
  if (envelope === undefined) return undefined
  const openInner = (bytes: Buffer): Unwrapped | undefined => isRecord(bytes) ? undefined : open(bytes, record.offset, depth - 1, isRecord)
  const inner = envelope.contents.map((content) => openContent(content, record.offset, openInner))
  const deeper = inner.find(({ wrapper }) => wrapper !== '')
  return {
    wrapper: deeper === undefined ? envelope.name : `${deeper.wrapper} in ${envelope.name}`,
    records: inner.flatMap(({ records }) => records),
  }
}

function openContent (content: unknown, offset: number, open: (bytes: Buffer) => Unwrapped | undefined): Unwrapped {
  const bytes = Buffer.from(typeof content === 'string' ? content.replace(/\r?\n$/, '') : JSON.stringify(content))
  if (bytes.every(isBetween)) return { wrapper: '', records: [] }
  return open(bytes) ?? { wrapper: '', records: [{ bytes, offset }] }
}

function parse (bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
  } catch {
    return undefined
  }
}
