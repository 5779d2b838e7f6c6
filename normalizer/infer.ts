/**
 * Inference without history (rule 9): each segment of an undeclared path is a word, which stays, or a value, which
 * becomes its type. Every label is at most 12 segments of at most 48 characters.
 */
import { cutTarget } from './path.ts'
import { extensions, technicalWords } from './words.ts'

/** The label of what has no bounded template. */
export const OTHER = '__other__'

const maxSegments = 12
const maxWord = 48
const maxTested = 160

/** The template of an undeclared path: words stay, values become `{int}`, `{uuid}`, …; `__other__` when malformed. */
export function inferRoute (path: string): string {
  const segments = inferSegments(path)
  return segments === null ? OTHER : `/${segments.join('/')}`
}

/** The same as a list of segments, empty ones dropped; null when the target is malformed. */
export function inferSegments (target: unknown): string[] | null {
  const { path } = cutTarget(target)
  if (path === '') return null
  const segments: string[] = []
  for (let start = 1; start < path.length;) {
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    if (segments.length === maxSegments - 1 && end < path.length - 1) {
      segments.push('{*}')
      break
    }
    if (end > start) segments.push(inferSegment(path.slice(start, end)))
    start = end + 1
  }
  return segments
}

/** True for a segment that holds a type and no word (`{int}`, `{id}.json`): it counts towards no cap. */
export function isTyped (segment: string): boolean {
  const close = segment.indexOf('}') + 1
  return segment.startsWith('{') && (close === segment.length || (segment[close] === '.' && extensions.has(segment.slice(close + 1).toLowerCase())))
}

/** The type of one segment in braces, or the segment when it is a word. */
export function inferSegment (raw: string): string {
  if (raw.length > maxTested) return /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(raw) ? '{token}' : '{text}'
  const text = raw.includes('%') ? decode(raw) : raw
  return typeOfWhole(text) ?? typeOfParts(text) ?? (isWord(text) ? text : '{text}')
}

