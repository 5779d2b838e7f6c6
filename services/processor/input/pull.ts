import { Sleeper } from './sleeper.ts'

/**
 * Takes the items of an iterator one at a time, each only when it is asked for, and waits for it no longer than wanted. An item that
 * came too late is what the next call gives. Waiting leaves nothing behind: racing against a promise that never settles would keep
 * every item of the process's life.
 */
export class Pull<T> {
  readonly #items: AsyncIterator<T>
  #isPending = false
  #settled: Settled<T> | undefined
  readonly #sleeper = new Sleeper()

  constructor (items: AsyncIterator<T>) {
    this.#items = items
  }

  /** The next item, or the end; undefined when `ms` are over, or the signal aborts, before it comes. Rejects as the iterator does. */
  async next (ms: number, signal: AbortSignal): Promise<IteratorResult<T> | undefined> {
    this.#ask()
    if (this.#settled === undefined) await this.#sleeper.sleep(ms, signal)
    const settled = this.#settled
    this.#settled = undefined
    if (settled === undefined) return undefined
    if ('error' in settled) throw settled.error
    return settled.result
  }

  #ask (): void {
    if (this.#isPending || this.#settled !== undefined) return
    this.#isPending = true
    const settle = (settled: Settled<T>): void => {
      this.#isPending = false
      this.#settled = settled
      this.#sleeper.wake()
    }
    this.#items.next().then((result) => settle({ result }), (error: unknown) => settle({ error }))
  }
}

type Settled<T> = { result: IteratorResult<T> } | { error: unknown }
