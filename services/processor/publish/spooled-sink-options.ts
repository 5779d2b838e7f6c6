import type { ErrorCode } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import type { Readiness, Telemetry } from '../contract.ts'

/** What a sink is, besides its destination. */
export interface SpooledSinkOptions {
  /** Label of its metrics. */
  name: string
  /** The folder of its spool. */
  folder: string
  maxBytes: number
  /** What happens to batches for which the spool has no room: they wait, or the oldest there is dropped. */
  whenFull: 'block' | 'drop'
  /** The code under which it is said that the destination takes nothing. */
  unavailable: ErrorCode
  /** How long an input waits for a destination that does not answer, ms; then its batches wait in the spool. Default: 10,000. */
  patience?: number
  telemetry: Pick<Telemetry, 'add' | 'record'>
  readiness: Pick<Readiness, 'sink' | 'state'>
  log: Logger
}
