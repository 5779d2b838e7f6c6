/**
 * Request targets and paths, byte for byte as Kong treats them (kong/tools/uri.lua, kong/router/utils.lua). Paths are
 * "binary" strings: one character a byte, as Node's HTTP parser hands them out.
 */

export interface Target {
  /** Host of an absolute-form target (RFC 9112 §3.2.2), '' for the usual origin form. */
  authority: string
  /** From the first slash on, with query: what logs call the request URI. */
  uri: string
  /** Raw path without query. */
  path: string
  /** Raw query without its question mark; undefined when there is no question mark. */
  query: string | undefined
}

/** Splits a request target; undefined when it is neither origin form nor absolute form. Linear in its length. */
export function splitTarget (target: string): Target | undefined {
  let authority = ''
  let uri = target
  if (uri.charCodeAt(0) !== 47) {
    const found = /^https?:\/\/([^/?#]+)/i.exec(target)
    if (found === null) return undefined
    authority = found[1] ?? ''
    uri = target.slice(found[0].length)
    if (uri.charCodeAt(0) !== 47) uri = `/${uri}`
  }
  const mark = uri.indexOf('?')
  if (mark === -1) return { authority, uri, path: uri, query: undefined }
  return { authority, uri, path: uri.slice(0, mark), query: uri.slice(mark + 1) }
}

/**
 * Normalises a path for routing: percent-decodes everything but reserved characters (RFC 3986 §2.2), writes the hex of
 * what stays encoded in upper case, merges slashes and removes dot segments. Malformed escapes stay as they are.
 */
export function normalizePath (path: string): string {
  const decoded = path.includes('%') ? path.replace(/%[0-9A-Fa-f]{2}/g, decodeTriplet) : path
  return decoded.includes('//') || decoded.includes('/.') ? removeDots(decoded) : decoded
}

const reserved = new Set("!*'();:@&=+$,/?%#[]")

function decodeTriplet (triplet: string): string {
  const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
  return reserved.has(character) ? triplet.toUpperCase() : character
}

function removeDots (path: string): string {
  const segments = path.split('/')
  const kept: string[] = []
  for (let index = 1; index < segments.length; index++) {
    const segment = segments[index] ?? ''
    const dots = segment === '.' || segment === '..'
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
    if (index === segments.length - 1 && (dots || segment === '')) kept.push('')
  }
  return `/${kept.join('/')}`
}

/** Percent-encodes what must not stand raw in a request line; `%` and all reserved characters stay. */
export function escapePath (path: string): string {
  return path.replace(/[^!#$&'()*+,/:;=?@[\]A-Za-z\d\-_.~%]/g, (character) =>
    `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

export interface JoinOptions {
  /** Path of the service, '/' when it has none. */
  base: string
  /** Normalised request path. */
  path: string
  /** The part of `path` that the route's path matched, '' when the route has no paths. */
  matched: string
  strip: boolean
  handling: 'v0' | 'v1'
}

/** The path sent upstream, joined from service path and request path as the route's `path_handling` says. */
export function joinPath ({ base, path, matched, strip, handling }: JoinOptions): string {
  const rest = matched === '' ? path.slice(1) : trimDots(path.slice(matched.length))
  if (handling === 'v1') return joinV1(base, path, rest, strip)
  if (!strip) return base.endsWith('/') ? base + path.slice(1) : path === '/' ? base : base + path
  if (rest === '') return joinExact(base, path)
  if (base.endsWith('/')) return rest.startsWith('/') ? base.slice(0, -1) + rest : base + rest
  return rest.startsWith('/') ? base + rest : `${base}/${rest}`
}

function trimDots (rest: string): string {
  if (rest === '.' || rest === '..') return ''
  if (rest.startsWith('./')) return rest.slice(2)
  return rest.startsWith('../') ? rest.slice(3) : rest
}

function joinV1 (base: string, path: string, rest: string, strip: boolean): string {
  if (!strip) return base + path.slice(1)
  return base.endsWith('/') && rest.startsWith('/') ? base.slice(0, -1) + rest : base + rest
}

/** The whole path was matched and stripped: a trailing slash of the request is kept, unless nothing else is left. */
function joinExact (base: string, path: string): string {
  const slash = path.length > 1 && path.endsWith('/')
  if (!base.endsWith('/')) return slash ? `${base}/` : base
  return base === '/' || path.endsWith('/') ? base : base.slice(0, -1)
}

/** A text as the "binary" string of its UTF-8 bytes: what stands in a configuration, to be compared with paths. */
export function binary (text: string): string {
  return Buffer.from(text).toString('latin1')
}
