/** Tests for hexadecimal digits, once a record and more: a loop is quicker than a regular expression. */

const zero = 0x30
const nine = 0x39
const a = 0x61
const f = 0x66
/** Turns an ASCII letter into its lower case, and leaves digits as they are. */
const toLower = 0x20

/** True when all characters in `[from, to)` are hexadecimal digits, of either case. */
export function isHex (text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if ((code < zero || code > nine) && ((code | toLower) < a || (code | toLower) > f)) return false
  }
  return true
}

/** True when all characters are hexadecimal digits, letters in lower case. */
export function isLowerHex (text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code < zero || code > nine) && (code < a || code > f)) return false
  }
  return true
}
