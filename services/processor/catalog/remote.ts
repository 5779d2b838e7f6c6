/** Sources that are asked over HTTP: how one is asked, and how it stands afterwards. */
import type { Problem } from '../../../normalizer/index.ts'
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import { FetchError } from './fetch-error.ts'
import { readUnit } from './remote-unit.ts'
import type { RemoteUnit } from './remote-unit.ts'
import type { Kept, Shelf } from './shelf.ts'
import type { FetchPolicy } from './sources.ts'

/** What reading a source anew gave; `digest` stands for the content, `changed` is false when `value` is the previous one. */
export interface RemoteReading<T> { value: T, digest: string, changed: boolean }

/** How a remote source stands. */
export interface RemoteState {
  unit: RemoteUnit
  /** Of the last good reading; '' when there is none. */
  digest: string
  /** `read`: it has what the digest says; `failed`: that is old, if there is any; `waiting`: it has not answered yet. */
  outcome: 'read' | 'failed' | 'waiting'
  /** When the source was last known to have this reading, epoch ms; 0 without one. */
  confirmedAt: number
  problem?: Problem | undefined
  /** How long the server asked to be left alone, ms. */
  retryAfterMs?: number | undefined
  /** True when the server did not accept the credentials. */
  isRefused?: boolean | undefined
}

/** Where the readers of a catalog find what sources answered. */
export interface RemoteReadings {
  /** How each source that was read stands, by key. */
  readonly states: ReadonlyMap<string, RemoteState>
  /** The newest reading that can be had; undefined when there is none at all. */
  read<T> (unit: RemoteUnit): Promise<T | undefined>
}

/** How a source is asked. */
export interface AskOptions {
  shelf: Shelf
  policy: FetchPolicy
  /** Most time for reading it as a whole, ms. */
  limitMs: number
  /** Told before what it answered is parsed. */
  begin: () => void
}

/** What came of asking; `loose` is a new reading that could not be kept on the shelf. */
export interface Asked { state: RemoteState, value: unknown, loose?: Kept<unknown> | undefined }

/**
 * Asks a source, and keeps what it answers. One that cannot be read gives the last good reading and a problem. Never
 * rejects.
 */
export async function askRemote (unit: RemoteUnit, { shelf, policy, limitMs, begin }: AskOptions): Promise<Asked> {
  // A timer takes no longer time than some weeks.
  const limit = AbortSignal.timeout(Math.min(limitMs, 2 ** 31 - 1))
  const kept = await shelf.get(unit.key)
  try {
    const { value, digest, changed } = await readUnit(unit, { policy, previous: kept?.value, begin, signal: limit })
    const reading = { digest, value, confirmedAt: Date.now() }
    const isKept = changed ? await shelf.put(unit.key, reading) : await shelf.confirm(unit.key)
    const state: RemoteState = { unit, digest, outcome: 'read', confirmedAt: reading.confirmedAt }
    return { state, value, loose: isKept ? undefined : reading }
  } catch (error) {
    const reason = limit.aborted ? tooSlow(unit, limitMs) : error
    return { state: failedState(unit, kept, reason), value: kept?.value }
  }
}

function tooSlow ({ label }: RemoteUnit, limitMs: number): FetchError {
  return new FetchError(`reading took longer than ${limitMs} ms (catalog.compile.timeout)`, { url: label, retriable: true, hint: 'Check the server, or raise the time limit.' })
}

/** The state of a source of which nothing new could be read, and why. */
export function failedState (unit: RemoteUnit, kept: Pick<Kept<unknown>, 'digest' | 'confirmedAt'> | undefined, error: unknown): RemoteState {
  const { message, hint, code } = error instanceof GatelensError ? error : new GatelensError('CATALOG_DOCUMENT', `reading failed: ${messageOf(error)}`)
  const said = `${message.replace(/\.$/, '')}${kept === undefined ? '' : '; what was read last stays in use'}. ${hint}`
  const problem: Problem = { severity: 'error', code: code === 'CATALOG_FETCH' ? 'fetch' : 'unreadable', message: said, source: unit.label }
  const rest = error instanceof FetchError ? { retryAfterMs: error.retryAfterMs, isRefused: [401, 403].includes(error.status) } : {}
  return { unit, outcome: 'failed', digest: kept?.digest ?? '', confirmedAt: kept?.confirmedAt ?? 0, problem, ...rest }
}
