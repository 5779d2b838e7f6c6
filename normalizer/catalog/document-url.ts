/**
 * The URL of a document, and what its relative server URLs mean: RFC 3986 section 5 and
 * https://spec.openapis.org/oas/v3.2.0#base-uri-for-resolving-relative-references.
 */
import { textOf } from './references.ts'
import type { Json } from './references.ts'

/**
 * The absolute http URL that a document has: its `$self` (OpenAPI 3.2), resolved against the URL that it was fetched
 * from, else that URL. '' for a document that only has a file name.
 */
export function documentUrl (document: Json, source: string): string {
  const self = textOf(document.$self).replace(/[?#].*$/s, '')
  const fetched = isHttp(source) ? source.replace(/[?#].*$/s, '') : ''
  if (isHttp(self)) return self
  return fetched === '' || self === '' ? fetched : join(fetched, self)
}

/**
 * What a server URL may mean in a document of that URL, the likeliest first. A relative path is resolved by the letter;
 * read from the root it counts as well, since authors often leave the leading slash out. The host of the document is its first
 * host; others serve it, too, because catalogs publish documents of APIs that are served elsewhere.
 */
export function resolveUrl (url: string, documentUrl: string): string[] {
  if (documentUrl === '' || url === '' || /^(?:[a-z][a-z0-9+.-]*:|\{[^{}]*\}:|\/\/)/i.test(url)) return [url]
  const resolved = join(documentUrl, url)
  return [...new Set([resolved, pathOf(resolved), url])]
}

function isHttp (text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text)
}

function join (base: string, reference: string): string {
  const [, origin = '', path = ''] = /^([a-z]+:\/\/[^/]*)(.*)$/is.exec(base) ?? []
  if (reference.startsWith('//')) return origin.slice(0, origin.indexOf('//')) + reference
  return origin + withoutDots(reference.startsWith('/') ? reference : `${path.replace(/[^/]*$/, '') || '/'}${reference}`)
}

function pathOf (url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, '')
}

/** RFC 3986 section 5.2.4. */
function withoutDots (path: string): string {
  const kept: string[] = []
  for (const step of path.split('/').slice(1)) {
    if (step === '..') kept.pop()
    else if (step !== '.') kept.push(step)
  }
  return `/${kept.join('/')}`
}
