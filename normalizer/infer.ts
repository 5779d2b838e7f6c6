/**
 * Inference without history (rule 9): each segment of an undeclared path is a word that is known, which stays, another
 * word, which becomes `{word}`, or a value, which becomes its type. Every label is at most 12 segments and 256 characters.
 */
import { isKnownWord } from './known-word.ts'
import type { KnowsWord } from './known-word.ts'
import { cutTarget } from './path.ts'
import { typeOfValue } from './value.ts'
import { isIdentifier, isName, isSlug, isStandard } from './word.ts'
import { extensions, leadingWords } from './words.ts'

/** The label of what has no bounded template. */
export const OTHER = '__other__'

/** The label of everything from its place on. */
export const REST = '{*}'

const maxSegments = 12
const maxLabel = 150
const maxSegment = 96
const maxTested = 160

/** The template of an undeclared path: known words stay, values become `{int}`, `{uuid}`, `{word}`, …; `__other__` when malformed. */
export function inferRoute (path: string, knows?: KnowsWord): string {
  const segments = inferSegments(path, knows)
  return segments === null ? OTHER : `/${segments.join('/')}`
}

/** The same as a list of segments, empty ones dropped; null when the target is malformed. */
export function inferSegments (target: unknown, knows?: KnowsWord): string[] | null {
  const { path } = cutTarget(target)
  if (path === '') return null
  const segments: string[] = []
  walkSegments(path, newPlace(), (raw, place) => {
    const label = inferSegmentAt(raw, place, knows)
    segments.push(label)
    return label
  })
  return segments
}

/** Where a segment stands: what stands before and behind it tells a version from a number. */
export interface Place {
  /** Nothing but words such as `api` and `rest` before it. */
  leading: boolean
  /** Nothing but words before it. */
  worded: boolean
  /** Another segment behind it. */
  followed: boolean
  /** The label of the segment before it. */
  before: string
}

/** A place to walk with; whoever walks often uses one again and again. */
export function newPlace (): Place {
  return { leading: true, worded: true, followed: false, before: '' }
}

/**
 * Calls `visit` with each segment of a path in normal form, empty ones left out, and takes back its label. What would
 * make the whole too long is visited as one last `{*}`.
 */
export function walkSegments (path: string, place: Place, visit: (raw: string, place: Place) => string): void {
  place.leading = true
  place.worded = true
  place.before = ''
  let count = 0
  let length = 0
  for (let start = 1; start < path.length;) {
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    place.followed = end < path.length - 1
    if (end > start) {
      count++
      if ((count === maxSegments && place.followed) || length > maxLabel) {
        visit(REST, place)
        return
      }
      const label = visit(path.slice(start, end), place)
      length += label.length + 1
      place.before = label
      if (place.leading && !leadingWords.has(label)) place.leading = false
      if (place.worded && label.includes('{')) place.worded = false
    }
    start = end + 1
  }
}

/** What stands for a word that is not known to be one: it may name somebody. */
export const WORD = '{word}'

/** Every word is known to somebody who does not mind names in labels. */
export const knowsAll: KnowsWord = () => true

/** The label of one segment of a path, at its place. `knows` tells words beside those of APIs. */
export function inferSegmentAt (raw: string, place: Place, knows?: KnowsWord): string {
  if (raw === REST) return REST
  if (place.worded && raw.length <= 20 && (place.followed ? isVersion(raw, place) : place.leading && /^v[\d.]+$/i.test(raw))) return raw
  // Kubernetes names groups of resources as hosts: `/apis/networking.k8s.io/v1`.
  return place.before === 'apis' && isName(raw) && raw.endsWith('.k8s.io') ? raw : inferSegment(raw, knows)
}

/** True for a segment that holds a type and no word (`{int}`, `{id}.json`): it counts towards no cap. */
export function isTyped (segment: string): boolean {
  if (segment.charCodeAt(0) !== 123) return false
  const close = segment.indexOf('}') + 1
  return close === segment.length || (segment[close] === '.' && extensions.has(segment.slice(close + 1).toLowerCase()))
}

