import type { IncomingMessage } from 'node:http'
import { messageOf } from '../../runtime/errors.ts'
import { tooLong } from './http-check.ts'
import { inflate } from './http-inflate.ts'
import type { Coding } from './http-inflate.ts'
import { RefusedError } from './http-refusal.ts'
import type { Refusal } from './http-refusal.ts'

/** Bytes that are held for all senders together. */
export class Room {
  readonly #most: number
  #taken = 0

  constructor (most: number) {
    this.#most = most
  }

  get taken (): number {
    return this.#taken
  }

  /** Takes part in it, at first with nothing. */
  share (): Share {
    let own = 0
    const take = (bytes: number): void => {
      // A single body always has room: its own bounds are what limits it.
      if (this.#taken > own && this.#taken + bytes > this.#most) throw new RefusedError(full)
      this.#taken += bytes
      own += bytes
    }
    const give = (bytes: number): void => {
      this.#taken -= Math.min(bytes, own)
      own -= Math.min(bytes, own)
    }
    return { take, give, giveAll: () => give(own) }
  }
}

/** What one body takes of the room. */
export interface Share {
  /** Takes so many bytes more; throws a refusal when there is no room for them. */
  take (bytes: number): void
  give (bytes: number): void
  giveAll (): void
}

/** The refusal of one who should come again a little later. */
export function busy (what: string, where: string): Refusal {
  return { status: 503, code: 'INPUT_BUSY', what, where, headers: { 'retry-after': '1' } }
}

const full = busy('as many bytes wait to be stored as may (max_waiting_bytes)', 'input')

/** Bounds of a body before and after it is inflated. */
export interface BodyLimits { maxBytes: number, maxInflated: number }

/**
 * Reads a body and undoes its compression. What it holds of the room stays taken when this resolves: the length of the result.
 * Rejects with a refusal when the body is too long, there is no room, or its compression is broken; with another error when the
 * sender went away.
 */
export async function readBody (
  request: IncomingMessage, coding: Coding, { maxBytes, maxInflated }: BodyLimits, share: Share
): Promise<Buffer> {
  const sent = await collect(request, maxBytes, share)
  if (coding === 'identity') return sent
  let length = 0
  const take = (bytes: number): void => {
    length += bytes
    if (length > maxInflated) throw new RefusedError(tooLong(`the body has more than ${maxInflated} bytes once it is decompressed, and no more are allowed`))
    share.take(bytes)
  }
  const body = await inflate(sent, coding, take).catch((error: unknown) => {
    if (error instanceof RefusedError) throw error
    throw new RefusedError({
      status: 400, code: 'REQUEST_INVALID', what: `the body is no whole ${coding}: ${messageOf(error)}`, where: 'body', hint: 'Compress it as Content-Encoding says, or leave that header out.',
    })
  })
  share.give(sent.length)
  return body
}

/** Reads what is sent. When it ends early the request stays open, so that the sender can be answered. */
async function collect (request: IncomingMessage, maxBytes: number, share: Share): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  await new Promise<void>((resolve, reject) => {
    const finish = (error?: Error): void => {
      request.off('data', add)
      request.off('end', end)
      if (error === undefined) return resolve()
      request.pause()
      reject(error)
    }
    const end = (): void => finish()
    const add = (piece: Buffer): void => {
      length += piece.length
      try {
        if (length > maxBytes) throw new RefusedError(tooLong(`the body has more than ${maxBytes} bytes, and no more are allowed`))
        share.take(piece.length)
        pieces.push(piece)
      } catch (error) {
        finish(error as Error)
      }
    }
    request.on('data', add)
    request.once('end', end)
    request.once('error', finish)
    request.once('close', () => finish(request.complete ? undefined : new Error('the sender went away')))
  })
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
}
