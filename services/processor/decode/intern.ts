import type { Cache } from '../caches.ts'

const size = 8192
const longest = 64
const keys: string[] = new Array<string>(size).fill('')
const values: string[] = new Array<string>(size).fill('')

let filled = 0
let evictions = 0

/** The texts that are handed out again, for the metrics; all decoders of the process share them. */
export const internedTexts: Cache = { name: 'interned', entries: () => filled, evictions: () => evictions }

/**
 * The text between two quotes of JSON, `[start, end)` of `bytes`; `latin1` is the same bytes as Latin-1. Most texts of a
 * log come again and again (names, ids of entities, user agents), so the newest of each slot is kept and handed out again:
 * no decoding, and no slice that keeps a whole record in memory. Bounded: 8192 texts of at most 64 bytes. Undefined for a
 * text with escapes or control characters.
 */
export function internText (bytes: Buffer, latin1: string, start: number, end: number): string | undefined {
  const length = end - start
  if (length === 0) return ''
  if (length > longest) return isPlain(bytes, start, end) ? bytes.toString('utf8', start, end) : undefined
  const slot = slotOf(bytes, start, end)
  const key = latin1.slice(start, end)
  if (keys[slot] === key) return values[slot]
  if (!isPlain(bytes, start, end)) return undefined
  const value = bytes.toString('utf8', start, end)
  if (keys[slot] === '') filled++
  else evictions++
  keys[slot] = bytes.toString('latin1', start, end)
  values[slot] = value
  return value
}

/** A few bytes tell texts apart well enough: a clash costs one decoding. */
function slotOf (bytes: Buffer, start: number, end: number): number {
  const first = bytes[start]! | bytes[start + ((end - start) >> 2)]! << 8 | bytes[start + ((end - start) >> 1)]! << 16
  const last = bytes[end - 1]! | bytes[Math.max(start, end - 2)]! << 8 | bytes[Math.max(start, end - 4)]! << 16
  const mixed = Math.imul(first, 0x9E3779B1) ^ Math.imul(last + (end - start), 0x85EBCA6B)
  return (mixed ^ (mixed >>> 15)) & (size - 1)
}

function isPlain (bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte < 0x20 || byte === 0x5C) return false
  }
  return true
}
