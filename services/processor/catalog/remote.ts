import type { Problem } from '../../../normalizer/index.ts'
import { GatelensError } from '../../runtime/errors.ts'
import { FetchError } from './fetch-error.ts'
import { readUnit } from './remote-unit.ts'
import type { RemoteUnit } from './remote-unit.ts'
import type { Shelf } from './shelf.ts'
import type { FetchPolicy } from './sources.ts'

/** What reading a source anew gave; `digest` stands for the content, `changed` is false when `value` is the previous one. */
export interface RemoteReading<T> { value: T, digest: string, changed: boolean }

/** How a remote source stands after a run. */
export interface RemoteState {
  unit: RemoteUnit
  /** What is in use of it; '' when there is nothing. */
  digest: string
  /** `read`: what it has now is in use; `kept`: it was not asked; `failed`: what is in use, if anything, is old. */
  outcome: 'read' | 'kept' | 'failed'
  /** When the source was last known to have what is in use of it, epoch ms; 0 when nothing is. */
  confirmedAt: number
  problem?: Problem
  /** How long the server asked to be left alone, ms. */
  retryAfterMs?: number
}

/** How remote sources are read in one run. */
export interface RemoteContext {
  shelf: Shelf
  policy: FetchPolicy
  /** Whether a source is to be asked now, or what is kept of it will do. */
  isDue: (key: string) => boolean
  /** How the sources stood after the run before: what was wrong stays wrong until a source is asked again. */
  before?: ReadonlyMap<string, RemoteState>
  /** Sources that needed too much, by label, and the sentence that says so. */
  oversized: ReadonlyMap<string, string>
  /** Told of every source before what it answered is parsed. */
  begin: (label: string) => void
}

/**
 * The remote sources of one run. Each is asked once; what cannot be read gives the last good reading and a problem, and
 * never keeps the others from being read.
 */
export class Remotes {
  /** How each source stands, by key. */
  readonly states = new Map<string, RemoteState>()
  readonly #context: RemoteContext
  readonly #readings = new Map<string, Promise<unknown>>()

  constructor (context: RemoteContext) {
    this.#context = context
  }

  /** The newest reading of a source that can be had; undefined when there is none at all. */
  async read<T> (unit: RemoteUnit): Promise<T | undefined> {
    const reading = this.#readings.get(unit.key) ?? this.#readOnce(unit)
    this.#readings.set(unit.key, reading)
    return await reading as T | undefined
  }

  /** Reads several, a few at a time: servers that do not answer are waited for together. */
  async readAll (units: readonly RemoteUnit[]): Promise<void> {
    const waiting = [...units]
    const work = async (): Promise<void> => {
      for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) await this.read(unit)
    }
    await Promise.all(Array.from({ length: together }, work))
  }

  async #readOnce (unit: RemoteUnit): Promise<unknown> {
    const { shelf, isDue, before } = this.#context
    const kept = await shelf.get(unit.key)
    const last = before?.get(unit.key)
    if (!isDue(unit.key) && (kept !== undefined || last !== undefined)) {
      const { digest, confirmedAt } = kept ?? { digest: '', confirmedAt: 0 }
      this.states.set(unit.key, { unit, digest, outcome: 'kept', confirmedAt, problem: last?.problem })
      return kept?.value
    }
    try {
      const { value, digest, changed } = await this.#ask(unit, kept?.value)
      await (changed ? shelf.put(unit.key, { digest, value }) : shelf.confirm(unit.key))
      this.states.set(unit.key, { unit, digest, outcome: 'read', confirmedAt: Date.now() })
      return value
    } catch (error) {
      if (!(error instanceof GatelensError)) throw error
      const rest = { digest: kept?.digest ?? '', confirmedAt: kept?.confirmedAt ?? 0, ...failure(error, unit.label, kept !== undefined) }
      this.states.set(unit.key, { unit, outcome: 'failed', ...rest })
      return kept?.value
    }
  }

  async #ask (unit: RemoteUnit, previous: unknown): Promise<RemoteReading<unknown>> {
    const { policy, oversized, begin } = this.#context
    const tooMuch = oversized.get(unit.label)
    if (tooMuch !== undefined) throw new GatelensError('CATALOG_DOCUMENT', tooMuch, { where: unit.label, hint: 'Raise catalog.compile, or cut the document.' })
    return await readUnit(unit, policy, previous, () => { begin(unit.label) })
  }
}

/** Sources that are asked at the same time. */
const together = 8

function failure (error: GatelensError, label: string, isKept: boolean): Pick<RemoteState, 'problem' | 'retryAfterMs'> {
  const message = `${error.message.replace(/\.$/, '')}${isKept ? '; what was read last stays in use' : ''}. ${error.hint}`
  const code = error.code === 'CATALOG_FETCH' ? 'fetch' : 'unreadable'
  return {
    problem: { severity: 'error', code, message, source: label },
    retryAfterMs: error instanceof FetchError ? error.retryAfterMs : undefined,
  }
}
