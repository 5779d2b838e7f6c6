import { findJsonFault } from '../../runtime/json-fault.ts'
import { isObject } from './field.ts'
import type { JsonObject, Refusal } from './field.ts'
import { scanJson } from './json-scan.ts'
import { scanSlots } from './json-slots.ts'
import type { Wanted } from './shape.ts'
import { fillSlots } from './slots.ts'
import type { Plan } from './slots.ts'

/** What became of the bytes of one record: an object, or why it is none. */
export type JsonReading = { value: JsonObject, refusal?: undefined } | { value?: undefined, refusal: Refusal }

/**
 * Reads one JSON object, at least its wanted parts, from UTF-8 bytes (RFC 8259; a byte order mark and invalid UTF-8 are
 * tolerated). Never throws. A text that only ends too early is `truncated`, any other fault is `invalid_json` with its
 * byte.
 */
export function readJson (bytes: Buffer, wanted: Wanted): JsonReading {
  const scanned = scanJson(bytes, wanted)
  return scanned === undefined ? parseJson(bytes) : { value: scanned }
}

/** Reads one JSON object into the slots of a plan, as above; gives why it is none. */
export function readSlots (bytes: Buffer, plan: Plan<string>): Refusal | undefined {
  if (scanSlots(bytes, plan)) return undefined
  const { value, refusal } = parseJson(bytes)
  if (value !== undefined) fillSlots(plan, value)
  return refusal
}

function parseJson (bytes: Buffer): JsonReading {
  const start = startOf(bytes)
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8', start))
  } catch {
    // The engine's message quotes the text, so the place is found again by a scan of our own.
    return { refusal: refuse(bytes, start) }
  }
  return isObject(value) ? { value } : { refusal: { reason: 'not_an_object', detail: `the record is ${kindOf(value)}` } }
}

function refuse (bytes: Buffer, start: number): Refusal {
  const { kind, at } = findJsonFault(bytes, start)
  if (kind === 'empty') return { reason: 'invalid_json', detail: 'the record is empty' }
  if (kind === 'truncated') return { reason: 'truncated', detail: `the record ends early, after ${bytes.length} bytes` }
  return { reason: 'invalid_json', detail: `unexpected byte at ${at} of ${bytes.length}` }
}

function startOf (bytes: Buffer): number {
  return bytes[0] === 0xEF && bytes[1] === 0xBB && bytes[2] === 0xBF ? 3 : 0
}

function kindOf (value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
