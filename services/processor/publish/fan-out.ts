import type { Sink, WriteBatch } from '../contract.ts'

/**
 * The store and further sinks as one. A batch is written once each of them has it, where it belongs or in its spool; whether it is in the
 * store or waits for it, and when it is delivered, the store alone decides. A batch that must be in the spool first (`spool`) comes to the
 * store last: what the store has is known when it is sent again, and would not reach the others any more.
 */
export function fanOut (store: Sink, others: readonly Sink[]): Sink {
  return {
    begin: () => {
      const encoders = [store, ...others].map((sink) => sink.begin())
      return {
        add: (events) => { for (const encoder of encoders) encoder.add(events) },
        end: (rejects) => writeAll(encoders.map((encoder) => encoder.end(rejects))),
      }
    },
    close: async () => { await Promise.all([store, ...others].map((sink) => sink.close())) },
  }
}

function writeAll ([toStore, ...toOthers]: WriteBatch[]): WriteBatch {
  return async (place, delivered) => {
    if (place.spool === true && toOthers.length > 0) {
      await Promise.all(toOthers.map((write) => write(place)))
      return await toStore!(place, delivered)
    }
    const [kept] = await Promise.all([toStore!(place, delivered), ...toOthers.map((write) => write(place))])
    return kept
  }
}
