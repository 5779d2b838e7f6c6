/**
 * Sees writes to files that failed. chDB, unlike ClickHouse, goes on when one does, with a full disk as with a broken one: it answers that
 * all is well, and the part, or the answer, lacks what was not written. What it does keep is the count of such writes
 * (https://github.com/chdb-io/chdb-core/blob/main/src/IO/WriteBufferFromFileDescriptor.cpp).
 */
import type { Session } from 'chdb'

const query = "SELECT value FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'"

/** How often the count is looked at for what no statement waits for, ms: merges, whose sources stay on the disk for eight minutes. */
const lookMs = 60_000

export interface FailedWrites {
  /** Resolves once the count was read that stood when it was called. */
  look (): Promise<void>
}

/** Calls `found` when a write has failed since the process began; after that nothing in memory is to be trusted, and no look ends. */
export function watchFailedWrites (session: () => Session | undefined, found: () => void): FailedWrites {
  let next: Promise<void> | undefined
  let current = Promise.resolve()
  const read = async (): Promise<void> => {
    next = undefined
    const count = (await session()?.queryAsync(query, { format: 'TSV' }))?.text().trim() ?? ''
    if (Number(count) === 0) return
    found()
    await new Promise(() => {})
  }
  // Statements that end while the count is read share the next reading.
  const look = (): Promise<void> => {
    next ??= current.then(read)
    current = next
    return next
  }
  setInterval(() => { look().catch(() => {}) }, lookMs).unref()
  return { look }
}
