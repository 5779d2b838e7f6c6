/** Requests that kafkajs does not know, over its connections. */
import type { Broker } from 'kafkajs'

/** A request of Kafka's protocol, in one version. */
export interface Api { key: number, version: number, name: string }

/** What kafkajs's broker has and its types leave out. */
interface Connected {
  versions?: Record<number, { minVersion: number, maxVersion: number } | undefined>
  connectionPool: { send (protocol: unknown): Promise<unknown> }
}

/** Sends a request and reads its answer; undefined when the broker does not have it in this version. Throws kafkajs's errors. */
export async function ask<T> (
  broker: Broker, { key, version, name }: Api, body: Buffer, read: (reader: Reader) => T
): Promise<T | undefined> {
  const { versions, connectionPool } = broker as unknown as Connected
  const range = versions?.[key]
  if (range === undefined || range.maxVersion < version || range.minVersion > version) return undefined
  let answer: T | undefined
  await connectionPool.send({
    request: { apiKey: key, apiVersion: version, apiName: name, encode: async () => ({ buffer: body, buf: body }) },
    response: { decode: async (payload: Buffer) => payload, parse: async (payload: Buffer) => { answer = read(new Reader(payload)) } },
  })
  return answer
}

/** Reads the types of Kafka's protocol, one after the other. Throws a RangeError past the end. */
export class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor (bytes: Buffer) {
    this.#bytes = bytes
  }

  take (length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError('the answer of the broker ends too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  skip (length: number): void {
    this.take(length)
  }

  /** An UNSIGNED_VARINT. */
  unsigned (): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.take(1).readUInt8()
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }

  /** A COMPACT_STRING, '' for null. */
  text (): string {
    return this.take(Math.max(0, this.unsigned() - 1)).toString()
  }

  /** A COMPACT_ARRAY. */
  list<T> (read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.unsigned() - 1) }, read)
  }

  /** Passes over tagged fields. */
  tags (): void {
    for (let left = this.unsigned(); left > 0; left--) {
      this.unsigned()
      this.skip(this.unsigned())
    }
  }
}

/** A number as an UNSIGNED_VARINT. */
export function unsigned (value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest & 127) | 128)
  }
}
