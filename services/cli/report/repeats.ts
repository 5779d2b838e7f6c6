/** Remembers request ids in bounded memory, so that a request that stands in a log twice is told from two requests. */

/** Ids of one bucket: a new one takes the place of the oldest. */
const ways = 4
const bits = 20

/** How many of the newest ids are remembered at least about: a repeat that is further away is not noticed. */
export const rememberedIds = ways << bits

/** The newest four million ids in 32 MiB, each by 64 of its bits: that two ids are taken for one is as likely as a broken disk. */
export class Repeats {
  readonly #high = new Uint32Array(rememberedIds)
  readonly #low = new Uint32Array(rememberedIds)
  readonly #next = new Uint8Array(1 << bits)

  /** True when the id (at least 32 hex digits, of which the first and the last count) was added before. */
  add (id: string): boolean {
    const bucket = parseInt(id.slice(8, 16), 16) & ((1 << bits) - 1)
    const high = parseInt(id.slice(0, 8), 16) | 0
    // No entry is all zero, which is what an empty place has.
    const low = (parseInt(id.slice(24, 32), 16) | 1) >>> 0
    const start = bucket * ways
    for (let at = start; at < start + ways; at++) if (this.#low[at] === low && this.#high[at] === high >>> 0) return true
    const place = start + this.#next[bucket]! % ways
    this.#next[bucket] = (this.#next[bucket]! + 1) % ways
    this.#high[place] = high
    this.#low[place] = low
    return false
  }
}
