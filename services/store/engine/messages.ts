/** What the store asks of the process that holds the engine. */
export type Request =
  | { kind: 'open', data: string, config: string }
  | { kind: 'run', id: number, connection: number, sql: string, format: string }
  | { kind: 'close', connection: number }
  | { kind: 'shut' }

/**
 * What that process answers; `started` comes once, before anything is asked of it. `unwritten` says that the disk did not take what was
 * written, and that the process ends.
 */
export type Answer =
  | { kind: 'started' }
  | { kind: 'opened', version: string, timezone: string, query: string[], mergeTree: string[] }
  | { kind: 'failed', message: string }
  | { kind: 'done', id: number, output: Uint8Array, rows: number, bytes: number, seconds: number }
  | { kind: 'refused', id: number, message: string }
  | { kind: 'unwritten' }
  | { kind: 'shut' }
