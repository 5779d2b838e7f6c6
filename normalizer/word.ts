/** Words of undeclared paths: names that people gave, in any case and with any separator, digits of names included. */
import { isGibberish, likeness } from './letters.ts'
import { counting, standards, technicalWords } from './words.ts'

const maxWord = 80

/** True for a word that may stand in a label: one or more word-like tokens with separators between. */
export function isName (text: string): boolean {
  return isShaped(text) && !isIdentifier(text)
}

/** A title of more than five words; snake case names of operations may have eight. */
export function isSlug (text: string): boolean {
  return count(text, 45) > 4 || count(text, 95) > 7
}

function count (text: string, code: number): number {
  let found = 0
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) === code) found++
  return found
}

/** Ids of letters and digits, prefixed or not: `cus_NffrFeUfNV2Hib`, `ORD-2024-17`, `PX1Z8Q`, `item12345`, `@jane`. */
export function isIdentifier (text: string): boolean {
  if (!/^[\w@$~.+-]+$/.test(text)) return false
  if (text.startsWith('@')) return !/^@(?:me|self|all|connections)$/.test(text)
  if (isLocale(text)) return false
  if (isStandard(text)) return false
  // `10-20`, `12_34`: what has no letter is no word.
  if (/^[^A-Za-z]*\d[^A-Za-z]*$/.test(text)) return true
  // `PROJ-12`, but not `UTF-8`: counted by trackers and invoices, whatever the length of the number.
  if (/^[A-Z][A-Z0-9]{1,9}-\d+$/.test(text)) return !technicalWords.has(text.replace('-', '').toLowerCase())
  if (/^[a-z]{2,3}[-_]\d{3}$/.test(text)) return !technicalWords.has(text.replace(/[-_]/, ''))
  const tokens = text.split(/[-_.~+$]/)
  let filled = 0
  let numbers = 0
  for (const [index, token] of tokens.entries()) {
    if (token !== '') filled++
    if (!/^\d+$/.test(token)) continue
    numbers++
    if (!counting.has((tokens[index - 1] ?? '').toLowerCase())) return true
  }
  // `ip-10-0-0-1`, `report-24-01-31`: names hold two numbers at most.
  if (numbers > 2) return true
  return tokens.some((token) => token !== '' && !isWordToken(token, filled))
}

function isShaped (text: string): boolean {
  if (text === '-' || text === '~' || text === '$') return true
  return text.length <= maxWord && /^[.$@~]?[A-Za-z0-9_](?:[\w.~$+-]*[\w~])?$/.test(text)
}

/** Names of standards with their number: `sha-256`, `MT940`, `camt.053`, `1080p`, `top-100`: words, whatever else they look like. */
export function isStandard (text: string): boolean {
  if (text.length > 16 || !holdsBoth(text)) return false
  const bare = text.toLowerCase().replace(/[-_.]/, '')
  return bare.length < 16 && (standards.test(bare) || technicalWords.has(bare) || (bare.endsWith('s') && technicalWords.has(bare.slice(0, -1))) || /^top(?:\d|10|20|25|30|40|50|100|200|250|500|1000)$/.test(bare))
}

/** A letter and a digit: cheap, for most texts have not both. */
function holdsBoth (text: string): boolean {
  let letter = false
  let digit = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 48 && code <= 57) digit = true
    else if ((code | 32) >= 97 && (code | 32) <= 122) letter = true
  }
  return letter && digit
}

/** `en-US`, `zh-Hans-CN`. Regions with digits are few, and `abc-123` is an id. */
export function isLocale (text: string): boolean {
  return /^(?:[a-z]{2,3}[-_](?:[A-Z][a-z]{3}[-_])?[A-Z]{2}|es[-_]419|(?:ar|en)[-_](?:001|150))$/.test(text)
}

function isWordToken (token: string, count: number): boolean {
  if (/^[A-Za-z]+$/.test(token)) return !isGibberish(token, 0, token.length) || technicalWords.has(token.toLowerCase())
  // A number inside a name (`us-east-1`) stays short; a long one is somebody's.
  if (/^\d+$/.test(token)) return count > 1 && token.length <= 2
  if (technicalWords.has(token.toLowerCase())) return true
  // `v1p1beta1` has three numbers.
  if (/^v(?:\d{1,2}|20\d{6})(?:[pb]\d+)?(?:(?:alpha|beta|rc|preview)\d{0,2})?$/i.test(token)) return true
  if (digitRuns(token) > 2) return false
  if (token.length >= 4 && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(token)) return false
  // `level2`, `Step1`, `3ds`, `4xx`, `b2b`.
  if (/^(?:[A-Z]{2,4}\d|\d[a-z]{1,2}|[a-z][24][a-z])$/.test(token)) return true
  const versioned = /^([A-Za-z]{3,})[vV]\d{1,2}$/.exec(token)
  if (versioned !== null && !isGibberish(versioned[1]!, 0, versioned[1]!.length)) return true
  // `step1` and `profiles2`, but not `user12`.
  const ending = /^([A-Za-z]+)\d{1,2}$/.exec(token)
  if (ending !== null) {
    if (counting.has(ending[1]!.toLowerCase()) || /[a-z]{4}s\d$/.test(token)) return true
    // `returnInt32`
    const last = /[A-Z]?[a-z]*\d+$/.exec(token)![0]
    return isStandard(last) && isWordToken(token.slice(0, -last.length), 2)
  }
  const change = /^([a-z]{2,})2([A-Z]?[a-z]{2,})$/.exec(token)
  if (change !== null && readsAs(change[1]!, 0) && readsAs(change[2]!, 0)) return true
  return isCompound(token)
}

/** Names hold one number, seldom two. */
function digitRuns (token: string): number {
  let runs = 0
  let inside = false
  for (let index = 0; index < token.length; index++) {
    const digit = token.charCodeAt(index) < 58
    if (digit && !inside) runs++
    inside = digit
  }
  return runs
}

/** Short letters before a digit must look more like a word than letters alone need to. */
function readsAs (letters: string, least: number): boolean {
  return letters.length < 4 || likeness(letters, 0, letters.length) >= least
}

/** `oauth2PermissionGrants`, `s3Buckets`, `getOffice365Users`, `b2cUserFlows`: words with one or two short numbers inside. A
 * number at the end (`myAccount33`) counts things. */
function isCompound (token: string): boolean {
  const technical = /^([A-Za-z][a-z]*\d+[A-Za-z]?)([A-Z].*|s)$/.exec(token)
  if (technical !== null && technicalWords.has(technical[1]!.toLowerCase()) && isWordToken(technical[2]!, 2)) return true
  // `returnInt32`, `testUint64`
  const ending = /^([A-Za-z]*[a-z])([A-Z][a-z]+\d+)$/.exec(token)
  if (ending !== null && technicalWords.has(ending[2]!.toLowerCase()) && isWordToken(ending[1]!, 2)) return true
  if (!/^\d{0,2}(?:[A-Za-z]+\d{1,3}){0,2}[A-Za-z]+$/.test(token)) return false
  const words = token.match(/[A-Z]?[a-z]{3,}|[A-Z]{4,}/g) ?? []
  let good = 0
  let score = 0
  let longest = 0
  for (const word of words) {
    score += likeness(word, 0, word.length) * word.length
    good += word.length
    longest = Math.max(longest, word.length)
  }
  return longest >= 4 && good >= token.length * 0.6 && score >= good * 0.5
}
