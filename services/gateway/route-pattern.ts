import { compilePattern, compileSearch } from '../../normalizer/pattern.ts'
import { binary } from './path.ts'

/**
 * Compiles a route's regular expression: the result gives the length of its match at the start of a path, or -1, in time
 * linear in the path. Kong's are PCRE; of their syntax, what Kong's default router takes too (Rust's regex crate):
 * neither look-around nor back-references. Throws SyntaxError.
 */
export function compileRoutePattern (source: string): (path: string) => number {
  checkSyntax(source)
  const pattern = compilePattern(binary(translate(source)))
  if (pattern === null) throw new SyntaxError(notBounded)
  return (path) => pattern.matchLength(path)
}

/** Compiles the pattern behind the `~*` of a route's header: it may fit anywhere, whatever the case. Throws SyntaxError. */
export function compileHeaderPattern (source: string): (value: string) => boolean {
  checkSyntax(source)
  const test = compileSearch(translate(source))
  if (test === null) throw new SyntaxError(notBounded)
  return test
}

const notBounded = 'this gateway has no look-around, no back-references and no counts in the thousands: a request could make such patterns run for ever'

/** The engine's own parser knows best what is wrong with a pattern, once what only PCRE knows is taken out. */
function checkSyntax (source: string): void {
  RegExp(source.replaceAll('(?P<', '(?<').replace(/\(\?[is]+(?:(:)|\))/g, (_flags, group) => group === undefined ? '' : '(?:').replace(anchors, '$1'))
}

const anchors = /(?<!\\)((?:\\\\)*)\\[AzZ]/g

/** PCRE's `\Z` is the end here: a path has no line break at its end. */
function translate (source: string): string {
  return source.replace(/(?<!\\)((?:\\\\)*)\\Z/g, '$1\\z')
}
