/**
 * Buffers that are read into by turns. What stands in one stays as it is while `ahead` more are filled; where that is any, other threads
 * read them too, so that nothing has to be copied for those.
 */
export class ReadBuffers {
  readonly size: number
  readonly #buffers: Buffer[] = []
  readonly #count: number
  #at = 0

  constructor (size: number, ahead: number) {
    this.size = size
    this.#count = ahead + 1
  }

  /** The buffer whose turn it is. */
  get current (): Buffer {
    return (this.#buffers[this.#at] ??= this.#allocate())
  }

  /** Ends the turn of the current one: somebody has what stands in it. */
  turn (): void {
    this.#at = (this.#at + 1) % this.#count
  }

  #allocate (): Buffer {
    return this.#count === 1 ? Buffer.allocUnsafeSlow(this.size) : Buffer.from(new SharedArrayBuffer(this.size))
  }
}
