/**
 * Requests in flight, from start and duration alone: concurrency is sampled at every 10 ms tick of event time, so a
 * request counts at each tick that falls into `[start, end)`. A difference array in a ring makes one request cost two
 * additions, whatever its length; requests may come in any order within the last minute.
 */
const tickMs = 10
const ticks = 6000
const secondTicks = 1000 / tickMs

/** Sampled concurrency of one service over the last minute of event time. */
export class Concurrency {
  readonly #delta = new Int32Array(ticks)
  /** Newest tick of the window, which covers `(newest - ticks, newest]`. */
  #newest = -Infinity
  /** Requests in flight just before the window. */
  #base = 0

  /** Adds one request: epoch ms, ms. What ended before the window changes nothing. */
  add (startMs: number, durationMs: number): void {
    const end = Math.ceil((startMs + durationMs) / tickMs)
    if (end > this.#newest) this.#advance(end)
    const first = Math.ceil(startMs / tickMs)
    const oldest = this.#newest - ticks + 1
    if (end < oldest || end <= first) return
    if (first < oldest) this.#base++
    else this.#delta[first % ticks]!++
    this.#delta[end % ticks]!--
  }

  /** The mean over the last second and the peak over the last minute before `endMs`, the newest event time anywhere. */
  read (endMs: number): { current: number, peak: number } {
    const end = Math.ceil(endMs / tickMs)
    if (end > this.#newest) this.#advance(end)
    let inFlight = this.#base
    let peak = 0
    let second = 0
    for (let tick = this.#newest - ticks + 1; tick <= this.#newest; tick++) {
      inFlight += this.#delta[tick % ticks]!
      if (inFlight > peak) peak = inFlight
      // The newest tick is where the newest request has ended, so the second before it is the newest whole one.
      if (tick >= this.#newest - secondTicks && tick < this.#newest) second += inFlight
    }
    return { current: second / secondTicks, peak }
  }

  #advance (to: number): void {
    const steps = Math.min(to - this.#newest, ticks)
    for (let tick = to - steps + 1; tick <= to; tick++) {
      const slot = tick % ticks
      this.#base += this.#delta[slot]!
      this.#delta[slot] = 0
    }
    this.#newest = to
  }
}
