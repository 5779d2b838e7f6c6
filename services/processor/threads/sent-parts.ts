/** Encoded parts on their way from one thread to another: their bytes are moved, not copied. */
import type { Part } from '../publish/encoded-batch.ts'

/** Parts, and the buffers to transfer with them. Bytes that share a buffer with others get one of their own. */
export function sendable (encoded: readonly Part[][]): { parts: Part[][], transfer: ArrayBuffer[] } {
  const parts = encoded.map((list) => list.map((part) => ({ ...part, bytes: owned(part.bytes) })))
  const transfer = parts.flat().map(({ bytes }) => bytes.buffer as ArrayBuffer)
  return { parts, transfer }
}

/** Parts as they were before they were sent: bytes arrive as a plain array of them. */
export function received (encoded: readonly Part[][]): Part[][] {
  return encoded.map((list) => list.map((part) => ({ ...part, bytes: asBuffer(part.bytes) })))
}

function asBuffer ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** Node takes small buffers out of a pool that it shares among them all. */
function owned (bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength > Buffer.poolSize) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}
