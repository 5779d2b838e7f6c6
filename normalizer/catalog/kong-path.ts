/** Paths of routes as formats 1.1 and 2.1 write them (kong/db/migrations/migrate_path_280_300.lua). */

/**
 * The path that Kong 3 makes of one of an older file: what holds anything but letters, digits and `. - _ ~ / %` is a pattern
 * and gets a `~`; percent-encoded characters that need not be encoded are decoded, in a pattern with a backslash where they
 * would have a meaning. A path that begins with `~` is marked already.
 */
export function migratePath (path: string): string {
  if (path.startsWith('~')) return path
  if (/^[\w.~/%-]*$/.test(path)) return withoutDots(path.replace(triplets, (triplet, hex: string) => decoded(triplet, hex, false)))
  return `~${path.replace(triplets, (triplet, hex: string) => decoded(triplet, hex, true))}`
}

const triplets = /%([0-9A-Fa-f]{2})/g
const reserved = new Set("!*'();:@&=+$,/?%#[]")
const meanings = new Set('.^-{}\\|')

/** Bytes past ASCII stay encoded: what they spell together takes more than one of them. */
function decoded (triplet: string, hex: string, isPattern: boolean): string {
  const code = Number.parseInt(hex, 16)
  const character = String.fromCharCode(code)
  if (code > 126 || reserved.has(character)) return triplet.toUpperCase()
  return isPattern && meanings.has(character) ? `\\${character}` : character
}

function withoutDots (path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
    if (index === segments.length - 1 && ['', '.', '..'].includes(segment)) kept.push('')
  }
  return `/${kept.join('/')}`
}
