import { BACKSLASH } from '../framing/json-skip.ts'
import { internForeign } from './intern.ts'

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/**
 * The value at `[start, end)` of a line. `isEscaped` undoes `\xHH` and JSON's escapes: neither form can be taken for the other,
 * because both escape the backslash itself. Bytes that are no UTF-8 become U+FFFD.
 */
export function readValue (bytes: Buffer, start: number, end: number, isEscaped: boolean): string {
  let seen = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte === BACKSLASH && isEscaped) return unescape(bytes.toString('latin1', start, end))
    seen |= byte
  }
  return internForeign(bytes, start, end, seen < 0x80)
}

/** A text of which every character is a byte. */
function unescape (value: string): string {
  const unescaped = value.replace(/\\x([\da-fA-F]{2})|((?:\\u[\da-fA-F]{4})+)|\\([^])/g, (_, hex?: string, units?: string, other?: string) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16))
    if (units !== undefined) return bytesOf(units)
    return escapes[other ?? ''] ?? other ?? ''
  })
  return Buffer.from(unescaped, 'latin1').toString('utf8')
}

/** `\u00e9\u20ac` as UTF-8, a byte a character. */
function bytesOf (units: string): string {
  const text = units.slice(2).split('\\u').map((hex) => String.fromCharCode(parseInt(hex, 16))).join('')
  return Buffer.from(text).toString('latin1')
}
