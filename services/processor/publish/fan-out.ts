import type { Delivered, EventBatch, Kept, Sink } from '../contract.ts'

/**
 * The store and further sinks as one. A batch is written once each of them has it, where it belongs or in its spool; whether it is in the
 * store or waits for it, and when it is delivered, the store alone decides. A batch that must be in the spool first (`spool`) comes to the
 * store last: what the store has is known when it is sent again, and would not reach the others any more.
 */
export function fanOut (store: Sink, others: readonly Sink[]): Sink {
  return {
    write: (batch: EventBatch, delivered?: Delivered): Promise<Kept> => {
      const rest = (): Array<Promise<Kept>> => others.map((sink) => sink.write(batch))
      if (batch.spool === true && others.length > 0) return Promise.all(rest()).then(() => store.write(batch, delivered))
      return Promise.all([store.write(batch, delivered), ...rest()]).then(([kept]) => kept!)
    },
    close: async () => { await Promise.all([store, ...others].map((sink) => sink.close())) },
  }
}
