import { createHash, randomFillSync } from 'node:crypto'

/** The workspace of a configuration that is not kept in a database (kong/constants.lua). */
export const defaultWorkspace = '0dc6f45b-8f8d-40d2-a504-473544ee190b'

const root = 'fd02801f-0957-4a15-a55a-c8d9606f30b5'

/**
 * The id that Kong gives to an entity of a declarative file that names none: a version 5 UUID (RFC 9562 §5.5) of its
 * key, so that restarts and other nodes agree. `kind` is the entity's section in the file.
 */
export function entityId (kind: string, key: string): string {
  return nameBased(nameBased(root, kind), key)
}

function nameBased (namespace: string, name: string): string {
  const digest = createHash('sha1').update(Buffer.from(namespace.replaceAll('-', ''), 'hex')).update(name).digest()
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80
  return dashed(digest.toString('hex', 0, 16))
}

function dashed (hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

// Random bytes are drawn in bulk: one call for sixteen bytes costs more than the rest of a request's bookkeeping.
const pool = Buffer.allocUnsafe(16 * 512)
let used = pool.length

/** Random lower-case hex digits, two a byte (16 bytes at most); unguessable and never all zero. */
export function randomHex (bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  const hex = pool.toString('hex', used - bytes, used)
  return /^0+$/.test(hex) ? randomHex(bytes) : hex
}

/** A random UUID (version 4). */
export function randomUuid (): string {
  const hex = randomHex(16)
  const variant = (8 + (Number.parseInt(hex[16] ?? '0', 16) & 3)).toString(16)
  return dashed(`${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`)
}
