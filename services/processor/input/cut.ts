import type { Cutting } from '../framing.ts'
import { newEntry } from './checkpoint.ts'
import type { Entry } from './checkpoint.ts'
import type { Content, Stat } from './content.ts'
import { beginningOf, fingerprint, fingerprintLength, readHead, startsWith } from './fingerprint.ts'
import { survivingEnd, trailOf } from './trail.ts'

/**
 * Where what is left of a known generation ends in its own file, which is not any more what it was; undefined when the
 * file has begun anew.
 */
export async function endOfCut (content: Content, entry: Entry, size: number, cutting: Cutting): Promise<number | undefined> {
  if (content.gzip || size === 0) return undefined
  const trail = trailOf(entry)
  const end = await survivingEnd(content, trail, size, cutting)
  const head = await readHead(content)
  return end > 0 && begins(head, entry, end) ? end : undefined
}

/** Marks alone do not tell what is left of a file from another that took its place: few bits of a few lines may agree. */
function begins (bytes: Buffer, { head, start }: Entry, end: number): boolean {
  if (bytes.length >= head.length) return startsWith(bytes, head)
  return start !== undefined && start.length <= end && startsWith(bytes, start)
}

/** The generation that goes on in a file behind `end`; offsets there are used for the second time. */
export async function entryBehind (content: Content, path: string, stat: Stat, end: number): Promise<Entry> {
  const head = await readHead(content)
  const seam = Buffer.alloc(Math.min(end, fingerprintLength))
  await content.read(seam, end - seam.length)
  return { ...newEntry(path, stat), offset: end, size: stat.size, ...beginningOf(head.subarray(0, end)), seam: fingerprint(seam) }
}
