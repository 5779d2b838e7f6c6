import { pino } from 'pino'
import type { Logger } from 'pino'

export type { Logger } from 'pino'

/**
 * The process log: one JSON object a line on standard error. It speaks of state changes and failures only, never of
 * single records, and must never be handed raw record content.
 */
export function createLog (role: string, level = 'info'): Logger {
  return pino({ name: `gatelens-${role}`, level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }))
}
