/** Looks at every source at its own pace: who is slow or away holds up nobody else. */
import { isDeepStrictEqual } from 'node:util'
import { pause } from '../../../runtime/shutdown.ts'
import type { Background } from '../worker/background.ts'
import type { Fetched } from '../worker/job.ts'
import type { CatalogInputs } from '../worker/refresh.ts'
import type { RemoteState } from '../fetching/remote-unit.ts'
import type { RemoteUnit } from '../fetching/remote-unit.ts'
import type { Cached } from '../reading/cache.ts'
import { configuredUnits } from '../config.ts'
import type { CatalogConfig } from '../config.ts'
import { Timetable } from './timetable.ts'

/** What is watched, and who is told. */
export interface WatchOptions {
  config: CatalogConfig
  /** Does the fetching. */
  background: Background
  /** The configuration as it is now: tokens in files may have been renewed. Throws while it cannot be read. */
  reread: (() => CatalogConfig) | undefined
  /** What the catalog in use was made from. */
  inputs: () => CatalogInputs | undefined
  /** Told of every source that was asked. */
  asked: (state: RemoteState, isNews: boolean) => void
  /** Called when the files are due; they are due again after {@link Watch.filesSeen}. */
  scan: () => void
}

/** The remote sources and the files, each looked at in its turn, and no source twice at a time. */
export class Watch {
  /** How the sources stand that have been asked, by key. */
  readonly states = new Map<string, RemoteState>()
  /** Good readings that could not be kept on disk. */
  readonly unsaved = new Map<string, Cached<unknown>>()
  readonly #options: WatchOptions
  readonly #timetable: Timetable
  readonly #units = new Map<string, RemoteUnit>()
  readonly #looks = new Map<string, Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #isBegun = false
  #isClosed = false

  constructor (options: WatchOptions) {
    this.#options = options
    this.#timetable = new Timetable(options.config.refresh)
    for (const unit of configuredUnits(options.config)) this.#units.set(unit.key, unit)
  }

  /** Says what the remote sources are; new ones are asked at once. True when there are any. */
  expect (units: Iterable<RemoteUnit>): boolean {
    const wanted = new Map([...units].map((unit) => [unit.key, unit]))
    for (const key of this.#units.keys()) if (!wanted.has(key)) this.#forget(key)
    let isAnyNew = false
    for (const [key, unit] of wanted) {
      if (!this.#timetable.add(unit)) continue
      if (!this.#units.has(key)) this.#units.set(key, unit)
      isAnyNew = true
    }
    this.#askDue()
    return isAnyNew
  }

  /** From now on also looks by itself. */
  begin (): void {
    this.#isBegun = true
    this.#arm()
  }

  /** Waits for those that are being asked, `ms` at most. */
  async answers (ms = Infinity): Promise<void> {
    const ended = new AbortController()
    const all = Promise.all(this.#looks.values()).then(() => { ended.abort() })
    await (ms === Infinity ? all : pause(Math.max(0, ms), ended.signal))
  }

  /** Asks all sources, also those that are being asked: once more. */
  async askAll (): Promise<void> {
    await Promise.all([...this.#units.values()].map(async ({ key }) => {
      await this.#looks.get(key)
      await this.#askOnce(key)
    }))
  }

  /** Asks sources whose readings were lost; who fails has its turn anyway. */
  askAgain (keys: readonly string[]): void {
    for (const key of keys) if (this.states.get(key)?.outcome !== 'failed') this.#start(key)
  }

  /** How all sources stand, those that have not been asked as well. */
  standing (): RemoteState[] {
    const used = this.#options.inputs()?.remotes
    return [...this.#units.values()].map((unit) => {
      const before = used?.get(unit.key) ?? { unit, digest: '', outcome: 'waiting', confirmedAt: 0 }
      const state = this.states.get(unit.key) ?? before
      // What is in use counts: the newest reading may not be compiled yet.
      return state.digest === before.digest ? state : { ...state, digest: before.digest, confirmedAt: before.confirmedAt }
    })
  }

  /** True while a source has answered what is not in use. */
  hasNews (): boolean {
    return [...this.states.values()].some((state) => this.#isNews(state))
  }

  /** Files have been looked at, or could not be compiled. */
  filesSeen (failed: boolean): void {
    this.#timetable.filesSeen(failed)
    this.#arm()
  }

  async close (): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.answers()
  }

  #arm (): void {
    clearTimeout(this.#timer)
    if (this.#isClosed || !this.#isBegun) return
    this.#timer = setTimeout(() => {
      this.#askDue()
      if (this.#timetable.takeFiles()) this.#options.scan()
      this.#arm()
    }, this.#timetable.restMs())
  }

  #askDue (): void {
    for (const key of this.#timetable.takeSources()) this.#start(key)
  }

  #start (key: string): void {
    this.#askOnce(key).catch((error: unknown) => { throw error })
  }

  async #askOnce (key: string): Promise<void> {
    const look = this.#looks.get(key) ?? this.#look(key).finally(() => { this.#looks.delete(key) })
    this.#looks.set(key, look)
    await look
  }

  async #look (key: string): Promise<void> {
    const unit = this.#units.get(key)
    if (unit === undefined || this.#isClosed) return
    this.#timetable.begin(key)
    const { state, unsaved } = await this.#askWell(unit)
    if (this.#isClosed || !this.#units.has(key)) return
    const now = this.#withLast(state)
    this.states.set(key, now)
    if (unsaved !== undefined) this.unsaved.set(key, unsaved)
    else if (state.outcome === 'read') this.unsaved.delete(key)
    this.#timetable.asked(now)
    this.#options.asked(now, this.#isNews(now))
    this.#arm()
  }

  /** Who is refused may have a token that has been renewed since. */
  async #askWell (unit: RemoteUnit): Promise<Fetched> {
    const answer = await this.#options.background.fetch(unit)
    const renewed = answer.state.isRefused === true ? this.#renewed(unit) : unit
    if (isDeepStrictEqual(renewed, unit)) return answer
    this.#units.set(unit.key, renewed)
    return await this.#options.background.fetch(renewed)
  }

  #renewed (unit: RemoteUnit): RemoteUnit {
    try {
      const config = this.#options.reread?.()
      return (config === undefined ? [] : configuredUnits(config)).find(({ key }) => key === unit.key) ?? unit
    } catch {
      return unit
    }
  }

  /** Of what failed, the last reading stays in use, also when it is not on disk any more. */
  #withLast (state: RemoteState): RemoteState {
    const before = this.states.get(state.unit.key) ?? this.#options.inputs()?.remotes.get(state.unit.key)
    if (state.outcome !== 'failed' || before === undefined) return state
    if (state.digest === '') return { ...state, digest: before.digest, confirmedAt: before.confirmedAt }
    return { ...state, confirmedAt: state.confirmedAt || before.confirmedAt }
  }

  #isNews ({ unit, digest }: RemoteState): boolean {
    return digest !== (this.#options.inputs()?.remotes.get(unit.key)?.digest ?? '')
  }

  #forget (key: string): void {
    this.#units.delete(key)
    this.#timetable.remove(key)
    this.states.delete(key)
    this.unsaved.delete(key)
  }
}
