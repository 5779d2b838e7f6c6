import { compileFunction } from '../runtime/compile.ts'
import { fields } from './event.ts'
import type { AccessEvent, FieldName, Reject } from './event.ts'

/** What a column and its retention can hold: whole numbers for the unsigned types, times for the first. */
interface Bounds { least: number, most: number }

/**
 * Times from 1970 up to 2104: a DateTime ends in February 2106, and rows are kept for up to two years after their time,
 * which a later one would carry past that end, so that they were gone with the next merge.
 */
const times: Bounds = { least: 0, most: Date.UTC(2104, 0, 1) - 1 }
const integers: Record<string, Bounds> = {
  UInt8: { least: 0, most: 255 },
  UInt16: { least: 0, most: 65_535 },
  UInt32: { least: 0, most: 4_294_967_295 },
  UInt64: { least: 0, most: Number.MAX_SAFE_INTEGER },
}

/** The numbers that a decoder gives, each with what its column holds. */
const bounded = (Object.entries(fields) as Array<[FieldName, { type: string }]>).flatMap(([name, { type }]) => {
  const bounds = name === 'time' ? times : integers[type.replace(/^Nullable\((.*)\)$/, '$1')]
  return bounds === undefined ? [] : [{ name: name as NumberField, ...bounds }]
})

type NumberField = 'time' | 'status' | 'upstream_status' | 'request_bytes' | 'response_bytes' | 'attempts' | 'limit' | 'remaining' | 'source_offset'

/**
 * The reject of an event with a number that its column in the store cannot hold, or could not keep; undefined when it can.
 * A row of it would vanish, or say something that the gateway did not. `length` is that of the record, in bytes.
 */
export function rejectUnstorable (event: AccessEvent, length: number): Reject | undefined {
  if (fits(event)) return undefined
  for (const { name, least, most } of bounded) {
    const value = event[name]
    // A figure that is not given is NULL, and never out of bounds.
    if (value === null || (value >= least && value <= most)) continue
    const { source, source_offset: offset } = event
    return { reason: 'invalid_field', detail: `${name}: out of the range that is stored`, source, source_offset: offset, length }
  }
  return undefined
}

/** True when all numbers fit: one comparison for each. A null counts as 0 here. */
const fits = compileFunction<(event: AccessEvent) => boolean>(['event'],
  `return ${bounded.map(({ name, least, most }) => `event.${name} >= ${least} && event.${name} <= ${most}`).join(' && ')}`)
