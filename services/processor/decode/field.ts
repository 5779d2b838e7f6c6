/**
 * Lenient readers of JSON values. Gateways write numbers as strings and strings as numbers, and mark what is missing
 * with null, '', '-' or -1; users add, change and delete keys at will. So nothing here throws or trusts a kind.
 */

/** A JSON object whose members are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Why a record is refused. `detail` names fields, kinds and positions, and never quotes the record. */
export interface Refusal {
  reason: 'invalid_json' | 'truncated' | 'not_an_object' | 'malformed' | 'not_a_request' | 'missing_field' | 'invalid_field'
  detail: string
}

const none: JsonObject = Object.freeze({})
const decimal = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** The value itself if it is an object and no array, else an object without members. */
export function objectOf (value: unknown): JsonObject {
  return isObject(value) ? value : none
}

/** True for an object that is neither null nor an array. */
export function isObject (value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text, a number in decimal, or the first text of a list (a repeated header); '' when missing or of another kind. */
export function textOf (value: unknown): string {
  if (typeof value === 'string') return value === '-' ? '' : value
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : ''
}

/** A finite number, also when written as text; null when missing; NaN when present but no number. */
export function numberOf (value: unknown): number | null {
  if (typeof value === 'number') return value === -1 ? null : Number.isFinite(value) ? value : NaN
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? parseNumber(value) : NaN
}

/** A number within `[min, max]`, null for everything else: for fields that a record can do without. */
export function numberWithin (value: unknown, min: number, max: number): number | null {
  const number = numberOf(value)
  return number !== null && number >= min && number <= max ? number : null
}

/** A whole number within `[0, max]` (a fraction is cut), null for everything else. */
export function wholeWithin (value: unknown, max: number): number | null {
  const number = numberWithin(value, 0, max)
  return number === null ? null : Math.trunc(number)
}

/** Longer than this (about 115 days, in ms) is no duration but a fault. */
const longestMs = 1e10
/** A terabyte: a larger size is none, but a number of somebody perhaps. */
const largestSize = 2 ** 40

/** A duration in ms to the microsecond, null for what is none; `factor` is one of its units in ms. */
export function durationMs (value: unknown, factor = 1): number | null {
  const number = numberWithin(value, 0, longestMs / factor)
  return number === null ? null : roundMs(number * factor)
}

/** A size in bytes, null for what is none. */
export function sizeOf (value: unknown): number | null {
  return wholeWithin(value, largestSize)
}

/** Milliseconds to the microsecond: takes away what binary fractions left behind (8000.999999999999). */
export function roundMs (milliseconds: number): number {
  return Number.isInteger(milliseconds) ? milliseconds : Math.round(milliseconds * 1000) / 1000
}

/** Up to 15 digits are exact as they are. */
function parseWhole (text: string): number {
  if (text.length === 0 || text.length > 15) return NaN
  let number = 0
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return NaN
    number = number * 10 + digit
  }
  return number
}

function parseNumber (text: string): number | null {
  const whole = parseWhole(text)
  if (!Number.isNaN(whole)) return whole
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === '-' || trimmed === '-1') return null
  if (!decimal.test(trimmed)) return NaN
  const number = Number(trimmed)
  return Number.isFinite(number) ? number : NaN
}
