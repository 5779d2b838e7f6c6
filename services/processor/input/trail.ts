/**
 * What is remembered of the lines that were read last, so that the end of what is left of them can be found in a file that
 * was cut: after a power cut a log may be shorter than its position, and may have grown again since.
 */
import type { RawRecord } from '../contract.ts'
import type { Cutting } from '../framing.ts'
import type { Entry } from './checkpoint.ts'
import type { Content } from './content.ts'
import { cutLines } from './lines.ts'

/** The lines of `[from, to)`: two bytes for each, in base64; `at` is when they were read, epoch ms. */
export type Run = NonNullable<Entry['trail']>[number]

/** Longer than a system keeps what was written in memory only, ms (Linux: vm.dirty_expire_centisecs is 30 s). */
const keptMs = 60_000

/** Most lines that are remembered of one file. */
const keptLines = 100_000

/** Two bytes for each line, in base64. */
export function marksOf (records: readonly RawRecord[]): string {
  const marks = Buffer.allocUnsafe(2 * records.length)
  for (const [index, { bytes }] of records.entries()) marks.writeUInt16LE(markOf(bytes), 2 * index)
  return marks.toString('base64')
}

/** All that is known of the lines that were handed out, committed or not. */
export function trailOf ({ trail = [], intents, offset }: Entry): Run[] {
  return [...trail, ...intents.map(({ to, lines = '' }, index) => ({ from: intents[index - 1]?.to ?? offset, to, at: 0, lines }))]
}

/** The trail with one more run; what is too old or too much is left out. */
export function extend (trail: Run[], run: Run): Run[] {
  const kept = [...trail.filter(({ at }) => run.at - at < keptMs), run]
  let lines = kept.reduce((sum, { lines: { length } }) => sum + linesIn(length), 0)
  while (kept.length > 1 && lines > keptLines) lines -= linesIn(kept.shift()?.lines.length ?? 0)
  return kept
}

/**
 * Where the lines that were read end in a file that is not what it was: behind the last line that is still as it was read.
 * Nothing is known of lines before the trail: what is left of them is taken for unchanged. Lines
 * that are too long left no mark.
 */
export async function survivingEnd (content: Content, trail: Run[], size: number, cutting: Cutting): Promise<number> {
  let end = Math.min(size, trail[0]?.from ?? size)
  for (const run of trail) {
    if (run.from >= size) break
    const { matched, whole } = await compareRun(content, run, size, cutting)
    if (!whole) return matched
    end = run.to
  }
  return end
}

async function compareRun (
  content: Content, { from, to, lines }: Run, size: number, cutting: Cutting
): Promise<{ matched: number, whole: boolean }> {
  const marks = Buffer.from(lines, 'base64')
  // A record that was too long to be held fills a run of its own.
  if (marks.length === 0) return { matched: Math.min(to, size), whole: to <= size }
  const bytes = Buffer.allocUnsafe(Math.min(to, size) - from)
  const read = bytes.subarray(0, await content.read(bytes, from))
  const { records, consumed } = cutLines(read, { ...cutting, offset: from, maxRecords: Infinity, final: false })
  const known = marks.length / 2
  for (const [index, { bytes: line, offset }] of records.entries()) {
    if (index >= known) break
    if (marks.readUInt16LE(2 * index) !== markOf(line)) return { matched: offset, whole: false }
  }
  if (records.length >= known) return { matched: Math.min(to, size), whole: to <= size }
  // The file ends within a line: what is added comes behind that.
  return { matched: from + (from + read.length === size ? read.length : consumed), whole: false }
}

/**
 * Sixteen bits that tell one line from another: its length, and words all over it, so dense that an id of a usual line
 * does not fall between them. All bytes would cost twenty times as much.
 */
function markOf (line: Buffer): number {
  const step = Math.max(4, line.length >> 6)
  let hash = 2166136261 ^ line.length
  for (let at = line.length - 4; at >= 0; at -= step) {
    const word = line[at]! | line[at + 1]! << 8 | line[at + 2]! << 16 | line[at + 3]! << 24
    hash = Math.imul(hash ^ word, 16777619)
    hash ^= hash >>> 15
  }
  return (hash ^ hash >>> 16) & 0xffff
}

function linesIn (base64Length: number): number {
  return Math.floor(base64Length * 3 / 8)
}
