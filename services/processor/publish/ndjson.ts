import { fields } from '../event.ts'
import type { EnrichedEvent, FieldName } from '../event.ts'

const names = Object.keys(fields) as FieldName[]

/**
 * Events as lines of JSON: the published fields and no other, in the order and under the names of the columns of `requests`. The time is
 * ISO 8601 in UTC with milliseconds; a figure that is not known is null.
 */
export function writeLines (events: readonly EnrichedEvent[]): Buffer {
  const pieces: Buffer[] = []
  for (let from = 0; from < events.length; from += portion) {
    pieces.push(Buffer.from(events.slice(from, from + portion).map(lineOf).join('')))
  }
  return Buffer.concat(pieces)
}

/** So many lines are one text before they become bytes: one text of them all would be there twice. */
const portion = 500

function lineOf (event: EnrichedEvent): string {
  const published: Partial<Record<FieldName, unknown>> = {}
  for (const name of names) published[name] = event[name]
  published.time = new Date(event.time).toISOString()
  return `${JSON.stringify(published)}\n`
}
