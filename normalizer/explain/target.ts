/** Rule 1 in words: what was cut off a request target, what its path was turned into, or why it is none. */
import type { TargetSteps } from '../endpoint.ts'
import { characterClass, cutTarget, FORBIDDEN, normalizePath, normalizeText } from '../path.ts'

/** Tells what became of a target; agrees with the matcher on every one. */
export function explainTarget (target: unknown): TargetSteps {
  const parts = split(target)
  const { host, path } = cutTarget(target)
  const malformed = path === '' ? whyMalformed(target, parts) : ''
  return { ...parts, host, path, malformed, changes: malformed === '' ? changesOf(parts.path === '' ? '/' : parts.path) : [] }
}

interface Parts { scheme: string, authority: string, path: string, query: string, fragment: string }

function split (target: unknown): Parts {
  const text = typeof target === 'string' ? target : ''
  const absolute = text.startsWith('/') ? null : /^([a-z][a-z0-9+.-]{0,31}):\/\/([^/?#]*)/i.exec(text)
  const rest = absolute === null ? text : text.slice(absolute[0].length)
  const end = rest.search(/[?#]/)
  const tail = end < 0 ? '' : rest.slice(end)
  const hash = tail.indexOf('#')
  return {
    scheme: absolute?.[1] ?? '',
    authority: absolute?.[2] ?? '',
    path: end < 0 ? rest : rest.slice(0, end),
    query: hash < 0 ? tail : tail.slice(0, hash),
    fragment: hash < 0 ? '' : tail.slice(hash),
  }
}

function whyMalformed (target: unknown, { scheme, authority, path }: Parts): string {
  if (typeof target !== 'string') return 'it is no text'
  if (target === '') return 'it is empty'
  if (!target.startsWith('/') && scheme === '') {
    return target === '*' ? 'it is the asterisk, which asks the server as a whole and names no path' : 'it neither begins with a slash nor with a scheme and "://"'
  }
  if (scheme !== '' && authority.slice(authority.lastIndexOf('@') + 1) === '') return 'no host stands behind its scheme'
  const control = [...path].find((character) => characterClass[character.charCodeAt(0)] === FORBIDDEN) ?? ''
  return `its path holds the control character U+${(control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

function changesOf (path: string): string[] {
  const text = normalizeText(path)
  const changes: string[] = []
  if (/%(?:2[de]|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i.test(path)) changes.push('escaped letters, digits and -._~ were decoded')
  if (/%(?=[0-9a-f]{2})(?:[A-F0-9]?[a-f]|[a-f])/.test(path.replace(/%(?:2[de]|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/gi, ''))) {
    changes.push('escapes were written in upper case')
  }
  if (/%(?![0-9a-f]{2})/i.test(path)) changes.push('malformed escapes stay as they are')
  if (/%2f/i.test(path)) changes.push('an escaped slash does not part segments')
  if (/[^\w\-.~!$&'()*+,;=:@/%]/.test(path)) changes.push('characters that may not stand in a path were escaped')
  if (normalizePath(path) !== text) changes.push('dot segments were resolved')
  return changes
}
