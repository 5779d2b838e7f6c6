/** The catalog of a running processor: looked after in the background, swapped whole, old rather than partial. */
import { join } from 'node:path'
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import { pause } from '../../runtime/shutdown.ts'
import type { Telemetry } from '../contract.ts'
import { emptyCatalog, openCatalog } from './catalog.ts'
import type { Catalog } from './catalog.ts'
import { runRefresh } from './compiler.ts'
import { Health } from './health.ts'
import type { CatalogStatus } from './health.ts'
import type { CatalogInputs, RefreshResult } from './refresh.ts'
import { scanFiles, stillOversized } from './scan.ts'
import { isEmpty } from './sources.ts'
import type { CatalogConfig } from './sources.ts'
import { Timetable } from './timetable.ts'

export interface LiveOptions {
  config: CatalogConfig
  /** Folder that relative paths start from. */
  base: string
  /** Folder of the process's state; the last good readings are a folder in it. */
  state: string
  telemetry: Pick<Telemetry, 'add' | 'set'>
  log: Logger
}

export interface LiveCatalog {
  /** The catalog in use. Another one from one call to the next, but never between two that follow without an await. */
  current (): Catalog
  /** How current it is; sets the gauges that tell so. */
  status (): CatalogStatus
  /** Looks at all sources now, whatever their turn. Never rejects. */
  refresh (): Promise<void>
  /** False without sources, and while one has never been read: then what is not declared may only not be known yet. */
  isWhole (): boolean
  /** Calls back after every look that may have given another catalog. */
  onChange (listener: () => void): void
  close (): Promise<void>
}

/**
 * Loads the catalog and keeps it current. A URL that cannot be fetched is a problem, and so is a document that takes too
 * much; the rest is used. Throws CATALOG_EMPTY for a path that leads nowhere and a CONFIG error for a broken partners file.
 */
export async function startLiveCatalog (options: LiveOptions): Promise<LiveCatalog> {
  const live = new Live(options)
  await live.start()
  return live
}

class Live implements LiveCatalog {
  readonly #options: LiveOptions
  readonly #health: Health
  readonly #timetable: Timetable
  readonly #stopping = new AbortController()
  readonly #listeners: Array<() => void> = []
  #catalog = emptyCatalog()
  #inputs: CatalogInputs | undefined
  /** One look at a time. */
  #looking: Promise<void> = Promise.resolve()
  #loop: Promise<void> = Promise.resolve()

  constructor (options: LiveOptions) {
    this.#options = options
    this.#health = new Health(options)
    this.#timetable = new Timetable(options.config.refresh)
  }

  async start (): Promise<void> {
    if (isEmpty(this.#options.config)) return
    try {
      this.#take(await this.#run(undefined))
    } catch (error) {
      // What is too much must not keep the processor from starting; what is wrong in the configuration must.
      if (!(error instanceof GatelensError) || error.code !== 'CATALOG_COMPILE') throw error
      this.#fail(error)
    }
    this.#loop = this.#keepLooking()
  }

  current (): Catalog {
    return this.#catalog
  }

  status (): CatalogStatus {
    return this.#health.status(this.#catalog)
  }

  isWhole (): boolean {
    return this.#inputs !== undefined && [...this.#inputs.remotes.values()].every(({ digest }) => digest !== '')
  }

  onChange (listener: () => void): void {
    this.#listeners.push(listener)
  }

  async refresh (): Promise<void> {
    if (isEmpty(this.#options.config)) return
    await this.#inTurn(async () => {
      await this.#areFilesChanged()
      await this.#refresh(undefined)
    })
  }

  async close (): Promise<void> {
    this.#stopping.abort()
    await this.#loop
    await this.#looking
  }

  async #keepLooking (): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await pause(this.#timetable.restMs(Date.now()), signal)
      if (!signal.aborted) await this.#inTurn(async () => { await this.#look() })
    }
  }

  async #inTurn (work: () => Promise<void>): Promise<void> {
    const mine = this.#looking.then(work)
    this.#looking = mine
    await mine
  }

  async #look (): Promise<void> {
    const due = this.#timetable.due(Date.now())
    // Who reads anything reads the files as well, and they must rest.
    const isChanged = await this.#areFilesChanged()
    if (isChanged || due.keys.size > 0) await this.#refresh(due.keys)
    else if (due.files) this.#timetable.filesSeen(false)
    if (due.files && !isChanged) this.#health.filesUnchanged()
  }

  async #areFilesChanged (): Promise<boolean> {
    const { config, base } = this.#options
    return await scanFiles({ config, base, known: this.#inputs?.files ?? new Map(), signal: this.#stopping.signal })
  }

  async #refresh (due: ReadonlySet<string> | undefined): Promise<void> {
    try {
      this.#take(await this.#run(due))
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#fail(error)
    }
  }

  async #run (due: ReadonlySet<string> | undefined): Promise<RefreshResult> {
    const { config, base, state } = this.#options
    const common = { config, base, cwd: process.cwd(), shelf: join(state, 'catalog'), due, inputs: this.#inputs }
    return await runRefresh({ ...common, oversized: await stillOversized(this.#inputs, due) }, this.#stopping.signal)
  }

  #take ({ catalog: compiled, inputs }: RefreshResult): void {
    const isNew = compiled !== undefined && (compiled.digest !== this.#catalog.digest || this.#inputs === undefined)
    this.#inputs = inputs
    this.#timetable.asked(inputs.remotes.values())
    this.#timetable.filesSeen(false)
    if (isNew) this.#catalog = openCatalog(compiled)
    this.#health.taken(inputs, compiled, isNew)
    if (compiled !== undefined) for (const listener of this.#listeners) listener()
  }

  #fail (error: unknown): void {
    this.#timetable.failed()
    this.#health.failed(error instanceof GatelensError ? error : new GatelensError('INTERNAL', messageOf(error), { cause: error }))
  }
}
