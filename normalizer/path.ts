/**
 * Request targets: cutting (RFC 9112 section 3.2), dot segments and percent normalisation (RFC 3986 sections 6.2.2
 * and 5.2.4). The normal form of a path decodes percent-escaped unreserved characters, writes other valid escapes in
 * upper case, escapes what may not stand in a path, and leaves malformed escapes alone.
 */

const SLASH = 47
const PERCENT = 37

/** What the hot loop has to know of a character of a path. */
export const PLAIN = 0
/** `?` and `#`. */
export const END = 1
/** Needs `normalizePath`. */
export const UNCLEAN = 2
/** Control characters: the target is malformed. */
export const FORBIDDEN = 3
/** `/`. */
export const SEPARATOR = 4

/** Class of each UTF-16 code unit. */
export const characterClass = classify()

/** A request target in parts; `path` is '' when the target is malformed. */
export interface Target { host: string, path: string }

/**
 * Cuts scheme and authority, query and fragment off a request target and returns the rest in normal form. Malformed
 * are: what is not a string, the empty target, control characters in the path, and what neither begins with `/` nor is
 * an absolute `scheme://host` form. Never throws; linear in the length.
 */
export function cutTarget (target: unknown): Target {
  if (typeof target !== 'string' || target === '') return { host: '', path: '' }
  if (target.charCodeAt(0) === SLASH) return { host: '', path: normalizePath(untilQuery(target)) }
  const scheme = schemeLength(target)
  if (scheme === 0) return { host: '', path: '' }
  const rest = target.slice(scheme)
  const end = authorityEnd(rest)
  const host = rest.slice(rest.lastIndexOf('@', end - 1) + 1, end)
  if (host === '') return { host: '', path: '' }
  const path = untilQuery(rest.slice(end))
  return { host, path: path === '' ? '/' : normalizePath(path) }
}

/** The normal form of an absolute path without query; '' when it holds control characters. */
export function normalizePath (path: string): string {
  const escaped = normalizeText(path)
  return escaped === '' ? '' : removeDotSegments(escaped)
}

/** The normal form of any text of a path, `/` included; '' when it holds control characters (or is empty). */
export function normalizeText (text: string): string {
  let clean = ''
  let from = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const kind = characterClass[code]!
    if (kind === FORBIDDEN) return ''
    if (kind === PLAIN || kind === SEPARATOR) continue
    const length = code === PERCENT ? 3 : isHighSurrogate(text, index) ? 2 : 1
    const replacement = code === PERCENT ? escapeAt(text, index) : percentEncode(text.slice(index, index + length))
    if (replacement === '') continue
    clean += text.slice(from, index) + replacement
    index += length - 1
    from = index + 1
  }
  return from === 0 ? text : clean + text.slice(from)
}

/**
 * Lower case, without surrounding blanks and a trailing dot; the port stays. An international name comes out as requests
 * write it (`xn--…`). Not a string = ''.
 */
export function normalizeHost (host: unknown): string {
  if (typeof host !== 'string') return ''
  const lower = host.trim().toLowerCase()
  const colon = portColon(lower)
  const name = asciiName(colon < 0 ? lower : lower.slice(0, colon))
  return (name.endsWith('.') ? name.slice(0, -1) : name) + (colon < 0 ? '' : lower.slice(colon))
}

/** Documents may write a name as people do (RFC 5890), requests cannot. */
function asciiName (name: string): string {
  if (!/[^ -~]/.test(name) || !/^[\p{L}\p{M}\p{N}.。*_-]+$/u.test(name)) return name
  try {
    return new URL(`http://${name}`).hostname
  } catch {
    return name
  }
}

/** Position of the colon before a port, or -1; an IPv6 address counts as one only in brackets. */
export function portColon (host: string): number {
  const colon = host.lastIndexOf(':')
  if (colon < 0 || host.indexOf(']', colon) >= 0) return -1
  return host.indexOf(':') === colon || host.charCodeAt(colon - 1) === 93 ? colon : -1
}

function untilQuery (target: string): string {
  for (let index = 0; index < target.length; index++) {
    const code = target.charCodeAt(index)
    if (code === 63 || code === 35) return target.slice(0, index)
  }
  return target
}

/** Length of `scheme://`, or 0. */
function schemeLength (target: string): number {
  const colon = target.indexOf('://')
  if (colon < 1 || colon > 32) return 0
  for (let index = 0; index < colon; index++) {
    const code = target.charCodeAt(index) | 32
    const letter = code >= 97 && code <= 122
    if (!letter && (index === 0 || !/[0-9+.-]/.test(target.charAt(index)))) return 0
  }
  return colon + 3
}

function authorityEnd (rest: string): number {
  for (let index = 0; index < rest.length; index++) {
    const code = rest.charCodeAt(index)
    if (code === SLASH || code === 63 || code === 35) return index
  }
  return rest.length
}

/** The normal form of the escape at `index`; '' when it is malformed and stays. */
function escapeAt (text: string, index: number): string {
  const high = hexValue(text.charCodeAt(index + 1))
  const low = hexValue(text.charCodeAt(index + 2))
  if (high < 0 || low < 0) return ''
  const code = high * 16 + low
  if (isUnreserved(code)) return String.fromCharCode(code)
  return text.slice(index, index + 3).toUpperCase()
}

function hexValue (code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

function isHighSurrogate (text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  const next = text.charCodeAt(index + 1)
  return code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000
}

function percentEncode (character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code >= 0xd800 && code < 0xe000) return '%EF%BF%BD'
  return code < 128 ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : encodeURIComponent(character)
}

function removeDotSegments (path: string): string {
  if (!path.includes('/.')) return path
  const kept: string[] = []
  const segments = path.split('/')
  for (let index = 1; index < segments.length; index++) {
    const segment = segments[index]!
    const last = index === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment === '.' || segment === '..') {
      if (last) kept.push('')
    } else {
      kept.push(segment)
    }
  }
  return `/${kept.join('/')}`
}

function isUnreserved (code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ||
    code === 45 || code === 46 || code === 95 || code === 126
}

function classify (): Uint8Array {
  const classes = new Uint8Array(2 ** 16).fill(UNCLEAN)
  for (let code = 0; code < 128; code++) {
    if (code < 32 || code === 127) classes[code] = FORBIDDEN
    else if (isUnreserved(code) || '!$&\'()*+,;=:@'.includes(String.fromCharCode(code))) classes[code] = PLAIN
  }
  classes[63] = END
  classes[35] = END
  classes[SLASH] = SEPARATOR
  return classes
}
