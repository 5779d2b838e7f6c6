import type { Problem } from '../../../../normalizer/index.ts'
import type { RemoteReadings, RemoteState, RemoteUnit } from './remote-unit.ts'
import type { Cached, ReadingCache } from '../reading/cache.ts'

/** What compiling knows of sources without asking them. */
export interface KeptOptions {
  cache: ReadingCache
  /** Readings that could not be put in the cache. */
  unsaved: ReadonlyMap<string, Cached<unknown>>
  /** How the sources stood that have been asked. */
  asked: ReadonlyMap<string, RemoteState>
  /** Documents that needed too much, by label, and the sentence that says so. */
  oversized: ReadonlyMap<string, string>
  begin: (label: string) => void
}

/** Sources for a compile: the last good reading of each, and never a wait for a server. */
export class CachedRemotes implements RemoteReadings {
  readonly states = new Map<string, RemoteState>()
  readonly #options: KeptOptions
  readonly #values = new Map<string, unknown>()

  constructor (options: KeptOptions) {
    this.#options = options
  }

  async read<T> (unit: RemoteUnit): Promise<T | undefined> {
    if (!this.states.has(unit.key)) this.#values.set(unit.key, await this.#take(unit))
    return this.#values.get(unit.key) as T | undefined
  }

  /** The digest of what there is of a source; '' when there is nothing. */
  async digest (key: string): Promise<string> {
    return this.#options.unsaved.get(key)?.digest ?? await this.#options.cache.digest(key)
  }

  async #take (unit: RemoteUnit): Promise<unknown> {
    const { cache, unsaved, asked, oversized, begin } = this.#options
    begin(unit.label)
    const tooMuch = oversized.get(unit.label)
    if (tooMuch !== undefined) {
      this.#stand(unit, await this.digest(unit.key), 0, { severity: 'error', code: 'too-large', message: tooMuch, source: unit.label })
      return undefined
    }
    const kept = unsaved.get(unit.key) ?? await cache.get(unit.key)
    const state = asked.get(unit.key)
    this.#stand(unit, kept?.digest ?? '', kept?.confirmedAt ?? 0, state === undefined ? notYet(unit, kept !== undefined) : state.problem)
    return kept?.value
  }

  #stand (unit: RemoteUnit, digest: string, confirmedAt: number, problem: Problem | undefined): void {
    const { outcome = 'waiting' } = this.#options.asked.get(unit.key) ?? {}
    this.states.set(unit.key, { unit, digest, outcome, confirmedAt, problem })
  }
}

function notYet ({ label }: RemoteUnit, isKept: boolean): Problem {
  const message = isKept ? 'no answer since the start; what was read last stays in use' : 'nothing has been read of it yet; it is left out until it answers'
  return { severity: 'warning', code: 'not-read-yet', message, source: label }
}
