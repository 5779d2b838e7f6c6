import { Slots } from './slots.ts'
import { fetchRemote } from './remote.ts'
import type { Asked, AskOptions } from './remote.ts'
import type { RemoteReadings, RemoteState, RemoteUnit } from './remote-unit.ts'

/** Sources for work that is done once: each is asked when somebody wants to read it, and waited for. */
export class FetchedRemotes implements RemoteReadings {
  readonly states = new Map<string, RemoteState>()
  readonly #options: Omit<AskOptions, 'begin'>
  readonly #answers = new Map<string, Promise<Asked>>()
  readonly #slots = new Slots(8, 1000)

  constructor (options: Omit<AskOptions, 'begin'>) {
    this.#options = options
  }

  async read<T> (unit: RemoteUnit): Promise<T | undefined> {
    const fetch = async (): Promise<Asked> => await fetchRemote(unit, { ...this.#options, begin: () => {} })
    const answer = this.#answers.get(unit.key) ?? this.#slots.run(fetch)
    this.#answers.set(unit.key, answer)
    const { state, value } = await answer
    this.states.set(unit.key, state)
    return value as T | undefined
  }

  /** Asks several ahead: servers that do not answer are waited for together. */
  async readAll (units: readonly RemoteUnit[]): Promise<void> {
    await Promise.all(units.map(async (unit) => { await this.read(unit) }))
  }
}
