/** Scanning a request target: one pass that cuts, splits and hashes, and allocates nothing for a path in normal form. */
import { characterClass, cutTarget, END, PLAIN, SEPARATOR, UNCLEAN } from './path.ts'
import { hashOf } from './edges.ts'

/** A scanned path: its text in normal form, and where its segments start. */
export interface Cursor {
  text: string
  /** Authority of an absolute-form target, as written. */
  host: string
  /** Number of segments; those beyond the tree's depth are counted only. */
  count: number
  slash: boolean
  /** `starts[i + 1] - 1` is the end of segment i. */
  starts: Int32Array
  hashes: Int32Array
}

/** A cursor for a tree of that depth; it grows to the longest path where the tree has no depth. */
export function createCursor (depth: number): Cursor {
  const room = Math.min(depth, 62) + 3
  return { text: '', host: '', count: 0, slash: false, starts: new Int32Array(room), hashes: new Int32Array(room) }
}

/** Cuts and scans a target into the cursor; false when it is malformed. Segments beyond `depth` are counted only. */
export function scanTarget (cursor: Cursor, depth: number, target: unknown): boolean {
  cursor.host = ''
  if (typeof target !== 'string') return false
  if (target.charCodeAt(0) === SLASH) {
    const verdict = scanPath(cursor, depth, target, false)
    if (verdict !== UNCLEAN_PATH) return verdict === CLEAN_PATH
  }
  const cut = cutTarget(target)
  cursor.host = cut.host
  return cut.path !== '' && scanPath(cursor, depth, cut.path, true) === CLEAN_PATH
}

const SLASH = 47
const CLEAN_PATH = 0
const UNCLEAN_PATH = 1
const MALFORMED_PATH = 2

const dotHash = hashOf('.')
const dotsHash = hashOf('..')

// Bindings of other modules would be read again, and checked, for every character.
const classes = characterClass
const plain = PLAIN
const separator = SEPARATOR
const ending = END

/**
 * One pass over the characters: finds the end, splits, hashes. Gives up when the path may not be in normal form, unless
 * the caller knows that it is.
 */
function scanPath (cursor: Cursor, depth: number, path: string, normal: boolean): number {
  const { length } = path
  let { starts, hashes } = cursor
  let count = 0
  let index = 1
  let start = 1
  let kind = separator
  while (kind === separator) {
    start = index
    kind = ending
    let hash = 0
    for (; index < length; index++) {
      const code = path.charCodeAt(index)
      kind = classes[code]!
      if (kind !== plain && (kind === separator || !normal)) break
      hash = ((hash << 7) | (hash >>> 25)) ^ code
    }
    if (index === length) kind = ending
    // A text that shares their hash takes the long way round, to the same result.
    if ((hash === dotHash || hash === dotsHash) && !normal) return UNCLEAN_PATH
    if (count <= depth) {
      if (count + 2 > starts.length) {
        growCursor(cursor);
        ({ starts, hashes } = cursor)
      }
      starts[count] = start
      hashes[count] = hash
      starts[count + 1] = index + 1
    }
    count++
    index++
  }
  if (kind !== ending) return kind === UNCLEAN ? UNCLEAN_PATH : MALFORMED_PATH
  cursor.slash = index - 1 === start
  cursor.count = cursor.slash ? count - 1 : count
  cursor.text = index <= length ? path.slice(0, index - 1) : path
  return CLEAN_PATH
}

function growCursor (cursor: Cursor): void {
  for (const name of ['starts', 'hashes'] as const) {
    const larger = new Int32Array(cursor[name].length * 2)
    larger.set(cursor[name])
    cursor[name] = larger
  }
}
