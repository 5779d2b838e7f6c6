import { createHmac, hash } from 'node:crypto'

/** A keyed hash of texts: all 64 hex digits of HMAC-SHA-256 (RFC 2104) over their UTF-8. */
export type KeyedHash = (text: string) => string

/** The block of SHA-256, in bytes. */
const blockSize = 64
const digestSize = 32
/** Longer texts (characters) go another way: none that is published is. */
const longest = 512

/**
 * Makes the keyed hash of one key. It is taken of nearly every request, and the object that `createHmac` makes for each call
 * costs several times what hashing a short text in one call does; so both halves of an HMAC are such calls here.
 */
export function createKeyedHash (key: string | Uint8Array): KeyedHash {
  const padded = padKey(key)
  const inner = Buffer.alloc(blockSize + longest * 3)
  const outer = Buffer.alloc(blockSize + digestSize)
  inner.set(padded.map((byte) => byte ^ 0x36))
  outer.set(padded.map((byte) => byte ^ 0x5C))
  return (text) => {
    if (text.length > longest) return createHmac('sha256', key).update(text).digest('hex')
    const end = blockSize + inner.write(text, blockSize)
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), blockSize, 'binary')
    return hash('sha256', outer, 'hex')
  }
}

function padKey (key: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(key as string)
  return Buffer.concat([bytes.length > blockSize ? hash('sha256', bytes, 'buffer') : bytes], blockSize)
}
