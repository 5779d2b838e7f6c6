/**
 * Takes the items of an iterator one at a time, each only when it is asked for, and waits for it no longer than wanted. An item that
 * came too late is what the next call gives. Waiting leaves nothing behind: racing against a promise that never settles would keep
 * every item of the process's life.
 */
export class Pull<T> {
  readonly #items: AsyncIterator<T>
  #isPending = false
  #settled: Settled<T> | undefined
  #wake: () => void = () => {}

  constructor (items: AsyncIterator<T>) {
    this.#items = items
  }

  /** The next item, or the end; undefined when `ms` are over, or the signal aborts, before it comes. Rejects as the iterator does. */
  async next (ms: number, signal: AbortSignal): Promise<IteratorResult<T> | undefined> {
    this.#ask()
    if (this.#settled === undefined) await this.#wait(ms, signal)
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
      this.#wake()
    }
    this.#items.next().then((result) => settle({ result }), (error: unknown) => settle({ error }))
  }

  async #wait (ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = ms === Infinity ? undefined : setTimeout(() => this.#wake(), ms)
      this.#wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', this.#wake)
        this.#wake = () => {}
        resolve()
      }
      signal.addEventListener('abort', this.#wake, { once: true })
    })
  }
}

type Settled<T> = { result: IteratorResult<T> } | { error: unknown }
