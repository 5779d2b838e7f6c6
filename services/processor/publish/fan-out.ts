import type { Delivered, EventBatch, Kept, Sink } from '../contract.ts'

/**
 * The store and further sinks as one. A batch is written once each of them has it, where it belongs or in its spool; whether it is in the
 * store or waits for it, and when it is delivered, the store alone decides.
 */
export function fanOut (store: Sink, others: readonly Sink[]): Sink {
  return {
    write: (batch: EventBatch, delivered?: Delivered): Promise<Kept> => {
      const writes = [store.write(batch, delivered), ...others.map((sink) => sink.write(batch))]
      return Promise.all(writes).then(([kept]) => kept!)
    },
    close: async () => { await Promise.all([store, ...others].map((sink) => sink.close())) },
  }
}
