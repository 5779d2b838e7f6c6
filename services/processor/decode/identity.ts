import { createHash } from 'node:crypto'
import type { AccessEvent } from '../event.ts'
import { isLowerHex } from './hex.ts'

const decimal = /^\d+$/

/**
 * The event id: the gateway's request id if that is 32 hex digits (and no short number between zeros), else the first 128
 * bits of a SHA-256 of gateway and id, else of start, client, method, target, status and sizes. The same record always
 * gives the same id.
 */
export function eventId (requestId: string, event: AccessEvent): string {
  const lower = requestId.toLowerCase()
  if (lower.length === 32 && isLowerHex(lower) && !isPaddedNumber(lower)) return lower
  return digest(requestId === '' ? traits(event) : [event.gateway, requestId])
}

/** A client may send a number of somebody as its id, filled up with zeros: those have 6 to 19 digits. */
function isPaddedNumber (digits: string): boolean {
  if (!decimal.test(digits)) return false
  const { length } = digits.replace(/^0+|0+$/g, '')
  return length > 5 && length < 20
}

function traits (event: AccessEvent): Array<string | number | null> {
  const { gateway, time, client_ip, method, target, status, request_bytes, response_bytes } = event
  return [gateway, time, client_ip, method, target, status, request_bytes, response_bytes]
}

function digest (parts: Array<string | number | null>): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
