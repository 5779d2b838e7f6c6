const size = 8192
const longest = 64
const known: string[] = new Array<string>(size).fill('')

/**
 * The ASCII text of `[start, end)`. Most texts of a log come again and again (names, ids of entities, user agents), so
 * the newest of each hash is kept and handed out again: no allocation, and no slice that keeps a whole record in memory.
 * Bounded: 8192 texts of at most 64 characters.
 */
export function internText (bytes: Buffer, start: number, end: number, hash: number): string {
  const length = end - start
  if (length > longest) return bytes.toString('latin1', start, end)
  const slot = (hash ^ (hash >>> 15)) & (size - 1)
  const text = known[slot]!
  if (text.length === length && isText(text, bytes, start)) return text
  const fresh = bytes.toString('latin1', start, end)
  known[slot] = fresh
  return fresh
}

function isText (text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false
  return true
}
