import type { RawRecord } from '../contract.ts'
import type { Entry, Intent } from './checkpoint.ts'
import { PartialRead } from './content.ts'
import type { Content, Stat } from './content.ts'
import { fingerprint, fingerprintLength } from './fingerprint.ts'
import type { Cutting } from '../framing.ts'
import { cutRecords, joinAll } from './cut-records.ts'
import type { Cut } from './cut-records.ts'
import { cutLines } from './lines.ts'
import type { Lines, LongLine } from './lines.ts'

/** One file that is being read. */
export interface Tail {
  /** Where the file is now; its generation remembers where it was first. */
  path: string
  content: Content
  entry: Entry
  /** False until the entry is part of the checkpoint: a file without a whole line has nothing to be known by. */
  known: boolean
  /** Ranges of an earlier run that must come again, exactly as they were. */
  redo: Intent[]
  /** Where the next batch begins. */
  position: number
  stat: Stat
  /** When the file was last seen to change, and when it was last read in vain (epoch ms, bytes). */
  changedAt: number
  fruitless: number
  /** Since when unread bytes wait to become a batch, epoch ms. */
  waitingSince?: number
  /** False when no configured path leads to the file any more: it was renamed or deleted. */
  attached: boolean
  /** Size when the content was opened. */
  openedSize: number
  /** Where the file was cut off: only ranges of an earlier run are read of it, as far as that. */
  limit?: number
  /** How long the content was when it was seen last, in another file: this is a copy of that. */
  expected?: number
  /** That the system refused to read the file the last time, why and when (epoch ms); undefined once it was read. */
  failure?: { error: unknown, at: number }
  /** How far the end of an over-long record at `position` was searched for. */
  searched: number
  /** The place of a record whose last piece is missing, and since when it is waited for (epoch ms). */
  waiting?: { at: number, since: number }
}

export interface Limits {
  records: number
  cutting: Cutting
  /** How long the last piece of a record is waited for, ms. */
  patience: number
}

/** What was cut out of `[position, to)`. */
export interface Slice {
  records: RawRecord[]
  /** The lines that the records are made of. */
  lines: readonly RawRecord[]
  tooLong: LongLine[]
  intent: Intent
}

/** A file of which `redo` is read first, and then what lies behind `position`. */
export function newTail (path: string, content: Content, entry: Entry, stat: Stat, position: number, redo: Intent[]): Tail {
  return {
    path,
    content,
    entry,
    known: false,
    redo,
    position,
    stat,
    changedAt: stat.modified,
    fruitless: -1,
    attached: true,
    openedSize: stat.size,
    searched: 0,
  }
}

/**
 * Reads the next records behind the tail's position into `buffer` (which the records are views of). `isFinal` is asked
 * when the end of the content was reached: whether what follows the last line end is a record.
 */
export async function readSlice (tail: Tail, buffer: Buffer, limits: Limits, isFinal: () => boolean): Promise<Slice | undefined> {
  const { length, refusal } = await readReadable(tail.content, buffer, tail.position)
  const bytes = buffer.subarray(0, length)
  const final = refusal === undefined && length < buffer.length && isFinal()
  const giveUp = length === buffer.length || isOverdue(tail, limits.patience)
  const cut = cutRecords(bytes, limits.cutting, { offset: tail.position, maxRecords: limits.records, final, giveUp })
  if (cut.consumed > 0) return slice(cut, tail.position + cut.consumed, bytes.subarray(0, cut.consumed))
  if (cut.isWaiting && tail.waiting?.at !== tail.position) tail.waiting = { at: tail.position, since: Date.now() }
  if (refusal !== undefined) throw refusal
  if (cut.isWaiting || length <= limits.cutting.maxBytes) return undefined
  return readLongLine(tail, buffer, Math.max(tail.searched, tail.position + length), isFinal)
}

/** True when the last piece of the record at the tail's position was waited for long enough. */
export function isOverdue ({ position, waiting }: Tail, patience: number): boolean {
  return waiting !== undefined && waiting.at === position && Date.now() - waiting.since >= patience
}

/** What can be read before a place that the system refuses to read is not held up by that. */
async function readReadable (content: Content, buffer: Buffer, position: number): Promise<{ length: number, refusal?: PartialRead }> {
  try {
    return { length: await content.read(buffer, position) }
  } catch (error) {
    if (error instanceof PartialRead) return { length: error.filled, refusal: error }
    throw error
  }
}

/** Reads exactly `[position, to)` again; undefined when the content is not there any more. */
export async function readAgain (tail: Tail, to: number, chunkBytes: number, limits: Limits): Promise<Slice | undefined> {
  const all: Lines = { records: [], tooLong: [], consumed: 0, hasPieces: false }
  for (let at = tail.position; at < to;) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, to - at))
    if (await tail.content.read(chunk, at) < chunk.length) return undefined
    const lines = cutLines(chunk, { ...limits.cutting, offset: at, maxRecords: Infinity, final: at + chunk.length === to })
    const next = lines.consumed > 0 ? at + lines.consumed : await findLineEnd(tail.content, chunk, at + chunk.length, to)
    if (lines.consumed === 0) all.tooLong.push({ offset: at, length: next - at - 1 })
    for (const record of lines.records) all.records.push(record)
    all.tooLong.push(...lines.tooLong)
    all.hasPieces ||= lines.hasPieces
    at = next
  }
  return slice(joinAll(all, limits.cutting), to, Buffer.alloc(0))
}

async function readLongLine (tail: Tail, buffer: Buffer, from: number, isFinal: () => boolean): Promise<Slice | undefined> {
  let at = from
  for (;;) {
    const read = await tail.content.read(buffer, at)
    const found = buffer.subarray(0, read).indexOf(10)
    if (found !== -1) return longSlice(tail.position, at + found, at + found + 1)
    at += read
    if (read === buffer.length) continue
    if (isFinal()) return longSlice(tail.position, at, at)
    tail.searched = at
    return undefined
  }
}

async function findLineEnd (content: Content, buffer: Buffer, from: number, to: number): Promise<number> {
  for (let at = from; at < to;) {
    const read = await content.read(buffer.subarray(0, Math.min(buffer.length, to - at)), at)
    const found = buffer.subarray(0, read).indexOf(10)
    if (found !== -1) return at + found + 1
    if (read === 0) break
    at += read
  }
  return to
}

function longSlice (start: number, end: number, to: number): Slice {
  return slice({ records: [], lines: [], tooLong: [{ offset: start, length: end - start }] }, to, Buffer.alloc(0))
}

function slice ({ records, lines, tooLong }: Pick<Cut, 'records' | 'lines' | 'tooLong'>, to: number, bytes: Buffer): Slice {
  return { records, lines, tooLong, intent: { to, seam: fingerprint(bytes.subarray(Math.max(0, bytes.length - fingerprintLength))) } }
}
