/** Wakes all who wait for the next change. Take `next` before looking at what may change, then await it. */
export class Notifier {
  #wake = (): void => {}
  #next = this.#wait()

  /** Resolves at the next change. */
  get next (): Promise<void> {
    return this.#next
  }

  /** Tells a change. */
  notify (): void {
    this.#wake()
    this.#next = this.#wait()
  }

  #wait (): Promise<void> {
    return new Promise((resolve) => { this.#wake = resolve })
  }
}
