/** Work that is never done twice at a time: whoever wants it while it runs gets the run after that, all of them the same one. */
export class Coalesced {
  readonly #work: () => Promise<void>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  /** `work` never rejects. */
  constructor (work: () => Promise<void>) {
    this.#work = work
  }

  /** Resolves when a run has ended that began after the call. */
  async run (): Promise<void> {
    await (this.#running === undefined ? this.#begin() : this.#next ??= this.#afterwards(this.#running))
  }

  /** Resolves when nothing runs any more. */
  async ended (): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #begin (): Promise<void> {
    this.#running = this.#work().finally(() => { this.#running = undefined })
    await this.#running
  }

  async #afterwards (running: Promise<void>): Promise<void> {
    await running
    this.#next = undefined
    await this.run()
  }
}
