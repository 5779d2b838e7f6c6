import { pino } from 'pino'
import type { Logger } from 'pino'
import { printable } from './printable.ts'

export type { Logger } from 'pino'

/**
 * The process log: one JSON object a line on standard error. It speaks of state changes and failures only, never of
 * single records, and must never be handed raw record content.
 */
export function createLog (role: string, level = 'info'): Logger {
  const common = { name: `gatelens-${role}`, level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }
  // JSON leaves DEL and C1 as they are, and a terminal may act on them.
  return pino({ ...common, hooks: { streamWrite: (line) => printable(line) } },
    pino.destination({ dest: 2, sync: true }))
}
