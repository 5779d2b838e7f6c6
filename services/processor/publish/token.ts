import { createHash } from 'node:crypto'
import type { Range } from '../contract.ts'

/** The token of a range: 32 hex digits; the same range always gives the same token, and no other range does. */
export function tokenOf ({ input, partition, from, to }: Range): string {
  return createHash('sha256').update(JSON.stringify([input, partition, from, to])).digest('hex').slice(0, 32)
}
