/** Wakes all who wait for the next change. Take `rung` before looking at what may change, then await it. */
export class Bell {
  #ring = (): void => {}
  #rung = this.#next()

  /** Resolves at the next ring. */
  get rung (): Promise<void> {
    return this.#rung
  }

  ring (): void {
    this.#ring()
    this.#rung = this.#next()
  }

  #next (): Promise<void> {
    return new Promise((resolve) => { this.#ring = resolve })
  }
}
