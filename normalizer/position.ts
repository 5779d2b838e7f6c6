/**
 * One position of a path gets one type. Of one kind of id some happen to be all digits, or hexadecimal, or without a digit: the
 * first value names the position, what may be of its kind joins it, and what cannot widens the position once, to `{id}`.
 */

/** The type of one position, for one ending (`.json`) behind it. */
export interface Slot {
  type: string
  /** Values seen, up to {@link settled}. */
  hits: number
  /** True once it was widened. */
  wide: boolean
}

/** So many values of a position decide: later ones change it no more. */
export const settled = 32

const numeric = new Set(['{int}', '{number}', '{version}'])
const textual = new Set(['{word}', '{slug}', '{text}'])
const opaque = new Set(['{hex}', '{id}', '{base64}', '{nanoid}', '{ksuid}', '{ulid}', '{objectid}'])

/** True for a type that only chance tells from others; a UUID, a date or an address is what it is. */
export function isWeak (type: string): boolean {
  return numeric.has(type) || textual.has(type) || opaque.has(type)
}

/** Splits a label into its type and what stands behind it: `{hex}.json`, `{id}:cancel`. */
export function splitLabel (label: string): { type: string, rest: string } {
  const end = label.indexOf('}') + 1
  return { type: label.slice(0, end), rest: label.slice(end) }
}

/**
 * What becomes of a value of `type` at a position: `join` = it takes the position's type, `widen` = the position takes the type
 * that is given, `apart` = it has a place of its own beside it. A doubtful value changes nothing.
 */
export function meet (slot: Slot, type: string, value: string, doubtful: boolean): { what: 'join' } | { what: 'apart' } | { what: 'widen', to: string } {
  if (slot.type === type || fits(slot.type, type, value)) return { what: 'join' }
  const fixed = slot.wide || slot.hits >= settled || doubtful
  // `/orders/42` and `/orders/jane` are of two kinds; `42` and `4f` may be of one.
  if (numeric.has(slot.type) && (textual.has(type) || (fixed && opaque.has(type)))) return { what: 'apart' }
  if (fixed) return { what: 'join' }
  return { what: 'widen', to: common(slot.type, type) }
}

function common (one: string, other: string): string {
  if (numeric.has(one) && numeric.has(other)) return one === '{version}' || other === '{version}' ? '{version}' : '{number}'
  return (one === '{word}' && other === '{slug}') ? '{slug}' : '{id}'
}

/** True where a value of another shape may be of the position's kind all the same. */
function fits (slot: string, type: string, value: string): boolean {
  switch (slot) {
    case '{id}': return true
    case '{slug}': return type === '{word}'
    case '{number}': return type === '{int}'
    case '{version}': return numeric.has(type)
    case '{hex}': return /^(?:0x)?[0-9a-f]+$/i.test(value)
    case '{objectid}': return /^[0-9a-f]{24}$/i.test(value)
    case '{ulid}': return /^[0-9A-Za-z]{26}$/.test(value)
    case '{ksuid}': return /^[0-9A-Za-z]{27}$/.test(value)
    case '{nanoid}': return /^[\w-]{21}$/.test(value)
    case '{base64}': return /^[\w+/~-]{16,}={0,2}$/.test(value)
    default: return false
  }
}
