import type { BatchEncoder, ReceivingSink, WriteBatch } from '../contract.ts'
import type { Part } from './encoded-batch.ts'

/**
 * The store and further sinks as one. A batch is written once each of them has it, where it belongs or in its spool; whether it is in the
 * store or waits for it, and when it is delivered, the store alone decides. A batch that must be in the spool first (`spool`) comes to the
 * store last: what the store has is known when it is sent again, and would not reach the others any more.
 */
export function fanOut (store: ReceivingSink<Part[]>, others: ReadonlyArray<ReceivingSink<Part[]>>): ReceivingSink<Part[][]> {
  const all = [store, ...others]
  return {
    begin: () => {
      const encoder = encodeForAll(all.map((sink) => sink.begin()))
      return { add: encoder.add, end: (rejects) => writeAll(encoder.end(rejects)) }
    },
    receive: (encoded) => writeAll(all.map((sink, index) => sink.receive(encoded[index] ?? []))),
    close: async () => { await Promise.all(all.map((sink) => sink.close())) },
  }
}

/** Encodes a batch for several sinks at once. */
export function encodeForAll<Encoded> (encoders: ReadonlyArray<BatchEncoder<Encoded>>): BatchEncoder<Encoded[]> {
  return {
    add: (events) => { for (const encoder of encoders) encoder.add(events) },
    end: (rejects) => encoders.map((encoder) => encoder.end(rejects)),
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
