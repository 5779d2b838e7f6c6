/**
 * Offsets, ranges and the metadata of a committed offset: the pure half of the Kafka input.
 *
 * A committed offset carries a mark, a small JSON text: `era` names the numbering that the offset belongs to, `to` the
 * end of the first range that may be on its way to the store, `then` how many offsets each of the following ranges has.
 * A group that starts without a mark of ours starts a new era, so ranges of a topic that was made anew are never taken
 * for those of its predecessor. `topic` is the id of the topic, and `epoch` the leader's when it wrote the last record
 * before the offset: they tell a log that was made anew or cut (`kafka-verdict.ts`).
 */
import type { RawRecord } from '../contract.ts'

export interface Mark {
  era: string
  topic?: string
  epoch?: number
  /** Ends of the pending ranges, rising; the first begins at the committed offset, each other one where the one before ends. */
  ends: number[]
}

/** Where one partition stands. All numbers are offsets. */
export interface Place {
  era: string
  /** Id of the topic, where the broker has one. */
  topic?: string
  /** Epoch of the record before `next`; undefined when that is not known. */
  epoch?: number
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
  /** Epoch of the record before `to`; undefined when that is not known. */
  epoch?: number
  /** True when the range was pending before this member had the partition: it may be in the store. */
  again: boolean
}

/** What is read of a Kafka message; a null value is a tombstone. kafkajs's types leave out the batch that it came in. */
export interface Message { offset: string, value: Buffer | null, batchContext?: { partitionLeaderEpoch: number } }

export interface Limits { records: number, bytes: number }

/** The text that is committed beside an offset. */
export function formatMark ({ ends: [to, ...others], era, topic, epoch }: Mark): string {
  if (to === undefined || others.length === 0) return JSON.stringify({ era, topic, epoch, to })
  return JSON.stringify({ era, topic, epoch, to, then: others.map((end, index) => end - (others[index - 1] ?? to)) })
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
  const { era, topic, epoch } = value
  return { era, ...typeof topic === 'string' ? { topic } : {}, ...typeof epoch === 'number' ? { epoch } : {}, ends }
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
    slices.push({ from: rest.position, to, records: rest.held, again, epoch: rest.next === to ? rest.epoch : undefined })
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
    rest.epoch = message.batchContext?.partitionLeaderEpoch
    if (rest.next === rest.intents[0]) close(rest.next)
  }
  if (rest.intents.length === 0 && rest.next > rest.position) close(rest.next)
  return { slices, rest }
}

function isFull (records: number, bytes: number, limits: Limits): boolean {
  return records > 0 && (records >= limits.records || bytes > limits.bytes)
}

function parseObject (text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : undefined
  } catch {
    return undefined
  }
}
