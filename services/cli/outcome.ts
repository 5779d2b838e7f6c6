import type { Writable } from 'node:stream'
import { explainError, GatelensError, messageOf, systemCode } from '../runtime/errors.ts'
import { printable } from '../runtime/printable.ts'
import { hasColors } from './colors.ts'

/** Exit codes: nothing to say, findings, wrong usage, configuration or surroundings, or stopped before there was a result. */
export const exitCodes = { good: 0, findings: 1, failed: 2, interrupted: 130 } as const

/** The exit code for a failure: what the engine refused is a finding, everything else a failure. */
export function exitCodeOf (error: unknown): number {
  return error instanceof GatelensError && error.code === 'STORE_REFUSED' ? exitCodes.findings : exitCodes.failed
}

/** Ends the process when a stream takes no more: in silence when its reader has gone (`gatelens … | head`), else with the reason. */
export function guardStream (stream: Writable): void {
  stream.on('error', (error) => {
    if (systemCode(error) === 'EPIPE') process.exit(exitCodes.good)
    if (stream !== process.stderr) say(`${explainError(new GatelensError('OUTPUT_FAILED', `cannot write on: ${messageOf(error)}`, { cause: error }))}`)
    process.exit(exitCodes.failed)
  })
}

/**
 * Writes to standard output and waits while its reader is slower than we are. Text goes out without control characters, but
 * for lines, tabs and our own colours; bytes go out as they are.
 */
export async function print (text: string | Uint8Array): Promise<void> {
  if (process.stdout.write(typeof text === 'string' ? printable(text, hasColors) : text)) return
  await new Promise<void>((resolve) => { process.stdout.once('drain', resolve) })
}

/** Writes a note or an error on standard error, without control characters. */
export function say (text: string): void {
  process.stderr.write(`${printable(text)}\n`)
}
