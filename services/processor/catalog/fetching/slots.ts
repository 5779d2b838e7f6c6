/** Work that waits for others, a few at a time. */
export class Slots {
  readonly #places: number
  readonly #patienceMs: number
  readonly #waiting: Array<() => void> = []
  #busy = 0

  /** As many at a time as there are `places`; what takes longer than `patienceMs` gives its place away, and goes on. */
  constructor (places: number, patienceMs: number) {
    this.#places = places
    this.#patienceMs = patienceMs
  }

  /** Does work when there is a place for it. */
  async run<T> (work: () => Promise<T>): Promise<T> {
    if (this.#busy < this.#places) this.#busy++
    else await new Promise<void>((resolve) => { this.#waiting.push(resolve) })
    let isPlaced = true
    const leave = (): void => {
      if (isPlaced) this.#next()
      isPlaced = false
    }
    const timer = setTimeout(leave, this.#patienceMs)
    return await work().finally(() => {
      clearTimeout(timer)
      leave()
    })
  }

  #next (): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#busy--
    else next()
  }
}
