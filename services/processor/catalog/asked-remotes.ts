import { Lanes } from './lanes.ts'
import { askRemote } from './remote.ts'
import type { Asked, AskOptions, RemoteReadings, RemoteState } from './remote.ts'
import type { RemoteUnit } from './remote-unit.ts'

/** Sources for work that is done once: each is asked when somebody wants to read it, and waited for. */
export class AskedRemotes implements RemoteReadings {
  readonly states = new Map<string, RemoteState>()
  readonly #options: Omit<AskOptions, 'begin'>
  readonly #answers = new Map<string, Promise<Asked>>()
  readonly #lanes = new Lanes(8, 1000)

  constructor (options: Omit<AskOptions, 'begin'>) {
    this.#options = options
  }

  async read<T> (unit: RemoteUnit): Promise<T | undefined> {
    const answer = this.#answers.get(unit.key) ?? this.#lanes.run(async () => await askRemote(unit, { ...this.#options, begin: () => {} }))
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
