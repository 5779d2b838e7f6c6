/** Sources that are asked over HTTP: how one is asked, and how it stands afterwards. */
import type { Problem } from '../../../../normalizer/index.ts'
import { GatelensError, messageOf } from '../../../runtime/errors.ts'
import { FetchError } from './fetch-error.ts'
import type { FetchJob, SourceRegistry } from '../source.ts'
import type { RemoteReading, RemoteState, RemoteUnit } from './remote-unit.ts'
import type { Cached, ReadingCache } from '../reading/cache.ts'
import type { FetchPolicy } from '../policy.ts'

/** How a source is asked. */
export interface AskOptions {
  cache: ReadingCache
  policy: FetchPolicy
  /** Knows how units of each kind are fetched. */
  sources: SourceRegistry
  /** Most time for reading it as a whole, ms. */
  limitMs: number
  /** Told before what it answered is parsed. */
  begin: () => void
}

/** What came of asking; `unsaved` is a new reading that could not be kept in the cache. */
export interface Asked { state: RemoteState, value: unknown, unsaved?: Cached<unknown> | undefined }

/**
 * Asks a source, and keeps what it answers. One that cannot be read gives the last good reading and a problem. Never
 * rejects.
 */
export async function fetchRemote (unit: RemoteUnit, { cache, policy, sources, limitMs, begin }: AskOptions): Promise<Asked> {
  // A timer takes no longer time than some weeks.
  const limit = AbortSignal.timeout(Math.min(limitMs, 2 ** 31 - 1))
  const kept = await cache.get(unit.key)
  try {
    const { value, digest, changed } = await fetchUnit(unit, sources, { policy, previous: kept?.value, begin, signal: limit })
    const reading = { digest, value, confirmedAt: Date.now() }
    const isKept = changed ? await cache.put(unit.key, reading) : await cache.confirm(unit.key)
    const state: RemoteState = { unit, digest, outcome: 'read', confirmedAt: reading.confirmedAt }
    return { state, value, unsaved: isKept ? undefined : reading }
  } catch (error) {
    const reason = limit.aborted ? tooSlow(unit, limitMs) : error
    return { state: failedState(unit, kept, reason), value: kept?.value }
  }
}

async function fetchUnit (unit: RemoteUnit, sources: SourceRegistry, job: FetchJob): Promise<RemoteReading<unknown>> {
  const fetch = sources[unit.source]?.fetch
  if (fetch === undefined) throw new GatelensError('INTERNAL', `the source ${unit.source} fetches nothing`)
  return await fetch(unit, job)
}

function tooSlow ({ label }: RemoteUnit, limitMs: number): FetchError {
  return new FetchError(`reading took longer than ${limitMs} ms (catalog.compile.timeout)`, { url: label, retriable: true, hint: 'Check the server, or raise the time limit.' })
}

/** The state of a source of which nothing new could be read, and why. */
export function failedState (unit: RemoteUnit, kept: Pick<Cached<unknown>, 'digest' | 'confirmedAt'> | undefined, error: unknown): RemoteState {
  const { message, hint, code } = error instanceof GatelensError ? error : new GatelensError('CATALOG_DOCUMENT', `reading failed: ${messageOf(error)}`)
  const said = `${message.replace(/\.$/, '')}${kept === undefined ? '' : '; what was read last stays in use'}. ${hint}`
  const problem: Problem = { severity: 'error', code: code === 'CATALOG_FETCH' ? 'fetch' : 'unreadable', message: said, source: unit.label }
  const rest = error instanceof FetchError ? { retryAfterMs: error.retryAfterMs, isRefused: [401, 403].includes(error.status) } : {}
  return { unit, outcome: 'failed', digest: kept?.digest ?? '', confirmedAt: kept?.confirmedAt ?? 0, problem, ...rest }
}
