import { createHash } from 'node:crypto'
import type { AccessEvent } from '../event.ts'

/** Not of decimal digits alone: a client may send a number of somebody as its id. */
const hex32 = /^(?=\d*[a-f])[0-9a-f]{32}$/

/**
 * The event id: the gateway's request id if that is 32 hex digits, else the first 128 bits of a SHA-256 of gateway and
 * id, else of start, client, method, target, status and sizes. The same record always gives the same id.
 */
export function eventId (requestId: string, event: AccessEvent): string {
  if (hex32.test(requestId)) return requestId
  const lower = requestId.toLowerCase()
  if (hex32.test(lower)) return lower
  return digest(requestId === '' ? traits(event) : [event.gateway, requestId])
}

function traits (event: AccessEvent): Array<string | number> {
  const { gateway, time, client_ip, method, target, status, request_bytes, response_bytes } = event
  return [gateway, time, client_ip, method, target, status, request_bytes, response_bytes]
}

function digest (parts: Array<string | number>): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
