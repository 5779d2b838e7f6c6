/**
 * Offsets, ranges and the metadata of a committed offset: the pure half of the Kafka input.
 *
 * A committed offset carries a mark, a small JSON text: `era` names the numbering that the offset belongs to, `to` the
 * end of the first range that may be on its way to the store, `then` how many offsets each of the following ranges has.
 * A group that starts without a mark of ours starts a new era, so ranges of a topic that was made anew are never taken
 * for those of its predecessor.
 */
import type { RawRecord } from '../contract.ts'

export interface Mark {
  era: string
  /** Ends of the pending ranges, rising; the first begins at the committed offset, each other one where the one before ends. */
  ends: number[]
}

/** Where one partition stands. All numbers are offsets. */
export interface Place {
  era: string
  /** Start of the next range. */
  position: number
  /** Ends of the pending ranges that come next, rising; the first is `[position, intents[0])`. */
  intents: number[]
  /** The next offset to take. */
  next: number
  /** Records of the first pending range that were taken already. */
  held: RawRecord[]
}

/** Records of one range `[from, to)`; fewer than offsets where tombstones, compaction or retention left gaps. */
export interface Slice {
  from: number
  to: number
  records: RawRecord[]
  /** True when the range was pending before this member had the partition: it may be in the store. */
  again: boolean
}

/** What is read of a Kafka message; a null value is a tombstone. */
export interface Message { offset: string, value: Buffer | null }

export interface Limits { records: number, bytes: number }

/** What the broker says of one partition: the committed offset (-1: none) with its metadata, and the log's bounds. */
export interface Committed { offset: number, metadata: string, low: number, high: number }

/** The start of a log, in Kafka's protocol; kafkajs commits it when a position fell behind retention. */
const earliest = -2

/** The text that is committed beside an offset. */
export function formatMark ({ era, ends: [to, ...others] }: Mark): string {
  if (to === undefined) return JSON.stringify({ era })
  if (others.length === 0) return JSON.stringify({ era, to })
  return JSON.stringify({ era, to, then: others.map((end, index) => end - (others[index - 1] ?? to)) })
}

/** True when a broker may refuse the mark for its length (offset.metadata.max.bytes, by default 4096). */
export function isTooLong (mark: Mark): boolean {
  return formatMark(mark).length > 4000
}

/** Reads a mark; undefined for metadata that is not ours. */
export function parseMark (text: string): Mark | undefined {
  const value = parseObject(text)
  if (typeof value?.era !== 'string') return undefined
  const ends: number[] = []
  for (const step of [value.to, ...Array.isArray(value.then) ? value.then as unknown[] : []]) {
    const end = typeof step === 'number' ? (ends.at(-1) ?? 0) + step : NaN
    if (!Number.isSafeInteger(end) || end <= (ends.at(-1) ?? -1)) break
    ends.push(end)
  }
  return { era: value.era, ends }
}

/** True when the committed position or a pending range lies past the end of the log: the log was cut or made anew. */
export function isBeyondEnd ({ offset, metadata, high }: Committed): boolean {
  return offset > high || (parseMark(metadata)?.ends.at(-1) ?? 0) > high
}

/**
 * Decides where to go on. Without a usable committed offset that is `from`, in the new era; a position that retention
 * overtook stays the start of its range, so that the range keeps its token.
 */
export function placeOf (committed: Committed, from: 'earliest' | 'latest', newEra: string): Place {
  const { offset, metadata, low, high } = committed
  const mark = parseMark(metadata)
  if (offset === earliest) return start(newEra, low, low)
  if (offset < 0 || isBeyondEnd(committed)) return start(newEra, from === 'latest' ? high : low, low)
  if (mark === undefined) return start(newEra, offset, low)
  return { ...start(mark.era, offset, low), intents: mark.ends.filter((end) => end > offset) }
}

/**
 * Cuts messages (in offset order) into ranges that join end to end from the place's position. Pending ranges come
 * first, exactly; the others end at a limit or with the last message. What is left over, part of a pending range, is
 * in `rest`, the place to go on from once the slices are done. Tombstones take up offsets but are no records.
 */
export function cut (place: Place, messages: Iterable<Message>, limits: Limits): { slices: Slice[], rest: Place } {
  const slices: Slice[] = []
  const rest = { ...place, intents: [...place.intents], held: [...place.held] }
  let bytes = 0
  const close = (to: number): void => {
    const again = rest.intents[0] === to
    slices.push({ from: rest.position, to, records: rest.held, again })
    if (again) rest.intents.shift()
    Object.assign(rest, { position: to, next: Math.max(rest.next, to), held: [] })
    bytes = 0
  }
  for (const message of messages) {
    const offset = Number(message.offset)
    if (offset < rest.next) continue
    const length = message.value?.length ?? 0
    for (let end = rest.intents[0]; end !== undefined && offset >= end; end = rest.intents[0]) close(end)
    if (rest.intents.length === 0 && isFull(rest.held.length, bytes + length, limits)) close(rest.next)
    if (message.value !== null) rest.held.push({ bytes: message.value, offset })
    bytes += length
    rest.next = offset + 1
    if (rest.next === rest.intents[0]) close(rest.next)
  }
  if (rest.intents.length === 0 && rest.next > rest.position) close(rest.next)
  return { slices, rest }
}

function isFull (records: number, bytes: number, limits: Limits): boolean {
  return records > 0 && (records >= limits.records || bytes > limits.bytes)
}

function start (era: string, position: number, low: number): Place {
  return { era, position, intents: [], next: Math.max(position, low), held: [] }
}

function parseObject (text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : undefined
  } catch {
    return undefined
  }
}
