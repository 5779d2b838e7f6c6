import type { Entry } from './checkpoint.ts'
import type { Content } from './content.ts'
import { compare, readHead } from './fingerprint.ts'
import { isRotatedName } from './rotation.ts'
import type { Tail } from './tail.ts'

/** True for a file with a rotated name that begins as a known generation does: a copy of it, whole or in the making. */
export async function isCopy (content: Content, path: string, entries: Entry[], tails: Tail[]): Promise<boolean> {
  for (const entry of entries) {
    if (!isRotatedName(entry.path, path)) continue
    if (await compare(content, entry) !== 'differs' || await isShortCopy(content, entry, tails)) return true
  }
  return false
}

/** The first bytes of a copy, too few for the fingerprint, are compared with the file that is being copied. */
async function isShortCopy (content: Content, entry: Entry, tails: Tail[]): Promise<boolean> {
  const start = await readHead(content)
  if (start.length >= entry.head.length) return false
  const original = tails.find((tail) => tail.entry === entry)
  if (original === undefined) return content.ending === 'broken'
  return (await readHead(original.content)).subarray(0, start.length).equals(start)
}
