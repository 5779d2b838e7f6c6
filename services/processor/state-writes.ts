/** Writes into the state folder: what they do while the disk is full, and who is told. */
import { messageOf, systemCode } from '../runtime/errors.ts'
import type { Logger } from '../runtime/log.ts'
import { pause } from '../runtime/shutdown.ts'
import type { Readiness } from './contract.ts'

/** Who is told of failing writes, and what ends the waiting for a disk that is full. */
export interface StateContext {
  readiness: Pick<Readiness, 'state'>
  log: Logger
  signal: AbortSignal
}

/** Does a write until it succeeds or cannot: true and false. Rejects with what will not pass by itself. */
export type StateWriter = (write: () => Promise<void>) => Promise<boolean>

/**
 * A writer of one kind of state. While `mayPass` says so (by default: the disk is full), the write is tried again every
 * second, until the signal aborts (then false). Failures are logged when they change, and told to `readiness`.
 */
export function createStateWriter (what: string, context: StateContext, mayPass = isFull): StateWriter {
  const { readiness, log, signal } = context
  let failing = ''
  const fail = (error: unknown): void => {
    readiness.state(what, false)
    const reason = messageOf(error)
    if (reason !== failing) log.error({ reason }, `${what} cannot be written; the input waits`)
    failing = reason
  }
  const recover = (): void => {
    readiness.state(what, true)
    if (failing !== '') log.info(`${what} is written again`)
    failing = ''
  }
  return async (write) => {
    do {
      try {
        await write()
        if (failing !== '') recover()
        return true
      } catch (error) {
        if (!mayPass(error)) throw error
        fail(error)
      }
      await pause(1000, signal)
    } while (!signal.aborted)
    return false
  }
}

/** Somebody may make room, and batches that land in the store make some. */
function isFull (error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(systemCode(error))
}
