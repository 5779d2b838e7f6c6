import type { Cache } from '../caches.ts'

const size = 8192
const longest = 64
/** A slot has its length, and then that many bytes. */
const stride = longest + 1
const held = Buffer.alloc(size * stride)
const values: string[] = new Array<string>(size).fill('')

let filled = 0
let evictions = 0

/** The texts that are handed out again, for the metrics; all decoders of the process share them. */
export const internedTexts: Cache = { name: 'interned', entries: () => filled, evictions: () => evictions }

/**
 * The text in `[start, end)` of `bytes`, UTF-8 and `isAscii` where no byte says otherwise. Most texts of a log come again and
 * again (names, ids of entities, user agents), so the newest of each slot is kept and handed out again: no decoding, and no
 * new text. Bounded: 8192 texts of at most 64 bytes.
 */
export function internText (bytes: Buffer, start: number, end: number, isAscii: boolean): string {
  const length = end - start
  if (length === 0) return ''
  if (length > longest) return readText(bytes, start, end, isAscii)
  const slot = slotOf(bytes, start, end)
  if (isHeld(bytes, start, length, slot * stride)) return values[slot]!
  const value = readText(bytes, start, end, isAscii)
  if (values[slot] === '') filled++
  else evictions++
  keep(bytes, start, length, slot * stride)
  values[slot] = value
  return value
}

/** The same for a text that hardly ever comes again: nothing is kept. */
export function readText (bytes: Buffer, start: number, end: number, isAscii: boolean): string {
  return bytes.toString(isAscii ? 'latin1' : 'utf8', start, end)
}

function isHeld (bytes: Buffer, start: number, length: number, place: number): boolean {
  if (held[place] !== length) return false
  for (let i = 0; i < length; i++) if (held[place + 1 + i] !== bytes[start + i]) return false
  return true
}

function keep (bytes: Buffer, start: number, length: number, place: number): void {
  held[place] = length
  for (let i = 0; i < length; i++) held[place + 1 + i] = bytes[start + i]!
}

/** A few bytes tell texts apart well enough: a clash costs one decoding. */
function slotOf (bytes: Buffer, start: number, end: number): number {
  const first = bytes[start]! | bytes[start + ((end - start) >> 2)]! << 8 | bytes[start + ((end - start) >> 1)]! << 16
  const last = bytes[end - 1]! | bytes[Math.max(start, end - 2)]! << 8 | bytes[Math.max(start, end - 4)]! << 16
  const mixed = Math.imul(first, 0x9E3779B1) ^ Math.imul(last + (end - start), 0x85EBCA6B)
  return (mixed ^ (mixed >>> 15)) & (size - 1)
}
