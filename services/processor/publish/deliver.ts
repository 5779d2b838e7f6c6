import type { Reject } from '../event.ts'
import { insertPart } from './insert.ts'
import type { Target } from './insert.ts'
import type { EncodedBatch } from './encoded-batch.ts'
import { isYoungerThan } from './presence.ts'
import { isOfContent } from './refusal.ts'
import { settle } from './settle.ts'
import type { TablePart } from './table-part.ts'
import { tabulateRejects } from './tables.ts'

/** What delivering takes besides the encoded batch. */
export interface Delivery {
  /** True when some of the encoded batch may be in the store: it is then looked at first. */
  again: boolean
  /** Told what the store answered when it refused an insert as a whole. */
  refused (error: unknown): void
}

/**
 * Brings an encoded batch into the store: all rows, or all but those that the store refuses for their content; those go to
 * `rejected`. Returns how many were refused. Throws what may pass, and then some of the encoded batch may have been delivered.
 */
export async function deliver (target: Target, encoded: EncodedBatch<TablePart>, delivery: Delivery): Promise<number> {
  const refused: Reject[] = []
  for (const part of encoded.parts) {
    if (part.rows > 0) refused.push(...await deliverPart(target, part, `${encoded.token}-${part.name}`, delivery))
  }
  if (refused.length === 0) return 0
  await settle(target, tabulateRejects(refused, 'refused'), `${encoded.token}-refused`)
  return refused.length
}

async function deliverPart (target: Target, part: TablePart, id: string, { again, refused }: Delivery): Promise<Reject[]> {
  if (again) return settle(target, part, id)
  const start = performance.now()
  try {
    await insertPart(target, part, id)
  } catch (error) {
    if (!isOfContent(error)) throw error
    refused(error)
    return settle(target, part, id, error)
  }
  const ms = performance.now() - start
  return ms > startMs && await isYoungerThan(target, ms) ? settle(target, part, id) : []
}

/**
 * No server starts faster, ms. Within that time none can have died with an insert and, started again, have answered to a
 * second one that a proxy sent: one that knows the token and does not have the rows.
 */
const startMs = 250
