/** Remembers request ids in bounded memory, so that a request that stands in a log twice is told from two requests. */

/** Ids of one bucket: a new one takes the place of the oldest. */
const ways = 4
const bits = 20

/** How many of the newest ids are remembered at least about: a repeat that is further away is not noticed. */
export const rememberedIds = ways << bits

/** The newest four million ids in 32 MiB, each by 64 bits of a hash: that two ids are taken for one is as likely as a broken disk. */
export class Repeats {
  readonly #high = new Uint32Array(rememberedIds)
  readonly #low = new Uint32Array(rememberedIds)
  readonly #next = new Uint8Array(1 << bits)

  /** True when the id (32 hex digits) was added before. */
  add (id: string): boolean {
    const [a, b, c, d] = [wordOf(id, 0), wordOf(id, 8), wordOf(id, 16), wordOf(id, 24)]
    const high = mix(a ^ mix(b ^ mix(c ^ mix(d))))
    // No entry is zero, which is what an empty place has.
    const low = mix(d ^ mix(c ^ mix(b ^ mix(a ^ seed)))) || 1
    const bucket = mix(high ^ low) & ((1 << bits) - 1)
    const start = bucket * ways
    for (let at = start; at < start + ways; at++) if (this.#low[at] === low && this.#high[at] === high) return true
    const place = start + this.#next[bucket]! % ways
    this.#next[bucket] = (this.#next[bucket]! + 1) % ways
    this.#high[place] = high
    this.#low[place] = low
    return false
  }
}

const seed = 0x9e3779b9

function wordOf (id: string, start: number): number {
  return parseInt(id.slice(start, start + 8), 16)
}

/** Spreads 32 bits over 32 others, one to one: gateways count ids up, so that neighbours differ in one bit. MurmurHash3's finalizer. */
function mix (word: number): number {
  let bits = word ^ (word >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
