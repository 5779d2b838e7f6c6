import { newEntry } from './checkpoint.ts'
import type { Entry } from './checkpoint.ts'
import type { Content, Stat } from './content.ts'
import { fingerprint, fingerprintLength, readHead, startsWith } from './fingerprint.ts'
import { survivingEnd, trailOf } from './trail.ts'

/**
 * Where what is left of a known generation ends in its own file, which is not any more what it was; undefined when the
 * file has begun anew. `maxBytes` is the longest record.
 */
export async function endOfCut (content: Content, entry: Entry, size: number, maxBytes: number): Promise<number | undefined> {
  if (content.gzip || size === 0) return undefined
  const trail = trailOf(entry)
  const end = await survivingEnd(content, trail, size, maxBytes)
  const head = await readHead(content)
  const begins = startsWith(head, entry.head) || (trail[0]?.from === 0 && end > 0)
  return begins && end > 0 ? end : undefined
}

/** The generation that goes on in a file behind `end`; offsets there are used for the second time. */
export async function entryBehind (content: Content, path: string, stat: Stat, end: number): Promise<Entry> {
  const head = await readHead(content)
  const seam = Buffer.alloc(Math.min(end, fingerprintLength))
  await content.read(seam, end - seam.length)
  return { ...newEntry(path, stat), offset: end, size: stat.size, head: fingerprint(head.subarray(0, end)), seam: fingerprint(seam) }
}
