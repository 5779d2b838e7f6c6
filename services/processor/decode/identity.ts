import { createHash } from 'node:crypto'
import type { AccessEvent } from '../event.ts'
import { isLowerHex } from './hex.ts'

const decimal = /^\d+$/

/**
 * The event id. With a request id that the gateway itself made (`own`, '' without one): that id if it is 32 hex digits and no
 * short number between zeros, else the first 128 bits of a SHA-256 of gateway and id. Without one: those of source, position and
 * content of the record, so that two equal records are two requests. The same record always gives the same id.
 */
export function eventId (own: string, { gateway, source, source_offset: offset }: AccessEvent, content: Uint8Array): string {
  if (own === '') return digest([source, offset], content)
  const lower = isLowerHex(own) ? own : own.toLowerCase()
  return lower.length === 32 && isLowerHex(lower) && !isPaddedNumber(lower) ? lower : digest([gateway, own])
}

/** A client may send a number of somebody as its id, filled up with zeros: those have 6 to 19 digits. */
function isPaddedNumber (digits: string): boolean {
  if (!decimal.test(digits)) return false
  const { length } = digits.replace(/^0+|0+$/g, '')
  return length > 5 && length < 20
}

const nothing = new Uint8Array()

function digest (parts: Array<string | number>, content: Uint8Array = nothing): string {
  return createHash('sha256').update(JSON.stringify(parts)).update(content).digest('hex').slice(0, 32)
}
