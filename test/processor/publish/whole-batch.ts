import type { BatchPlace, Delivered, Kept, Sink } from '../../../services/processor/contract.ts'
import type { EnrichedEvent, Reject } from '../../../services/processor/event.ts'
import type { TablePart } from '../../../services/processor/publish/table-part.ts'
import { createTables, requestsTable } from '../../../services/processor/publish/tables.ts'

/** All that became of one range. */
export interface EventBatch extends BatchPlace { events: EnrichedEvent[], rejects: Reject[] }

/** Writes a batch whose events come in three portions. */
export async function writeBatch (sink: Sink, { events, rejects, ...place }: EventBatch, delivered?: Delivered): Promise<Kept> {
  const encoder = sink.begin()
  const third = Math.ceil(events.length / 3)
  for (const number of [0, 1, 2]) encoder.add(events.slice(number * third, (number + 1) * third))
  return await encoder.end(rejects)(place, delivered)
}

/** A sink of a function that takes whole batches. */
export function sinkOf (write: (batch: EventBatch, delivered: Delivered) => Promise<Kept>): Sink {
  return {
    begin: () => {
      const events: EnrichedEvent[] = []
      return {
        add: (some) => { events.push(...some) },
        end: (rejects) => (place, delivered = () => {}) => write({ ...place, events, rejects: [...rejects] }, delivered),
      }
    },
    close: async () => {},
  }
}

/** Events as the parts that ClickHouse takes. */
export function tabulateEvents (events: readonly EnrichedEvent[]): TablePart[] {
  const encoder = createTables()()
  encoder.add(events)
  return encoder.end([]).filter(({ table }) => table === requestsTable)
}
