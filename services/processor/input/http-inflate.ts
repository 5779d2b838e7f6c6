import * as zlib from 'node:zlib'
import type { Transform } from 'node:stream'

/** Makes the stream that undoes a compression. */
type Open = (bytes: Buffer) => Transform

const gzip: Open = () => zlib.createGunzip()

/** The compressions of bodies (RFC 9110 §8.4.1); zstd where Node has it. */
const openers: Readonly<Record<string, Open>> = {
  gzip,
  'x-gzip': gzip,
  // Some senders leave out the zlib header, whose first byte has 8 as its lower half.
  deflate: (bytes) => ((bytes[0] ?? 0) & 0x0F) === 8 ? zlib.createInflate() : zlib.createInflateRaw(),
  br: () => zlib.createBrotliDecompress(),
  ...'createZstdDecompress' in zlib ? { zstd: () => (zlib as unknown as { createZstdDecompress (): Transform }).createZstdDecompress() } : {},
}

/** A name that Content-Encoding may have. */
export type Coding = string

/** The names that Content-Encoding may have. */
export const codings: readonly Coding[] = ['identity', ...Object.keys(openers)]

/** True for a compression that can be undone here, and for none (`identity`). */
export function isCoding (name: string): boolean {
  return codings.includes(name)
}

/**
 * Undoes a compression. `take` is told of every piece's length before the next one is made, and what it throws ends the work, so that no
 * more than that of a bomb is held. Rejects with the error of zlib when the bytes are not whole, or not what the coding says.
 */
export async function inflate (bytes: Buffer, coding: Coding, take: (length: number) => void): Promise<Buffer> {
  const open = openers[coding]
  if (open === undefined) return bytes
  const stream = open(bytes)
  const pieces: Buffer[] = []
  stream.end(bytes)
  // Leaving the loop destroys the stream.
  for await (const piece of stream as AsyncIterable<Buffer>) {
    take(piece.length)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
