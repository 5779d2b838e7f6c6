/** The types of values: what a whole segment of an undeclared path is, where its shape tells. */
import { isIdentifier, isName } from './word.ts'

/** The type of a decoded segment in braces, the narrowest first; undefined where the shape of the whole tells nothing. */
export function typeOfValue (text: string): string | undefined {
  const kinds = kindsOf(text)
  if (kinds === DIGIT) return '{int}'
  if ((kinds & (MARK | DOT)) !== 0) {
    for (const [shape, type] of shapes) if (shape.test(text)) return type
    if ((kinds & DOT) !== 0 && isHost(text)) return '{host}'
  } else if (mayBePlain(text, kinds)) {
    for (const [shape, type] of plainShapes) if (shape.test(text)) return type
  }
  return randomType(text, kinds)
}

/** Cheap, for the ids that are most of all values: plain shapes have one of a few lengths, or begin with a digit or a sign. */
function mayBePlain (text: string, kinds: number): boolean {
  const { length } = text
  if (length === 36 || length === 24 || length === 26) return true
  const first = text.charCodeAt(0)
  return (kinds & DIGIT) !== 0 && length <= 20 && (kinds & (JOINT | UPPER)) !== 0 && (first < 58 || length === 17)
}

const DIGIT = 1
const LOWER = 2
const UPPER = 4
const JOINT = 8
const DOT = 16
const MARK = 32

/** What kinds of characters a text holds. */
function kindsOf (text: string): number {
  let kinds = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 97 && code <= 122) kinds |= LOWER
    else if (code >= 48 && code <= 57) kinds |= DIGIT
    else if (code >= 65 && code <= 90) kinds |= UPPER
    else if (code === 45 || code === 95 || code === 126) kinds |= JOINT
    else kinds |= code === 46 ? DOT : MARK
  }
  return kinds
}

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'

type Shape = readonly [RegExp, string]

/** Shapes of letters, digits and hyphens. */
const plainShapes: readonly Shape[] = [
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, '{uuid}'],
  [/^\d{4}-(?:0\d|1[0-2])(?:-[0-3]\d)?(?:T\d{2,6}Z?)?$|^\d{4}-W\d\d(?:-\d)?$|^\d{4}-Q[1-4]$|^\d{8}T\d{4,6}Z?$|^(?:[0-3]\d-[01]\d|[01]\d-[0-3]\d)-(?:19|20)\d\d$/, '{date}'],
  [/^(?:1-)?\d{3}-?\d{3}-\d{4}$/, '{phone}'],
  [/^[0-9a-f]{2}(?:-[0-9a-f]{2}){5}$/i, '{mac}'],
  [/^-\d+$/, '{int}'],
  [/^\d+e-\d+$/i, '{number}'],
  [/^(?=\D*\d)[0-9a-f]{24}$/i, '{objectid}'],
  [/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i, '{ulid}'],
]

/** Shapes with other characters too. No expression here repeats inside a repetition over the same characters: all are linear. */
const shapes: readonly Shape[] = [
  [/^(?:urn:uuid:)?\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i, '{uuid}'],
  [/^\d{4}-(?:0\d|1[0-2])-[0-3]\d[T ][\d:.,]*(?:Z|[+-]\d\d:?\d\d)?$/, '{date}'],
  [/^(?:[0-3]?\d[./][01]?\d|[01]?\d\/[0-3]?\d)[./](?:19|20)\d\d$|^(?:19|20)\d\d[./][01]\d[./][0-3]\d$/, '{date}'],
  [/^(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/, '{time}'],
  // `lodash@4.17.21` is a version, `logo@2x.png` a picture.
  [/^(?:mailto:|acct:)?[^\s@]+@(?!\d+(?:\.\d+)+(?:-[\w.]+)?$|\dx\.)[^\s@.]+\.[^\s@]*[^\s@.]$/, '{email}'],
  [/^(?:tel:)?\+\d{7,15}$|^(?:\+?1[-. ])?\(?\d{3}\)?[-. ]?\d{3}[-. ]\d{4}$|^\+\d{1,3}(?:[-. ]\(?\d{1,9}\)?){1,5}$/, '{phone}'],
  [new RegExp(`^${octet}(?:\\.${octet}){3}(?::\\d{1,5}|/\\d\\d?)?$`), '{ip}'],
  [/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i, '{mac}'],
  [/^\[?(?=[0-9a-f:]*:[0-9a-f]*:)[0-9a-f:]{2,39}(?:\d\.[\d.]{3,11})?\]?(?:%\w{1,15})?(?:\/\d{1,3})?$/i, '{ip}'],
  [/^\+\d+$/, '{int}'],
  [/^[+-]?\d*\.\d+(?:e[+-]?\d+)?$|^[+-]?\d+e\+\d+$/i, '{number}'],
  [/^[vV]?\d+\.\d+\.\d+(?:[-+.][0-9A-Za-z.+-]+)?$/, '{version}'],
  [/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/, '{token}'],
  [/^arn:[a-z-]+:/, '{arn}'],
]

/** Endings of host names that are no endings of names in code (`log.in`, `index.pl`) and are not seen as words alone. */
const hostEnd = /\.(?:com|net|org|edu|gov|mil|io|co|dev|biz|cloud|eu|uk|de|fr|nl|jp|cn|br|au|ru|local|internal|localdomain|onmicrosoft)(?:\.[a-z]{2})?(?::\d{1,5})?$/i

function isHost (text: string): boolean {
  return hostEnd.test(text) && !/^(?:socket|engine)\.io$/.test(text) && /^[a-z0-9*_](?:[a-z0-9._-]*[a-z0-9])?(?::\d+)?$/i.test(text)
}

/** Types that only chance tells from words: they need digits, or both cases, in a row without separators. */
function randomType (text: string, kinds: number): string | undefined {
  const { length } = text
  // One kind of id must not get several types by chance: the prefix tells more than the length.
  if ((kinds & JOINT) !== 0 && /^[a-z]{2,10}_[0-9A-Za-z]{6,}$/.test(text) && isIdentifier(text)) return '{id}'
  if (length < 6 || !/^[\w~+/-]+={0,2}$/.test(text)) return undefined
  if (((kinds & DIGIT) !== 0 || length >= 16) && /^(?:0x)?[0-9a-f]+$/i.test(text)) return '{hex}'
  if (length < 20 || (kinds & (DIGIT | LOWER | UPPER)) !== (DIGIT | LOWER | UPPER) || isName(text)) return undefined
  if (length === 27 && /^[0-9A-Za-z]+$/.test(text)) return '{ksuid}'
  if (length === 21 && !/^[A-Za-z]+[-_][A-Za-z]/.test(text)) return '{nanoid}'
  return /[a-z]{6}/.test(text) ? undefined : '{base64}'
}
