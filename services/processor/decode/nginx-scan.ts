import { BACKSLASH } from '../framing/json-skip.ts'
import type { LogFormat, Slot } from './nginx-format.ts'
import { kindOf } from './nginx-variables.ts'
import type { Kind } from './nginx-variables.ts'

/** Where the values of a line are: `[starts[i], ends[i])` is that of the i-th variable of the format. */
export interface Scan { starts: number[], ends: number[] }

/**
 * Walks over a line once. Gives -1 when the line fits the format, and the values are then in `scan`; else the index of the
 * variable that does not fit, which is the number of variables when the line goes on behind the last one.
 */
export type Scanner = (bytes: Buffer, text: string, scan: Scan) => number

/** One variable or several without a text between them, and how their end is found. */
interface Field {
  slots: Slot[]
  first: number
  kind: Kind
  after: string
  /** Between double quotes that the escaping keeps out of the value. */
  quoted: boolean
}

/**
 * Compiles a log format to a scanner. It takes time in proportion to a line's length: a value ends at the text that follows it
 * in the format; a quoted one at its closing quote; one that could end at several places at the first behind which the
 * next value has its form. `text` is `bytes` as Latin-1. Gives a text where variables cannot be told apart.
 */
export function compileScanner ({ before, slots, escape }: LogFormat, isUsed: (name: string) => boolean): Scanner | string {
  const fields = fieldsOf(before, slots, escape !== 'none')
  const blurred = fields.find((field) => field.slots.some(({ name }) => isUsed(name)) && !canSplit(field))
  if (blurred !== undefined) {
    return `${blurred.slots.map(({ name }) => `$${name}`).join('')}: nothing tells where one ends and the next begins; write something between them`
  }
  return (bytes, text, scan) => {
    if (!text.startsWith(before)) return 0
    let at = before.length
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index]!
      const end = endOf(bytes, text, at, fields, index)
      if (end === -1) return field.first
      split(field, text, at, end, scan)
      at = end + field.after.length
    }
    return at === text.length ? -1 : slots.length
  }
}

function fieldsOf (before: string, slots: readonly Slot[], isEscaped: boolean): Field[] {
  const fields: Field[] = []
  let open: Slot[] = []
  for (const [index, slot] of slots.entries()) {
    open.push(slot)
    if (slot.after === '' && index + 1 < slots.length) continue
    const previous = fields.at(-1)?.after ?? before
    fields.push({
      slots: open,
      first: index + 1 - open.length,
      kind: open.length === 1 ? kindOf(slot.name) : 'text',
      after: slot.after,
      quoted: isEscaped && previous.endsWith('"') && slot.after.startsWith('"'),
    })
    open = []
  }
  return fields
}

/** A path begins with a slash, and arguments with a question mark; all else runs into each other. */
function canSplit ({ slots }: Field): boolean {
  return slots.slice(1).every(({ name }, index) => kindOf(name) === 'path' || name === 'is_args' || slots[index]!.name === 'is_args')
}

function split ({ slots, first }: Field, text: string, start: number, end: number, { starts, ends }: Scan): void {
  let at = start
  for (let index = 0; index < slots.length; index++) {
    const next = slots[index + 1]
    let stop = end
    if (next !== undefined) {
      const found = slots[index]!.name === 'is_args' ? at + (text[at] === '?' ? 1 : 0) : text.indexOf(next.name === 'is_args' ? '?' : '/', at)
      if (found !== -1 && found < end) stop = found
    }
    starts[first + index] = at
    ends[first + index] = stop
    at = stop
  }
}

function endOf (bytes: Buffer, text: string, at: number, fields: readonly Field[], index: number): number {
  const { kind, after, quoted } = fields[index]!
  if (kind === 'number' || kind === 'time_local' || kind === 'time_iso8601') return checked(text, endOfForm(text, at, kind), after)
  if (quoted) return checked(text, endOfQuoted(bytes, text, at), after)
  if (kind === 'list' && (after === '' || after.startsWith(' '))) return checked(text, endOfList(text, at), after)
  const end = index + 1 === fields.length ? text.length - after.length : endOfText(text, at, after, fields, index + 1)
  if (end < at || !text.startsWith(after, end)) return -1
  return (kind === 'token' && hasSpace(bytes, at, end)) || (kind === 'address' && !isAddress(text, at, end)) ? -1 : end
}

function checked (text: string, end: number, after: string): number {
  return end !== -1 && text.startsWith(after, end) ? end : -1
}

/** Longer than any number that nginx writes. */
const longestNumber = 40
const localTime = /\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}/y
const isoTime = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})/y

/** The end of a value that has a form of its own, -1 when it has another. */
function endOfForm (text: string, at: number, kind: Kind): number {
  if (kind === 'number') {
    let end = at
    while (end - at < longestNumber && isOfNumber(text.charCodeAt(end))) end++
    return end
  }
  const form = kind === 'time_local' ? localTime : isoTime
  form.lastIndex = at
  return form.test(text) ? form.lastIndex : -1
}

/** Digits, `.` and `-`: an empty value is a number that was not given. */
function isOfNumber (code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2E || code === 0x2D
}

/** The next quote that is not escaped. */
function endOfQuoted (bytes: Buffer, text: string, start: number): number {
  for (let at = text.indexOf('"', start); at !== -1; at = text.indexOf('"', at + 1)) {
    let slash = at - 1
    while (slash >= start && bytes[slash] === BACKSLASH) slash--
    if ((at - slash) % 2 === 1) return at
  }
  return -1
}

/** Items of a list are separated by `, ` and, after an internal redirect, by ` : `. */
function endOfList (text: string, start: number): number {
  let at = start
  for (;;) {
    const space = text.indexOf(' ', at)
    if (space === -1) return text.length
    if (space > at && text[space - 1] === ',') at = space + 1
    else if (text.startsWith(' : ', space)) at = space + 3
    else return space
  }
}

function endOfText (text: string, at: number, after: string, fields: readonly Field[], next: number): number {
  for (let end = text.indexOf(after, at); end !== -1; end = text.indexOf(after, end + 1)) {
    if (canFollow(text, end + after.length, fields, next)) return end
  }
  return -1
}

/** Looks a bounded number of characters ahead: as far as values have forms of their own. */
function canFollow (text: string, at: number, fields: readonly Field[], next: number): boolean {
  for (let index = next; index < fields.length; index++) {
    const { kind, after } = fields[index]!
    if (kind !== 'number' && kind !== 'time_local' && kind !== 'time_iso8601') {
      return (kind !== 'token' && kind !== 'list' && kind !== 'address') || text[at] !== ' ' || after.startsWith(' ')
    }
    const end = checked(text, endOfForm(text, at, kind), after)
    if (end === -1) return false
    at = end + after.length
  }
  return at === text.length
}

function hasSpace (bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === 0x20) return true
  return false
}

/** `-`, `unix:`, or what consists of hexadecimal digits, dots and colons. */
function isAddress (text: string, start: number, end: number): boolean {
  if (end - start > 64) return false
  const address = text.slice(start, end)
  return address === '' || address === '-' || address.startsWith('unix:') || /^[\da-fA-F:.]+$/.test(address)
}
