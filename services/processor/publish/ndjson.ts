import type { BatchEncoder } from '../contract.ts'
import { fields } from '../event.ts'
import type { EnrichedEvent, FieldName } from '../event.ts'
import type { Part } from './encoded-batch.ts'

const names = Object.keys(fields) as FieldName[]

/**
 * Events as lines of JSON: the published fields and no other, in the order and under the names of the columns of `requests`. The time is
 * ISO 8601 in UTC with milliseconds; a figure that is not known is null. Without events there is no part.
 */
export function beginLines (): BatchEncoder<Part[]> {
  const pieces: Buffer[] = []
  let rows = 0
  return {
    add: (events) => {
      rows += events.length
      if (events.length > 0) pieces.push(Buffer.from(events.map(lineOf).join('')))
    },
    end: () => rows === 0 ? [] : [{ rows, bytes: Buffer.concat(pieces) }],
  }
}

function lineOf (event: EnrichedEvent): string {
  const published: Partial<Record<FieldName, unknown>> = {}
  for (const name of names) published[name] = event[name]
  published.time = new Date(event.time).toISOString()
  return `${JSON.stringify(published)}\n`
}
