import { createHash } from 'node:crypto'
import type { RawRecord } from '../contract.ts'
import type { Cutting } from '../framing.ts'
import { cutAll } from './cut-records.ts'
import type { LongLine } from './lines.ts'

/** What became of the records of a body. */
export interface BodyCounts { received: number, repeated: number, rejected: number }

/** A body that waits to be stored. */
export interface Body {
  /** Where its first byte is among all that could be sent: follows from its content, so that an equal body is at the same place. */
  readonly base: number
  readonly bytes: number
  readonly records: readonly RawRecord[]
  readonly tooLong: readonly LongLine[]
  readonly counts: BodyCounts
  /** How many of its records were handed out, and how many pieces of it are not committed. */
  handedOut: number
  open: number
  /** Told once all of it is stored, or that it will not be. */
  stored (): void
  dropped (): void
}

/** A body as records. `key` tells equal bodies apart that are not the same one. */
export function createBody (content: Buffer, key: string, cutting: Cutting, told: Pick<Body, 'stored' | 'dropped'>): Body {
  const base = placeOf(content, key)
  const { records, tooLong } = cutAll(content, cutting, base)
  const counts = { received: 0, repeated: 0, rejected: 0 }
  return { base, bytes: content.length, records, tooLong, counts, handedOut: 0, open: 0, ...told }
}

/** 52 bits: with the length of a body they make a whole number that a double holds. */
const placeDigits = 13

function placeOf (content: Buffer, key: string): number {
  const hash = createHash('sha256')
  if (key !== '') hash.update(`${key}\n`)
  return Number.parseInt(hash.update(content).digest('hex').slice(0, placeDigits), 16)
}

/** Some records of a body, all of them or as many as a batch holds. */
export interface Piece { body: Body, records: readonly RawRecord[], tooLong: readonly LongLine[], bytes: number }

/** Bodies in the order in which they came, cut into batches. */
export class BodyQueue {
  readonly #bodies: Body[] = []
  #records = 0
  #bytes = 0
  /** When the first of them came, epoch ms. */
  #since = 0

  add (body: Body): void {
    if (this.#bodies.length === 0) this.#since = Date.now()
    this.#bodies.push(body)
    this.#records += body.records.length + body.tooLong.length
    this.#bytes += body.bytes
  }

  get length (): number {
    return this.#bodies.length
  }

  get records (): number {
    return this.#records
  }

  get bytes (): number {
    return this.#bytes
  }

  get since (): number {
    return this.#since
  }

  /** Takes pieces of a batch of at most so many records, and bodies of about so many bytes. No two of them are at the same place. */
  take (most: { records: number, bytes: number }): Piece[] {
    const pieces: Piece[] = []
    const bases = new Set<number>()
    let records = 0
    let bytes = 0
    while (this.#bodies.length > 0 && records < most.records && bytes < most.bytes) {
      const body = this.#bodies[0]!
      if (bases.has(body.base)) break
      const piece = this.#cut(body, most.records - records)
      pieces.push(piece)
      bases.add(body.base)
      records += piece.records.length
      bytes += piece.bytes
    }
    this.#since = Date.now()
    return pieces
  }

  /** Takes all that were not handed out whole. */
  clear (): Body[] {
    return this.#bodies.splice(0)
  }

  #cut (body: Body, most: number): Piece {
    const isFirst = body.handedOut === 0
    const records = body.records.slice(body.handedOut, body.handedOut + most)
    body.handedOut += records.length
    body.open++
    const isLast = body.handedOut === body.records.length
    this.#records -= records.length
    const tooLong = isFirst ? body.tooLong : []
    this.#records -= tooLong.length
    const start = startOf(body, body.handedOut - records.length)
    const bytes = (isLast ? body.bytes : startOf(body, body.handedOut)) - start
    this.#bytes -= bytes
    if (isLast) this.#bodies.shift()
    return { body, records, tooLong, bytes }
  }
}

/** Where in the body a record starts; what stands before the first one belongs to that. */
function startOf ({ base, records }: Body, index: number): number {
  return index === 0 ? 0 : records[index]!.offset - base
}