function decode (text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Types by the shape of the whole segment, the narrowest first. No expression here repeats inside a repetition. */
const shapes: ReadonlyArray<readonly [RegExp, string]> = [
  [/^\d+$/, '{int}'],
  [/^(?:urn:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, '{uuid}'],
  [/^\d{4}-(?:0\d|1[0-2])(?:-[0-3]\d)?(?:[T ][\d:.]*(?:Z|[+-]\d\d:?\d\d)?)?$|^\d{4}-W\d\d$|^\d{4}-Q[1-4]$/, '{date}'],
  [/^[^\s@]+@[^\s@.]+\.[^\s@]*[^\s@.]$/, '{email}'],
  [/^(?:tel:)?\+\d{7,15}$|^(?:\+?1[-. ])?\(?\d{3}\)?[-. ]?\d{3}[-. ]\d{4}$|^\+\d{1,3}(?:[-. ]\(?\d{1,5}\)?){2,5}$/, '{phone}'],
  [/^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/, '{ip}'],
  [/^(?=[0-9a-f:]*:[0-9a-f]*:)[0-9a-f:]{2,39}$/i, '{ip}'],
  [/^[+-]\d+$/, '{int}'],
  [/^[+-]?\d+\.\d+$/, '{number}'],
  [/^\d+\.\d+\.\d+(?:[-+.][0-9A-Za-z.-]+)?$/, '{version}'],
  [/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/, '{token}'],
  [/^[0-9a-f]{24}$/i, '{objectid}'],
  [/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i, '{ulid}'],
]

function typeOfWhole (text: string): string | undefined {
  for (const [shape, type] of shapes) {
    if (shape.test(text)) return type === '{objectid}' && !/\d/.test(text) ? undefined : type
  }
  return randomType(text)
}

/** Types that only chance tells from words: they need digits, or both cases, in a row without separators. */
function randomType (text: string): string | undefined {
  const { length } = text
  // One kind of id must not get several types by chance: the prefix tells more than the length.
  if (/^[a-z]{2,10}_[0-9A-Za-z]{6,}$/.test(text) && idType(text) !== undefined) return '{id}'
  if (length < 6 || !/^[\w~-]+={0,2}$/.test(text)) return undefined
  const digit = /\d/.test(text)
  if (/^(?:0x)?[0-9a-f]+$/i.test(text) && (digit || length >= 16)) return '{hex}'
  const upper = /[A-Z]/.test(text)
  const lower = /[a-z]/.test(text)
  if (length === 27 && digit && upper && lower && /^[0-9A-Za-z]+$/.test(text)) return '{ksuid}'
  if (length === 21 && digit && upper && lower && !/^[A-Za-z]+[-_][A-Za-z]/.test(text)) return '{nanoid}'
  if (length >= 20 && digit && upper && lower && !/[a-z]{6}/.test(text)) return '{base64}'
  return undefined
}

/** Segments with structure: `42.json`, `42:cancel`, `Users(42)`, `page;jsessionid=…`, `1,2,3`. */
function typeOfParts (text: string): string | undefined {
  const semicolon = text.indexOf(';')
  if (semicolon >= 0) return semicolon === 0 ? '{matrix}' : inferSegment(text.slice(0, semicolon))
  if (text.includes(',')) return '{list}'
  const call = /^([A-Za-z_$][\w.$-]*)\((.*)\)$/.exec(text)
  if (call !== null && isPlainWord(call[1]!)) return call[2] === '' ? text : `${call[1]}({key})`
  const colon = text.lastIndexOf(':')
  if (colon > 0) return isPlainWord(text.slice(colon + 1)) ? `${inferSegment(text.slice(0, colon))}${text.slice(colon)}` : '{id}'
  const dot = text.lastIndexOf('.')
  if (dot > 0 && extensions.has(text.slice(dot + 1).toLowerCase())) {
    const stem = inferSegment(text.slice(0, dot))
    return stem === '{text}' ? '{file}' : stem + text.slice(dot)
  }
  return idType(text)
}

/** Ids of letters and digits, prefixed or not: `cus_NffrFeUfNV2Hib`, `ORD-2024-17`, `PX1Z8Q`, `item12345`. */
function idType (text: string): string | undefined {
  if (!/^[\w@$~.+-]+$/.test(text)) return undefined
  if (text.startsWith('@')) return /^@(?:me|self|all)$/.test(text) ? undefined : '{id}'
  if (isLocale(text)) return undefined
  const tokens = text.split(/[-_.~+$]/).filter((token) => token !== '')
  if (tokens.some((token) => !isWordToken(token, tokens.length))) return '{id}'
  return tokens.length > 5 ? '{slug}' : undefined
}

/** A word that is no id either: what may stay beside a type. */
function isPlainWord (text: string): boolean {
  return isWord(text) && (typeOfWhole(text) ?? idType(text)) === undefined
}

function isWord (text: string): boolean {
  if (text === '-' || text === '~') return true
  return text.length <= maxWord && /^[.$@]?[A-Za-z0-9_](?:[\w.~$+-]*[\w~])?$/.test(text)
}

/** `en`, `en-US`, `zh-Hans-CN`. */
function isLocale (text: string): boolean {
  return /^[a-z]{2,3}[-_](?:[A-Z][a-z]{3}[-_])?(?:[A-Z]{2}|\d{3})$/.test(text)
}

function isWordToken (token: string, count: number): boolean {
  if (/^[A-Za-z]+$/.test(token)) return !looksRandom(token)
  // A number inside a name (`us-east-1`) stays short; a long one is somebody's.
  if (/^\d+$/.test(token)) return count > 1 && token.length <= 2
  if (technicalWords.has(token.toLowerCase())) return true
  if (/^v\d+(?:p\d+)?(?:alpha|beta|rc|preview)?\d*$/i.test(token)) return token.length <= 12
  if (token.length >= 4 && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(token)) return false
  // `level2`, `Step1`, `3ds`, `4xx`, `b2b`.
  return /^[a-z]+\d{1,2}$|^[A-Z][a-z]+\d{1,2}$|^[A-Z]{2,}\d$|^\d[a-z]{1,2}$|^[a-z][24][a-z]$/.test(token)
}

/** Letters without a word in them: no vowel for long, or case changing all the time. */
function looksRandom (token: string): boolean {
  if (token.length > 32) return true
  if (token.length >= 12 && /[bcdfghjklmnpqrstvwxz]{7}|[BCDFGHJKLMNPQRSTVWXZ]{7}/.test(token)) return true
  const turns = token.match(/[a-z][A-Z]/g)?.length ?? 0
  return token.length >= 8 && turns > token.length / 3
}
