import type { Cache } from '../caches.ts'
import { aside, page, wordAt } from './words.ts'

const size = 8192
const longest = 64
const shortest = 4
const values: string[] = new Array<string>(size).fill('')
const lengths = new Uint8Array(size)
const held = new DataView(new ArrayBuffer(size * longest))

/** What `toString('latin1')` calls after a look at its arguments, which takes as long as the work (https://github.com/nodejs/node/blob/main/lib/internal/buffer.js). */
const { latin1Slice } = Buffer.prototype as unknown as { latin1Slice: (this: Buffer, start: number, end: number) => string }

let filled = 0
let evictions = 0

/** The texts that are handed out again, for the metrics; all decoders of the process share them. */
export const internedTexts: Cache = { name: 'interned', entries: () => filled, evictions: () => evictions }

/**
 * The text in `[start, end)` of the record that is open, UTF-8 and `isAscii` where no byte says otherwise. Most texts of a log
 * come again and again (names, ids of entities, user agents), so the newest of each slot is kept and handed out again: no
 * decoding, and no new text. Bounded: 8192 texts of 4 to 64 bytes.
 */
export function internText (start: number, end: number, isAscii: boolean): string {
  const length = end - start
  if (length === 0) return ''
  if (length > longest || length < shortest) return readText(start, end, isAscii)
  const slot = slotOf(start, length)
  if (lengths[slot] === length && isHeld(start, length, slot * longest)) return values[slot]!
  const value = readText(start, end, isAscii)
  if (lengths[slot] === 0) filled++
  else evictions++
  for (let i = 0; i < length; i++) held.setUint8(slot * longest + i, page[start + i]!)
  lengths[slot] = length
  values[slot] = value
  return value
}

/** The same for a text in other bytes than those of a record that is open. */
export function internForeign (bytes: Buffer, start: number, end: number, isAscii: boolean): string {
  const length = end - start
  if (length > longest || length < shortest) return bytes.toString(isAscii ? 'latin1' : 'utf8', start, end)
  for (let i = 0; i < length; i++) page[aside + i] = bytes[start + i]!
  return internText(aside, aside + length, isAscii)
}

/** The same for a text that hardly ever comes again: nothing is kept. */
export function readText (start: number, end: number, isAscii: boolean): string {
  return isAscii ? latin1Slice.call(page, start, end) : page.toString('utf8', start, end)
}

function isHeld (at: number, length: number, place: number): boolean {
  for (let i = 0; i + 4 <= length; i += 4) if (held.getInt32(place + i, true) !== wordAt(at + i)) return false
  return held.getInt32(place + length - 4, true) === wordAt(at + length - 4)
}

/** A few words tell texts apart well enough: a clash costs one decoding. */
function slotOf (at: number, length: number): number {
  const first = wordAt(at) ^ Math.imul(wordAt(at + (length >> 1) - 2), 0x9E3779B1)
  const mixed = Math.imul(first, 0x85EBCA6B) ^ Math.imul(wordAt(at + length - 4) + length, 0xC2B2AE35)
  return (mixed ^ (mixed >>> 15)) & (size - 1)
}
