import { setImmediate } from 'node:timers/promises'

/** As many items as take about a millisecond. */
const portion = 100

/** The items, with room for other work after every few: who walks through a large catalog must not hold up the traffic. */
export async function * inPortions<T> (items: Iterable<T>): AsyncGenerator<T> {
  let count = 0
  for (const item of items) {
    yield item
    if (++count % portion === 0) await setImmediate()
  }
}
