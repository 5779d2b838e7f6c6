/** Scanning a request target: one pass that cuts, splits and hashes, and allocates nothing for a path in normal form. */
import { characterClass, cutTarget, END, PLAIN, SEPARATOR, UNCLEAN } from './path.ts'
import { hashOf } from './tree.ts'

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

/**
 * One pass over the characters: finds the end, splits, hashes. Gives up when the path may not be in normal form, unless
 * the caller knows that it is.
 */
function scanPath (cursor: Cursor, depth: number, path: string, normal: boolean): number {
  // Everything that the loop reads is local: module bindings would be read again for every character.
  const [classes, plain, separator] = [characterClass, PLAIN, SEPARATOR]
  let { starts, hashes } = cursor
  const { length } = path
  let count = 0
  let start = 1
  let hash = 0
  let index = 1
  for (; index < length; index++) {
    const code = path.charCodeAt(index)
    const kind = classes[code]!
    if (kind === plain) {
      hash = ((hash << 5) - hash + code) | 0
    } else if (kind === separator) {
      if (!normal && isDots(hash)) return UNCLEAN_PATH
      if (count <= depth) {
        if (count + 2 > starts.length) {
          growCursor(cursor);
          ({ starts, hashes } = cursor)
        }
        starts[count] = start
        hashes[count] = hash
      }
      count++
      start = index + 1
      hash = 0
    } else if (normal) {
      hash = ((hash << 5) - hash + code) | 0
    } else if (kind === END) {
      break
    } else {
      return kind === UNCLEAN ? UNCLEAN_PATH : MALFORMED_PATH
    }
  }
  if (!normal && isDots(hash)) return UNCLEAN_PATH
  const slash = index === start
  if (count <= depth) {
    if (count + 2 > starts.length) {
      growCursor(cursor);
      ({ starts, hashes } = cursor)
    }
    starts[count] = start
    hashes[count] = hash
    starts[count + 1] = index + 1
  }
  cursor.slash = slash
  cursor.count = slash ? count : count + 1
  cursor.text = index < length ? path.slice(0, index) : path
  return CLEAN_PATH
}

/** The hash of `.` or `..`; a text that shares it takes the long way round, to the same result. */
function isDots (hash: number): boolean {
  return hash === dotHash || hash === dotsHash
}

function growCursor (cursor: Cursor): void {
  for (const name of ['starts', 'hashes'] as const) {
    const larger = new Int32Array(cursor[name].length * 2)
    larger.set(cursor[name])
    cursor[name] = larger
  }
}
