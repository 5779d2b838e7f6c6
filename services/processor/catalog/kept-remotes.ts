import type { Problem } from '../../../normalizer/index.ts'
import type { RemoteReadings, RemoteState } from './remote.ts'
import type { RemoteUnit } from './remote-unit.ts'
import type { Kept, Shelf } from './shelf.ts'

/** What compiling knows of sources without asking them. */
export interface KeptOptions {
  shelf: Shelf
  /** Readings that could not be put on the shelf. */
  loose: ReadonlyMap<string, Kept<unknown>>
  /** How the sources stood that have been asked. */
  asked: ReadonlyMap<string, RemoteState>
  /** Documents that needed too much, by label, and the sentence that says so. */
  oversized: ReadonlyMap<string, string>
  begin: (label: string) => void
}

/** Sources for a compile: the last good reading of each, and never a wait for a server. */
export class KeptRemotes implements RemoteReadings {
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
    return this.#options.loose.get(key)?.digest ?? await this.#options.shelf.digest(key)
  }

  async #take (unit: RemoteUnit): Promise<unknown> {
    const { shelf, loose, asked, oversized, begin } = this.#options
    begin(unit.label)
    const tooMuch = oversized.get(unit.label)
    if (tooMuch !== undefined) {
      this.#stand(unit, await this.digest(unit.key), 0, { severity: 'error', code: 'too-large', message: tooMuch, source: unit.label })
      return undefined
    }
    const kept = loose.get(unit.key) ?? await shelf.get(unit.key)
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
