/*
 * CityHash128 in its version 1.0.2, which ClickHouse froze for the checksums of its compressed blocks
 * (https://clickhouse.com/docs/native-protocol/hash). Later versions of CityHash give other values. 64-bit words are
 * pairs of 32-bit halves: BigInt would be slower, and its optimised form crashes V8 11.3 on this very code.
 */

/** A 64-bit word; both halves are 32 bits wide, of either sign. */
export interface Word { high: number, low: number }

interface Pair { first: Word, second: Word }

const k0 = { high: 0xc3a5c85c, low: 0x97cb3127 }
const k1 = { high: 0xb492b66f, low: 0xbe98f273 }
const k2 = { high: 0x9ae16a3b, low: 0x2f90404f }
const k3 = { high: 0xc949d7c7, low: 0x509e6557 }
const fold = { high: 0x9ddfea08, low: 0xeb382d69 }

/** The checksum of at least 8 bytes (which every block has): its low and its high word. */
export function cityHash128 (bytes: Uint8Array): [Word, Word] {
  const steps = hashInSteps(bytes)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** {@link cityHash128} in steps of a few milliseconds, for who has others to serve in between. */
export function * hashInSteps (bytes: Uint8Array): Generator<undefined, [Word, Word]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = bytes.length
  if (size >= 16) return yield * seeded(view, 16, size - 16, xor(word(view, 0), k3), word(view, 8))
  return yield * seeded(view, 0, 0, xor(word(view, 0), times(small(size), k0)), xor(word(view, size - 8), k1))
}

/** Bytes between two steps; a multiple of 64. */
const stepSize = 64 * 1024

function * seeded (view: DataView, at: number, size: number, seed0: Word, seed1: Word): Generator<undefined, [Word, Word]> {
  if (size < 128) return short(view, at, size, seed0, seed1)
  let x = seed0
  let y = seed1
  let z = times(k1, small(size))
  const first = plus(times(rotate(xor(y, k1), 49), k1), word(view, at))
  const v = { first, second: plus(times(rotate(first, 42), k1), word(view, at + 8)) }
  const w = { first: plus(times(rotate(plus(y, z), 35), k1), x), second: times(rotate(plus(x, word(view, at + 88)), 53), k1) }
  // Two rounds of 64 bytes at a time: what is left after the last pair is hashed from its end.
  const end = at + size - size % 128
  for (let from = at; from < end; from += 64) {
    if ((from - at) % stepSize === 0) yield
    x = xor(times(rotate(plus(plus(plus(x, y), v.first), word(view, from + 16)), 37), k1), w.second)
    y = xor(times(rotate(plus(plus(y, v.second), word(view, from + 48)), 42), k1), v.first)
    const next = rotate(xor(z, w.first), 33)
    mix(v, view, from, times(v.second, k1), plus(x, w.first))
    mix(w, view, from + 32, plus(next, w.second), y)
    z = x
    x = next
  }
  return finish(view, end, size % 128, { x, y, z, v, w })
}

function finish (view: DataView, at: number, left: number, state: { x: Word, y: Word, z: Word, v: Pair, w: Pair }): [Word, Word] {
  const { z, v, w } = state
  let y = plus(state.y, plus(times(rotate(w.first, 37), k0), z))
  let x = plus(state.x, times(rotate(plus(v.first, z), 49), k0))
  for (let done = 32; done < left + 32; done += 32) {
    const from = at + left - done
    y = plus(times(rotate(minus(y, x), 42), k0), v.second)
    w.first = plus(w.first, word(view, from + 16))
    x = plus(times(rotate(x, 49), k0), w.first)
    w.first = plus(w.first, v.first)
    mix(v, view, from, v.first, v.second)
  }
  x = join(x, v.first)
  y = join(y, w.first)
  return [plus(join(plus(x, v.second), w.second), y), join(plus(x, w.second), plus(y, v.second))]
}

