import type { Writable } from 'node:stream'
import { GatelensError, systemCode } from '../runtime/errors.ts'

/** Exit codes: nothing to say, findings, or wrong usage, configuration or surroundings. */
export const exitCodes = { good: 0, findings: 1, failed: 2 } as const

/** The exit code for a failure: what the engine refused is a finding, everything else a failure. */
export function exitCodeOf (error: unknown): number {
  return error instanceof GatelensError && error.code === 'STORE_REFUSED' ? exitCodes.findings : exitCodes.failed
}

/** Ends the process in silence when the reader of a stream has gone (`gatelens … | head`). */
export function quietPipe (stream: Writable): void {
  stream.on('error', (error) => {
    if (systemCode(error) === 'EPIPE') process.exit(exitCodes.good)
    throw error
  })
}

/** Writes to standard output and waits while its reader is slower than we are. */
export async function print (text: string | Uint8Array): Promise<void> {
  if (process.stdout.write(text)) return
  await new Promise<void>((resolve) => { process.stdout.once('drain', resolve) })
}
