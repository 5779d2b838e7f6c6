/** From bytes to records: lines, and those of them that are pieces of one record put together. */
import type { RawRecord } from '../contract.ts'
import type { Cutting } from '../framing.ts'
import { joinPieces } from '../framing/join.ts'
import type { Joined } from '../framing/join.ts'
import { cutLines } from './lines.ts'
import type { LineLimits, Lines } from './lines.ts'

/** What was cut out of the first `consumed` bytes. */
export interface Cut extends Lines {
  /** The lines that the records are made of. */
  lines: readonly RawRecord[]
  /** True when nothing was cut, because pieces of the first record are missing that may still come. */
  isWaiting: boolean
}

/** `giveUp`: whether what has waited for its last piece goes out without it. */
export interface CutLimits extends Pick<LineLimits, 'offset' | 'maxRecords' | 'final'> { giveUp?: boolean }

/** A record in pieces may take up so many times its own bytes, with what the other stream writes between them. */
const mostBytes = 4

/**
 * Cuts bytes into records. What is consumed ends before the first record whose pieces are not all there, so that they come again with
 * those that follow: the same bytes always give the same records. Such a record goes out as it is at the end of a log, when it is given
 * up, and when it would take up too much. A record that is cut from its first piece to its last is one, of the offset of the first.
 */
export function cutRecords (buffer: Buffer, cutting: Cutting, { giveUp = false, ...limits }: CutLimits): Cut {
  for (let { maxRecords } = limits; ; maxRecords *= 2) {
    const lines = cutLines(buffer, { ...limits, ...cutting, maxRecords })
    const joined = lines.hasPieces ? joinPieces(lines.records, cutting.pieces, cutting.maxBytes) : undefined
    if (joined === undefined) return { ...lines, lines: lines.records, isWaiting: false }
    if (limits.final && lines.consumed === buffer.length) return select(lines, joined, Infinity, limits.offset)
    const isAll = lines.records.length < maxRecords
    const reach = reachOf(joined, lines, (giveUp && isAll) || lines.consumed >= mostBytes * cutting.maxBytes)
    if (reach !== undefined) return select(lines, joined, reach, limits.offset)
    if (isAll) return { ...lines, records: [], tooLong: [], lines: [], consumed: 0, isWaiting: true }
  }
}

/** All records of bytes that nothing follows. */
export function cutAll (buffer: Buffer, cutting: Cutting, offset: number): Cut {
  if (cutting.unit !== 'message') return cutRecords(buffer, cutting, { offset, maxRecords: Infinity, final: true })
  const isTooLong = buffer.length > cutting.maxBytes
  const records = isTooLong || buffer.length === 0 ? [] : [{ bytes: buffer, offset }]
  const tooLong = isTooLong ? [{ offset, length: buffer.length }] : []
  return { records, tooLong, lines: records, consumed: buffer.length, hasPieces: false, isWaiting: false }
}

/** The records of lines of which nothing more will come: how a range is read again that ended where it did. */
export function joinAll (lines: Lines, cutting: Cutting): Cut {
  const joined = lines.hasPieces ? joinPieces(lines.records, cutting.pieces, cutting.maxBytes) : undefined
  return joined === undefined ? { ...lines, lines: lines.records, isWaiting: false } : select(lines, joined, Infinity, 0)
}

/** The place before which all records are whole, or given up where `isLast`; undefined when nothing is before it. */
function reachOf (joined: readonly Joined[], { tooLong }: Lines, isLast: boolean): number | undefined {
  const open = joined.filter(({ isOpen }) => isOpen).map(({ first }) => first)
  const start = Math.min(joined[0]?.first ?? Infinity, tooLong[0]?.offset ?? Infinity)
  for (let given = 0; given <= (isLast ? open.length : 0); given++) {
    const reach = before(joined, open[given] ?? Infinity)
    if (reach > start) return reach
  }
  return undefined
}

/** Goes back to before every record that a place stands within. */
function before (joined: readonly Joined[], place: number): number {
  const around = joined.find(({ first, last }) => first < place && last >= place)
  return around === undefined ? place : before(joined, around.first)
}

function select (lines: Lines, joined: readonly Joined[], reach: number, offset: number): Cut {
  const within = joined.filter(({ first }) => first < reach)
  const long = within.flatMap(({ record, first, length }) => record === undefined ? [{ offset: first, length }] : [])
  return {
    hasPieces: true,
    records: within.flatMap(({ record }) => record ?? []),
    tooLong: [...lines.tooLong.filter((line) => line.offset < reach), ...long],
    lines: lines.records.filter((line) => line.offset < reach),
    consumed: reach === Infinity ? lines.consumed : reach - offset,
    isWaiting: false,
  }
}
