/**
 * Lets one reader sleep until there is something for it. Sleeping leaves nothing behind: what waits for a signal of the process's life
 * would keep all that ever slept.
 */
export class Sleeper {
  #wake: () => void = () => {}

  wake (): void {
    this.#wake()
  }

  /** Sleeps for so many ms, or until it is woken, or the signal aborts. */
  async sleep (ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = ms > longest ? undefined : setTimeout(() => this.#wake(), ms)
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

/** The longest time that a timer takes, ms. */
const longest = 2 ** 31 - 1
