import type { Entry } from './checkpoint.ts'
import { findAround, findFiles, findSiblings, isRotatedName } from './rotation.ts'
import type { Found } from './rotation.ts'

/** How often folders around that of a lost file are looked into, ms. */
const aroundMs = 5000

/**
 * Looks for files that rotation has moved away: beside the log, beside the file that a link led to, in folders around
 * them, and where the configuration says.
 */
export class Search {
  readonly #rotated: string[]
  #lookedAround = 0

  /** `rotated` are absolute globs. */
  constructor (rotated: string[]) {
    this.#rotated = rotated
  }

  /** The files that may be those of the generations. */
  async find (entries: Entry[]): Promise<Found[]> {
    if (entries.length === 0) return []
    const paths = new Set(entries.flatMap(pathsOf))
    const around = Date.now() - this.#lookedAround >= aroundMs
    if (around) this.#lookedAround = Date.now()
    const found = [...paths].flatMap((path) => around ? [findSiblings(path), findAround(path)] : [findSiblings(path)])
    return unique((await Promise.all([...found, findFiles(this.#rotated)])).flat())
  }

  /** Files with rotated names of a generation, as far as they are no older than `second` (seconds of epoch time). */
  async rotatedSince (entry: Entry, second: number): Promise<Found[]> {
    const found = await Promise.all([...pathsOf(entry).map(findSiblings), findFiles(this.#rotated)])
    return unique(found.flat()).filter((file) => isRotationOf(entry, file) && secondOf(file) >= second)
  }
}

/** True when the file has a name that a rotation may have given to the generation. */
export function isRotationOf (entry: Entry, file: Found): boolean {
  return pathsOf(entry).some((path) => isRotatedName(path, file.path))
}

/** Tools that move and compress files keep whole seconds of their times only. */
export function secondOf (file: { modified: number }): number {
  return Math.floor(file.modified / 1000)
}

function pathsOf ({ path, real }: Entry): string[] {
  return real === undefined ? [path] : [path, real]
}

function unique (files: Found[]): Found[] {
  return [...new Map(files.map((file) => [`${file.dev}:${file.ino}`, file])).values()]
}
