/**
 * ClickHouse's own framing of compressed data (`compress=1`, `decompress=1`), which the JDBC driver uses unless it is
 * told otherwise: 16 bytes of checksum, one byte of method, the sizes with and without compression, the data
 * (https://clickhouse.com/docs/native-protocol/compression).
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { cityHash128, hashInSteps } from './cityhash.ts'
import type { Word } from './cityhash.ts'
import { StoreException } from './exception.ts'

const checksumSize = 16
/** Method and both sizes; part of what is summed, and of the compressed size. */
const headerSize = 9
const methods = { none: 0x02, lz4: 0x82 }
const blockSize = 64 * 1024
/** Bytes that are decoded between two turns of others. */
const stepSize = 256 * 1024
/** Clients make blocks of 10 MiB at most (clickhouse-go). */
const maxBlockSize = 12 * 1024 * 1024

/**
 * Frames a stream of bytes. The blocks are valid LZ4 of literals only: the other end is on this machine, where looking
 * for matches would cost more than it saves.
 */
export async function * encodeBlocks (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += blockSize) yield encodeBlock(chunk.subarray(at, at + blockSize))
  }
}

/** Unframes a stream of blocks (LZ4 or stored). Throws for a wrong checksum, an unknown method and a cut block. */
export async function * decodeBlocks (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let length = 0
  let needed = checksumSize + headerSize
  for await (const chunk of source) {
    parts.push(chunk)
    length += chunk.length
    if (length < needed) continue
    let pending = Buffer.concat(parts, length)
    for (needed = frameSize(pending); needed <= pending.length; needed = frameSize(pending)) {
      yield await inTurns(decodeBlock(pending.subarray(0, needed)))
      pending = pending.subarray(needed)
    }
    parts = [pending]
    length = pending.length
  }
  if (length > 0) throw cannot('the last block is cut')
}

function encodeBlock (data: Buffer): Buffer {
  const length = literalLength(data.length)
  const block = Buffer.allocUnsafe(checksumSize + headerSize + length.length + data.length)
  block.writeUInt8(methods.lz4, checksumSize)
  block.writeUInt32LE(block.length - checksumSize, checksumSize + 1)
  block.writeUInt32LE(data.length, checksumSize + 5)
  length.copy(block, checksumSize + headerSize)
  data.copy(block, checksumSize + headerSize + length.length)
  checksumOf(cityHash128(block.subarray(checksumSize))).copy(block)
  return block
}

function checksumOf ([low, high]: [Word, Word]): Buffer {
  const sum = Buffer.allocUnsafe(checksumSize)
  for (const [index, half] of [low.low, low.high, high.low, high.high].entries()) sum.writeInt32LE(half | 0, index * 4)
  return sum
}

/** The token and length bytes of an LZ4 sequence that has literals only (LZ4 block format). */
function literalLength (size: number): Buffer {
  if (size < 15) return Buffer.from([size << 4])
  const rest = size - 15
  const bytes = Buffer.alloc(2 + Math.floor(rest / 255), 255)
  bytes[0] = 0xf0
  bytes[bytes.length - 1] = rest % 255
  return bytes
}

/** Size of the frame that begins the buffer, or of the header that is needed to tell it. */
function frameSize (buffer: Buffer): number {
  if (buffer.length < checksumSize + headerSize) return checksumSize + headerSize
  const size = buffer.readUInt32LE(checksumSize + 1)
  if (size < headerSize || size > maxBlockSize || buffer.readUInt32LE(checksumSize + 5) > maxBlockSize) throw cannot('a block has an impossible size')
  return checksumSize + size
}

/** Work that goes on in steps of a few milliseconds, with the requests of others in between. */
async function inTurns<T> (steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await nextTurn()
  }
}

function * decodeBlock (frame: Buffer): Generator<undefined, Buffer> {
  const block = frame.subarray(checksumSize)
  if (!checksumOf(yield * hashInSteps(block)).equals(frame.subarray(0, checksumSize))) throw cannot('the checksum of a block is wrong')
  const data = block.subarray(headerSize)
  const method = block.readUInt8(0)
  if (method === methods.none) return data
  if (method === methods.lz4) return yield * decodeLz4(data, block.readUInt32LE(5))
  throw cannot(`method 0x${method.toString(16)} is not supported: use LZ4 or none`)
}

/** Decodes one LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md). */
function * decodeLz4 (source: Buffer, size: number): Generator<undefined, Buffer> {
  const target = Buffer.allocUnsafe(size)
  let at = 0
  let written = 0
  const length = (start: number): number => {
    if (start < 15) return start
    let total = start
    let byte = 255
    while (byte === 255) {
      byte = source[at++] ?? cut()
      total += byte
    }
    return total
  }
  for (let step = stepSize; at < source.length;) {
    if (written + at > step) {
      step = written + at + stepSize
      yield
    }
    const token = source[at++] ?? cut()
    const literals = length(token >>> 4)
    if (literals > source.length - at || literals > size - written) cut()
    written += source.copy(target, written, at, at + literals)
    at += literals
    if (at >= source.length) break
    const offset = (source[at] ?? cut()) | (source[at + 1] ?? cut()) << 8
    at += 2
    const match = length(token & 15) + 4
    if (offset === 0 || offset > written || match > size - written) cut()
    // Byte by byte: the match may reach into what it writes.
    for (let end = written + match; written < end; written++) target[written] = target[written - offset] ?? 0
  }
  if (written !== size) cut()
  return target
}

function cut (): never {
  throw cannot('a block is not valid LZ4')
}

function cannot (reason: string): StoreException {
  return new StoreException('CANNOT_DECOMPRESS', `Cannot decompress the body: ${reason}`)
}