/** The type of one segment in braces, or the segment when it is a known word. */
export function inferSegment (raw: string, knows?: KnowsWord): string {
  if (isLowerWord(raw)) return isName(raw) ? known(raw, knows) : '{id}'
  if (raw.length > maxTested) return /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(raw) ? '{token}' : '{text}'
  const text = raw.includes('%') ? decode(raw) : raw
  if (isStandard(text)) return text
  const label = typeOfValue(text) ?? typeOfParts(text, knows) ?? typeOfName(text, knows)
  return label.length > maxSegment ? '{text}' : label
}

function known (text: string, knows: KnowsWord | undefined): string {
  return isKnownWord(text, knows) ? text : WORD
}

/** The most frequent kind of segment: short, and nothing but small letters. */
function isLowerWord (text: string): boolean {
  if (text.length > 15) return false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 97 || code > 122) return false
  }
  return true
}

function decode (text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Versions that only their place tells from values: `/1.1/statuses`, `/rest/api/2/issue`, `/2010-04-01/Accounts` at the front; behind
 * words `/geo/1.0/direct` and `/billing/v1.1/invoices`, but `/rates/9.75/list`, `/releases/v1.2.3/notes`.
 */
function isVersion (text: string, { leading, before }: Place): boolean {
  if (!/^[vV]?\d/.test(text)) return false
  if (!leading) return /^(?:[vV]\d{1,2}\.\d{1,2}|\d\.0)$/.test(text) && !releases.has(before)
  return /^[vV]?\d{1,2}\.\d{1,2}(?:\.\d{1,3})?$/.test(text) ||
    /^(?:[1-9]|20\d\d-(?:0[1-9]|1[0-2])-[0-3]\d(?:-?(?:preview|alpha|beta|rc)\d?)?|20[0-3]\d(?:0[1-9]|1[0-2])[0-3]\d)$/.test(text)
}

/** What stands before a version of software: there are many of those. */
const releases: ReadonlySet<string> = new Set('releases release versions version tags tag packages package downloads download builds changelog'.split(' '))

/** Segments with structure: `42.json`, `42:cancel`, `Users(42)`, `page;jsessionid=…`, `1,2,3`. */
function typeOfParts (text: string, knows: KnowsWord | undefined): string | undefined {
  const semicolon = text.indexOf(';')
  if (semicolon >= 0) return semicolon === 0 ? '{matrix}' : inferSegment(text.slice(0, semicolon), knows)
  const call = /^([A-Za-z_$][\w.$-]*)\((.*)\)$/.exec(text)
  if (call !== null && isPlainWord(call[1]!, knows)) return call[2] === '' ? text : `${call[1]}({key})`
  if (text.includes(',')) return '{list}'
  const colon = text.lastIndexOf(':')
  // A verb stands behind one colon; more of them are names of resources (`urn:a:b`).
  if (colon > 0) return colon === text.indexOf(':') && isPlainWord(text.slice(colon + 1), knows) ? `${inferSegment(text.slice(0, colon), knows)}${text.slice(colon)}` : '{id}'
  const dot = text.lastIndexOf('.')
  if (dot > 0 && extensions.has(text.slice(dot + 1).toLowerCase())) {
    const stem = inferSegment(text.slice(0, dot), knows)
    return stem === '{text}' ? '{file}' : stem + text.slice(dot)
  }
  return undefined
}

function typeOfName (text: string, knows: KnowsWord | undefined): string {
  if (isIdentifier(text)) return '{id}'
  return !isName(text) ? '{text}' : isSlug(text) ? '{slug}' : known(text, knows)
}

/** What may stand beside a type: the verb of `42:cancel`, the function of `Users(42)`. */
function isPlainWord (text: string, knows: KnowsWord | undefined): boolean {
  return isName(text) && typeOfValue(text) === undefined && isKnownWord(text, knows)
}
