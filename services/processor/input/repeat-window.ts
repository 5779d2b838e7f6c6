import { randomInt } from 'node:crypto'
import type { Known, KnownEvent } from './definition.ts'

/** How much is remembered: at least `records` keys, for at least `age` ms unless more than that come in it. */
export interface WindowLimits { age: number, records: number }

/**
 * Remembers which records came before, in memory of a fixed size: two hash sets of 63-bit keys, each for `records`, of which the older
 * one is forgotten when the newer one is full or `age` old. With a million of them, a new record has the key of another once in 10^12.
 * `clock` gives ms.
 */
export class RepeatWindow implements Known {
  readonly #limits: WindowLimits
  readonly #clock: () => number
  readonly #seeds = [randomInt(2 ** 32), randomInt(2 ** 32)] as const
  #newer: KeySet
  #older: KeySet
  #since: number

  constructor (limits: WindowLimits, clock: () => number = Date.now) {
    this.#limits = limits
    this.#clock = clock
    this.#newer = new KeySet(limits.records)
    this.#older = new KeySet(limits.records)
    this.#since = clock()
  }

  /** How many keys are remembered. */
  get size (): number {
    return this.#newer.size + this.#older.size
  }

  /**
   * Remembers an event; true when it was known already. An id that is the gateway's own tells it in any body. Other ids are published as
   * keyed hashes, whose key may be another in every run: those events are known by their place, and their time, which two
   * bodies that share a place by chance do not.
   */
  addEvent ({ event_id: id, request_id: own, source_offset: offset, time }: KnownEvent): boolean {
    const isKnownById = own !== '' && this.#add(wordAt(id, 0), wordAt(id, 8), wordAt(id, 16), wordAt(id, 24))
    if (own.length === 32 && own.toLowerCase() === id) return isKnownById
    const rounded = Math.round(time)
    const isKnownByPlace = this.#add(offset, offset / 2 ** 32, rounded, rounded / 2 ** 32)
    return isKnownById || isKnownByPlace
  }

  /** Remembers a reject by its offset in the source; true when it was known already. */
  addReject (offset: number): boolean {
    return this.#add(offset, offset / 2 ** 32, 0x72656a65, 0x6374)
  }

  #add (first: number, second: number, third: number, fourth: number): boolean {
    const [one, other] = this.#seeds
    const low = mix(mix(mix(mix(one, first), second), third), fourth)
    // Zeros stand for an empty place.
    const high = mix(mix(mix(mix(other, fourth), third), second), first) | 1
    if (this.#newer.has(low, high)) return true
    const isKnown = this.#older.has(low, high)
    if (this.#newer.size >= this.#limits.records || (this.#newer.size > 0 && this.#clock() - this.#since >= this.#limits.age)) this.#turn()
    // What comes again is remembered for as long as what is new.
    this.#newer.add(low, high)
    return isKnown
  }

  #turn (): void {
    const oldest = this.#older
    oldest.clear()
    this.#older = this.#newer
    this.#newer = oldest
    this.#since = this.#clock()
  }
}

/** A set of pairs of 32-bit words, open addressing, at most two thirds full. */
class KeySet {
  readonly #slots: Int32Array
  readonly #mask: number
  size = 0

  constructor (capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(capacity * 1.5 + 1))
    this.#slots = new Int32Array(slots * 2)
    this.#mask = slots - 1
  }

  has (low: number, high: number): boolean {
    return this.#slots[this.#find(low, high) + 1] !== 0
  }

  add (low: number, high: number): void {
    const at = this.#find(low, high)
    if (this.#slots[at + 1] === 0) this.size++
    this.#slots[at] = low
    this.#slots[at + 1] = high
  }

  clear (): void {
    this.#slots.fill(0)
    this.size = 0
  }

  /** Where the pair is, or the free place where it belongs. */
  #find (low: number, high: number): number {
    const slots = this.#slots
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * 2
      if (slots[at + 1] === 0 || (slots[at + 1] === high && slots[at] === low)) return at
    }
  }
}

function wordAt (id: string, start: number): number {
  return Number.parseInt(id.slice(start, start + 8), 16) | 0
}

/** One step of MurmurHash3 and its finish, so that every bit of the word counts (https://github.com/aappleby/smhasher). */
function mix (hash: number, word: number): number {
  let key = Math.imul(word, 0xCC9E2D51)
  key = Math.imul((key << 15) | (key >>> 17), 0x1B873593)
  let mixed = hash ^ key
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85EBCA6B)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xC2B2AE35)
  return mixed ^ (mixed >>> 16)
}
