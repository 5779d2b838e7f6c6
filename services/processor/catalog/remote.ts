import { setTimeout as wait } from 'node:timers/promises'
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
  /** How long a source is waited for when something is kept of it, ms; as long as its own limits say when left out. */
  patienceMs?: number | undefined
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
  readonly #used = new Set<string>()

  constructor (context: RemoteContext) {
    this.#context = context
  }

  /** The newest reading of a source that can be had; undefined when there is none at all. */
  async read<T> (unit: RemoteUnit): Promise<T | undefined> {
    this.#used.add(unit.key)
    return await this.#reading(unit) as T | undefined
  }

  /** How the sources stand that were read for the catalog; others that were only looked at are none any more. */
  inUse (): Map<string, RemoteState> {
    return new Map([...this.states].filter(([key]) => this.#used.has(key)))
  }

  /** Looks at several ahead, a few at a time: servers that do not answer are waited for together. */
  async readAll (units: readonly RemoteUnit[]): Promise<void> {
    const waiting = [...units]
    const work = async (): Promise<void> => {
      for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) await this.#reading(unit)
    }
    await Promise.all(Array.from({ length: together }, work))
  }

  async #reading (unit: RemoteUnit): Promise<unknown> {
    const reading = this.#readings.get(unit.key) ?? this.#readOnce(unit)
    this.#readings.set(unit.key, reading)
    return await reading
  }

  async #readOnce (unit: RemoteUnit): Promise<unknown> {
    const { shelf, isDue, before } = this.#context
    const last = before?.get(unit.key)
    const found = await shelf.get(unit.key)
    // What could not be written, or was deleted, must not put an older reading in the place of the one in use.
    const isLost = last !== undefined && last.digest !== '' && found?.digest !== last.digest
    const kept = isLost ? undefined : found
    if (!isDue(unit.key) && (kept !== undefined || last !== undefined) && !isLost) {
      const { digest, confirmedAt } = kept ?? { digest: '', confirmedAt: 0 }
      this.states.set(unit.key, { unit, digest, outcome: 'kept', confirmedAt, problem: last?.problem })
      return kept?.value
    }
    try {
      const asking = this.#ask(unit, kept?.value)
      const { value, digest, changed } = await (kept === undefined ? asking : this.#patiently(asking, unit))
      await (changed ? shelf.put(unit.key, { digest, value }) : shelf.confirm(unit.key))
      this.states.set(unit.key, { unit, digest, outcome: 'read', confirmedAt: Date.now() })
      return value
    } catch (error) {
      if (!(error instanceof GatelensError)) throw error
      if (isLost) throw unkept(error, unit.label)
      const rest = { digest: kept?.digest ?? '', confirmedAt: kept?.confirmedAt ?? 0, ...failure(error, unit.label, kept !== undefined) }
      this.states.set(unit.key, { unit, outcome: 'failed', ...rest })
      return kept?.value
    }
  }

  async #patiently<T> (asking: Promise<T>, { label }: RemoteUnit): Promise<T> {
    const { patienceMs } = this.#context
    if (patienceMs === undefined) return await asking
    const late = wait(patienceMs, undefined, { ref: false }).then((): never => {
      throw new FetchError(`no whole answer within ${patienceMs} ms of the start`, { url: label, retriable: true, hint: 'It is asked again.' })
    })
    return await Promise.race([asking, late])
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

/** Then the catalog stays as it is: without what is in use of this source it would be partial. */
function unkept ({ message, code, hint }: GatelensError, where: string): GatelensError {
  return new GatelensError(code, `${message.replace(/\.$/, '')}; what is in use of it is not in the state folder, so the catalog stays as it is`, { where, hint })
}

function failure (error: GatelensError, label: string, isKept: boolean): Pick<RemoteState, 'problem' | 'retryAfterMs'> {
  const message = `${error.message.replace(/\.$/, '')}${isKept ? '; what was read last stays in use' : ''}. ${error.hint}`
  const code = error.code === 'CATALOG_FETCH' ? 'fetch' : 'unreadable'
  return {
    problem: { severity: 'error', code, message, source: label },
    retryAfterMs: error instanceof FetchError ? error.retryAfterMs : undefined,
  }
}
