import { createHash } from 'node:crypto'
import type { Content } from './content.ts'

/** A hash of some bytes and how many they were; never the bytes themselves. */
export interface Fingerprint {
  /** SHA-256, hex. */
  sha256: string
  length: number
}

const LF = 10

/** How many bytes a fingerprint covers at most. */
export const fingerprintLength = 1024

/** What a checkpoint knows of a file's content: its first bytes, and the last bytes before the position. */
export interface Known {
  head: Fingerprint
  seam: Fingerprint
  offset: number
}

/**
 * `continues`: everything up to the position is the known content. `begins`: it starts like the known content but is
 * not (yet) as long, as a copy in the making is. `differs`: something else.
 */
export type Likeness = 'continues' | 'begins' | 'differs'

/** The fingerprint of some bytes. */
export function fingerprint (bytes: Uint8Array): Fingerprint {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), length: bytes.length }
}

/** What a generation is known by in its first bytes: all of them, and the first line alone if it ends within them. */
export interface Beginning {
  head: Fingerprint
  start?: Fingerprint
}

/** The beginning of a file whose first bytes are these. */
export function beginningOf (bytes: Buffer): Beginning {
  const end = bytes.indexOf(LF) + 1
  return { head: fingerprint(bytes), ...end > 0 ? { start: fingerprint(bytes.subarray(0, end)) } : {} }
}

/** The first bytes of a file, at most as many as a fingerprint covers. */
export async function readHead (content: Content): Promise<Buffer> {
  const buffer = Buffer.alloc(fingerprintLength)
  return buffer.subarray(0, await content.read(buffer, 0))
}

/** True when the bytes start with what the fingerprint was taken of. */
export function startsWith (bytes: Buffer, head: Fingerprint): boolean {
  return bytes.length >= head.length && fingerprint(bytes.subarray(0, head.length)).sha256 === head.sha256
}

/** Compares a file's content with what is known of a generation. */
export async function compare (content: Content, known: Known): Promise<Likeness> {
  if (!startsWith(await readHead(content), known.head)) return 'differs'
  const buffer = Buffer.alloc(known.seam.length)
  const read = await content.read(buffer, known.offset - known.seam.length)
  if (read < buffer.length) return 'begins'
  if (fingerprint(buffer).sha256 !== known.seam.sha256) return 'differs'
  // A position without a seam (a record too long to be held) is checked for its length only.
  return known.offset === 0 || await content.read(Buffer.alloc(1), known.offset - 1) === 1 ? 'continues' : 'begins'
}
