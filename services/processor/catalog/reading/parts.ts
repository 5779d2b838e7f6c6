/** Files that documents refer to: each is read and parsed once, however many documents share it. */
import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isBroken, parseSource, readTextFile } from './document.ts'
import type { Broken, SourceFile } from './document.ts'
import type { FileReach } from './file-reach.ts'

/** What a reference may lead to: a file that was read, or why it was not. */
export type Part = SourceFile | Broken

/** Finds and reads what references lead to. */
export interface PartReader {
  /** The place of a reference that stands in the document at `base`, without its fragment: a path or a URL. */
  locate (reference: string, base: string): string
  /** Reads what stands there; never rejects. `reference` is what is written. */
  read (location: string, reference: string): Promise<Part>
  /** What people call it. */
  nameOf (location: string): string
}

/** Most letters of parsed files that are kept: what is made of them takes about ten times as much memory. */
const mostLetters = 8 * 1024 ** 2

/** Parsed files, the ones that were asked for last. */
export class PartCache {
  readonly #parts = new Map<string, { part: Part, letters: number }>()
  #letters = 0

  get (path: string): Part | undefined {
    const kept = this.#parts.get(path)
    if (kept === undefined) return undefined
    this.#parts.delete(path)
    this.#parts.set(path, kept)
    return kept.part
  }

  put (path: string, part: Part, letters: number): void {
    this.#letters += letters - (this.#parts.get(path)?.letters ?? 0)
    this.#parts.delete(path)
    this.#parts.set(path, { part, letters })
    for (const [oldest, kept] of this.#parts) {
      if (this.#letters <= mostLetters) return
      this.#letters -= kept.letters
      this.#parts.delete(oldest)
    }
  }
}

/** What reading files needs. */
export interface FilePartOptions { cache: PartCache, reach: FileReach, nameOf: (path: string) => string }

/** Reads files below the folders of the catalog, and never URLs. */
export function fileParts ({ cache, reach, nameOf }: FilePartOptions): PartReader {
  return {
    nameOf,
    locate: (reference, base) => /^https?:/i.test(reference) ? reference : resolve(dirname(base), pathOf(reference)),
    read: async (location, reference) => {
      if (/^https?:/i.test(location)) return { message: 'a file does not refer to URLs; name the document as a source of its own', line: 0 }
      const refusal = await reach.refusal(location, { isAbsolute: isAbsolute(pathOf(reference)) })
      if (refusal !== '') return { message: refusal, line: 0 }
      const known = cache.get(location)
      if (known !== undefined) return known
      const text = await readTextFile(location, reach.maxBytes)
      const part = typeof text === 'string' ? parsePart(location, text) : text
      cache.put(location, part, typeof text === 'string' ? text.length : 0)
      return part
    },
  }
}

function parsePart (location: string, text: string): Part {
  const part = parseSource(location, text)
  return isBroken(part) || part.documents.length > 0 ? part : { message: 'the file is empty', line: 1 }
}

/** RFC 3986: a reference is a URL, in which blanks and the like are percent-encoded; many are written as plain paths. */
function pathOf (reference: string): string {
  if (/^file:/i.test(reference)) return fileUrlPath(reference)
  try {
    return decodeURIComponent(reference)
  } catch {
    return reference
  }
}

function fileUrlPath (reference: string): string {
  try {
    return fileURLToPath(reference)
  } catch {
    return '/'
  }
}