function short (view: DataView, at: number, size: number, seed0: Word, seed1: Word): [Word, Word] {
  let a = seed0
  let b = seed1
  let c: Word
  let d: Word
  if (size <= 16) {
    a = times(shift(times(a, k1)), k1)
    c = plus(times(b, k1), tiny(view, at, size))
    d = shift(plus(a, size >= 8 ? word(view, at) : c))
  } else {
    c = join(plus(word(view, at + size - 8), k1), a)
    d = join(plus(b, small(size)), plus(c, word(view, at + size - 16)))
    a = plus(a, d)
    for (let from = at; from < at + size - 16; from += 16) {
      a = times(xor(a, times(shift(times(word(view, from), k1)), k1)), k1)
      b = xor(b, a)
      c = times(xor(c, times(shift(times(word(view, from + 8), k1)), k1)), k1)
      d = xor(d, c)
    }
  }
  a = join(a, c)
  b = join(d, b)
  return [xor(a, b), join(b, a)]
}

function tiny (view: DataView, at: number, size: number): Word {
  if (size > 8) {
    const last = word(view, at + size - 8)
    return xor(join(word(view, at), rotate(plus(last, small(size)), size)), last)
  }
  if (size >= 4) {
    const low = view.getInt32(at, true)
    return join(plus({ high: low >>> 29, low: low << 3 }, small(size)), { high: 0, low: view.getInt32(at + size - 4, true) })
  }
  if (size === 0) return k2
  const y = view.getUint8(at) + (view.getUint8(at + (size >>> 1)) << 8)
  const z = size + (view.getUint8(at + size - 1) << 2)
  return times(shift(xor(times(small(y), k2), times(small(z), k3))), k2)
}

/** Folds 32 bytes into a pair. */
function mix (pair: Pair, view: DataView, at: number, seed0: Word, seed1: Word): void {
  const last = word(view, at + 24)
  const a = plus(seed0, word(view, at))
  const b = rotate(plus(plus(seed1, a), last), 21)
  const sum = plus(plus(a, word(view, at + 8)), word(view, at + 16))
  pair.first = plus(sum, last)
  pair.second = plus(plus(b, rotate(sum, 44)), a)
}

function join (u: Word, v: Word): Word {
  const a = shift(times(xor(u, v), fold))
  return times(shift(times(xor(v, a), fold)), fold)
}

function word (view: DataView, at: number): Word {
  return { high: view.getInt32(at + 4, true), low: view.getInt32(at, true) }
}

function small (value: number): Word {
  return { high: 0, low: value }
}

function xor (a: Word, b: Word): Word {
  return { high: a.high ^ b.high, low: a.low ^ b.low }
}

function plus (a: Word, b: Word): Word {
  const low = (a.low >>> 0) + (b.low >>> 0)
  return { high: (a.high + b.high + (low > 0xffffffff ? 1 : 0)) | 0, low: low | 0 }
}

function minus (a: Word, b: Word): Word {
  return { high: (a.high - b.high - ((a.low >>> 0) < (b.low >>> 0) ? 1 : 0)) | 0, low: (a.low - b.low) | 0 }
}

function times (a: Word, b: Word): Word {
  const a0 = a.low & 0xffff
  const a1 = a.low >>> 16
  const b0 = b.low & 0xffff
  const b1 = b.low >>> 16
  const middle = a1 * b0 + (Math.imul(a0, b0) >>> 16)
  const upper = a0 * b1 + (middle & 0xffff)
  const carried = Math.imul(a1, b1) + Math.floor(middle / 0x10000) + Math.floor(upper / 0x10000)
  return { high: (carried + Math.imul(a.high, b.low) + Math.imul(a.low, b.high)) | 0, low: Math.imul(a.low, b.low) }
}

/** By 1 to 63 bits to the right. */
function rotate ({ high, low }: Word, by: number): Word {
  if (by === 32) return { high: low, low: high }
  if (by > 32) return rotate({ high: low, low: high }, by - 32)
  return { high: (high >>> by) | (low << (32 - by)), low: (low >>> by) | (high << (32 - by)) }
}

/** The word with its upper bits folded in: value ^ value >>> 47. */
function shift ({ high, low }: Word): Word {
  return { high, low: low ^ (high >>> 15) }
}
