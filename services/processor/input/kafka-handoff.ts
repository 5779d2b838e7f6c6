import type { Slot } from './kafka-slot.ts'

/** Hands batches of many partitions to one consumer, which takes one at a time; what is taken is known until it is settled. */
export class Handoff {
  readonly #offered: Slot[] = []
  readonly #taken = new Set<Slot>()
  #wakers: Array<() => void> = []
  #ended = false
  #failure: unknown

  offer (slot: Slot): void {
    this.#offered.push(slot)
    this.#wake()
  }

  /** Takes back a batch if nobody has seen it, and settles it. */
  withdraw (slot: Slot): void {
    const index = this.#offered.indexOf(slot)
    if (index < 0) return
    this.#offered.splice(index, 1)
    slot.settle()
  }

  /** Takes back all batches that nobody has seen, and settles them. */
  withdrawAll (): void {
    for (const slot of this.#offered.splice(0)) slot.settle()
  }

  /** The batches of a partition that were taken and are not settled, oldest first. */
  taken (key: string): Slot[] {
    return [...this.#taken].filter((slot) => slot.key === key)
  }

  /** The next batch, oldest first; undefined once the handoff has ended. Throws the failure that ended it. */
  async take (): Promise<Slot | undefined> {
    while (!this.#ended) {
      const slot = this.#offered.shift()
      if (slot !== undefined) return this.#track(slot)
      await new Promise<void>((resolve) => { this.#wakers.push(resolve) })
    }
    if (this.#failure !== undefined) throw this.#failure
    return undefined
  }

  /** Nothing is handed out from now on. */
  end (failure?: unknown): void {
    this.#ended = true
    this.#failure ??= failure
    this.#wake()
  }

  /** Waits until everything that was taken is settled, at most `ms`. */
  async drain (ms: number): Promise<void> {
    const until = Date.now() + ms
    for (const slot of [...this.#taken]) await slot.end(Math.max(0, until - Date.now()))
  }

  /** Settles what was taken: it is no longer ours to commit. */
  abandon (): void {
    for (const slot of [...this.#taken]) slot.settle()
  }

  #wake (): void {
    for (const wake of this.#wakers.splice(0)) wake()
  }

  #track (slot: Slot): Slot {
    this.#taken.add(slot)
    slot.onSettled(() => { this.#taken.delete(slot) })
    return slot
  }
}
