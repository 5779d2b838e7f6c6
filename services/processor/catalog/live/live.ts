/** The catalog of a running processor: looked after in the background, swapped whole, old rather than partial. */
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { GatelensError, messageOf } from '../../../runtime/errors.ts'
import type { Logger } from '../../../runtime/log.ts'
import type { Telemetry } from '../../contract.ts'
import { emptyCatalog, openCatalog } from '../catalog.ts'
import type { Catalog } from '../catalog.ts'
import { Coalesced } from './coalesced.ts'
import { Background } from '../worker/background.ts'
import { Health } from './health.ts'
import type { CatalogStatus } from './health.ts'
import type { CatalogInputs, RefreshResult } from '../worker/refresh.ts'
import type { RemoteState } from '../fetching/remote-unit.ts'
import { areFilesChanged, stillOversized, waitForFiles } from './scan.ts'
import type { ScanOptions } from './scan.ts'
import { configuredUnits, isEmpty } from '../config.ts'
import type { CatalogConfig } from '../config.ts'
import { Watch } from './watch.ts'

export interface LiveOptions {
  config: CatalogConfig
  /** Folder that relative paths start from. */
  base: string
  /** Folder of the process's state; the last good readings are a folder in it. */
  state: string
  telemetry: Pick<Telemetry, 'add' | 'set'>
  log: Logger
  /** Reads the configuration once more: a token that is refused may have been renewed in its file. */
  reread?: (() => CatalogConfig) | undefined
}

export interface LiveCatalog {
  /** The catalog in use. Another one from one call to the next, but never between two that follow without an await. */
  current (): Catalog
  /** How current it is; sets the gauges that tell so. */
  status (): CatalogStatus
  /** Looks at all sources now, whatever their turn. Never rejects. */
  refresh (): Promise<void>
  /** False without sources, and while nothing has been read of one: then what is not declared may only not be known yet. */
  isWhole (): boolean
  /** Calls back after every look that may have given another catalog. */
  onChange (listener: () => void): void
  close (): Promise<void>
}

/**
 * Loads the catalog and keeps it current. What does not answer within `refresh.grace` is used as it was read last, else left
 * out until it answers; so is a document that takes too much. Throws CATALOG_EMPTY for a path that leads nowhere and a
 * CONFIG error for a broken partners file.
 */
export async function startLiveCatalog (options: LiveOptions): Promise<LiveCatalog> {
  const live = new Live(options)
  await live.start()
  return live
}

class Live implements LiveCatalog {
  readonly #options: LiveOptions
  readonly #health: Health
  readonly #background: Background
  readonly #watch: Watch
  readonly #stopping = new AbortController()
  readonly #listeners: Array<() => void> = []
  readonly #compiles = new Coalesced(async () => { await this.#refresh() })
  #catalog = emptyCatalog()
  #inputs: CatalogInputs | undefined
  #isStarting = true
  /** After a compile that failed: what it had of the sources that had answered, by key, as digests. */
  #failed: ReadonlyMap<string, string> | undefined
  #scanning: Promise<void> = Promise.resolve()

  constructor (options: LiveOptions) {
    this.#options = options
    const { config, state, reread } = options
    const { fetch: policy, compile: limits, refresh } = config
    this.#background = new Background({ cache: join(state, 'catalog'), policy, limits, intervalMs: refresh.remote })
    this.#watch = new Watch({
      config,
      background: this.#background,
      reread,
      inputs: () => this.#inputs,
      asked: (remote, isNews) => {
        this.#health.asked(remote, isNews)
        if (this.#failed === undefined ? isNews : this.#isMended(remote)) this.#compileSoon()
      },
      scan: () => { this.#scanning = this.#scan() },
    })
    this.#health = new Health({ ...options, remotes: () => this.#watch.standing() })
  }

  async start (): Promise<void> {
    const { config } = this.#options
    if (isEmpty(config)) return
    try {
      await this.#loadFirst(performance.now() + config.refresh.grace)
    } catch (error) {
      // What is too much must not keep the processor from starting; what is wrong in the configuration must.
      if (!(error instanceof GatelensError) || error.code !== 'CATALOG_COMPILE') {
        await this.close()
        throw error
      }
      this.#fail(error)
    }
    this.#health.started()
    this.#isStarting = false
    this.#watch.begin()
    if (this.#failed === undefined && this.#watch.hasNews()) this.#compileSoon()
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
    await this.#watch.askAll()
    await this.#compiles.run()
    // Documents may have come to light that are elsewhere.
    await this.#watch.answers()
    if (this.#watch.hasNews()) await this.#compiles.run()
  }

  async close (): Promise<void> {
    this.#stopping.abort()
    this.#background.close()
    await this.#watch.close()
    await this.#scanning
    await this.#compiles.ended()
  }

  /** Entities that are read first may lead to documents elsewhere, which are asked for then. */
  async #loadFirst (deadline: number): Promise<void> {
    let isMore = this.#watch.expect(configuredUnits(this.#options.config))
    do {
      await this.#watch.answers(deadline - performance.now())
      isMore = this.#take(await this.#run()) && performance.now() < deadline
    } while (isMore)
  }

  #compileSoon (): void {
    if (!this.#isStarting && !this.#stopping.signal.aborted) this.#compiles.run().catch((error: unknown) => { throw error })
  }

  async #scan (): Promise<void> {
    if (this.#failed !== undefined || await areFilesChanged(this.#files())) return this.#compileSoon()
    this.#watch.filesSeen(false)
    this.#health.filesUnchanged()
  }

  #files (): ScanOptions {
    const { config, base } = this.#options
    return { config, base, known: this.#inputs?.files ?? new Map(), signal: this.#stopping.signal }
  }

  async #refresh (): Promise<void> {
    try {
      this.#take(await this.#run())
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#fail(error)
    }
  }

  async #run (): Promise<RefreshResult> {
    if (this.#inputs !== undefined) await waitForFiles(this.#files())
    const { config, base, state } = this.#options
    const { states: asked, unsaved } = this.#watch
    const common = { config, base, cwd: process.cwd(), cache: join(state, 'catalog'), asked, unsaved, inputs: this.#inputs }
    return await this.#background.compile({ ...common, oversized: await stillOversized(this.#inputs, asked) })
  }

  /** True when sources have come to light that were not known before. */
  #take ({ catalog: compiled, inputs, lost }: RefreshResult): boolean {
    if (lost.length > 0) {
      const keys = lost.map(({ unit }) => unit.key)
      this.#fail(lostError(lost), keys)
      this.#watch.askAgain(keys)
      return false
    }
    const isNew = compiled !== undefined && (compiled.digest !== this.#catalog.digest || this.#inputs === undefined)
    this.#inputs = inputs
    this.#failed = undefined
    if (isNew) this.#catalog = openCatalog(compiled)
    const isMore = this.#watch.expect([...inputs.remotes.values()].map(({ unit }) => unit))
    this.#watch.filesSeen(false)
    this.#health.taken(inputs, compiled, isNew)
    if (compiled !== undefined) for (const listener of this.#listeners) listener()
    return isMore
  }

  /** A compile costs much: one that failed is tried again when the files have their turn, and when a source says what it has not had. */
  #isMended ({ unit, outcome, digest }: RemoteState): boolean {
    return outcome === 'read' && this.#failed?.get(unit.key) !== digest
  }

  #fail (error: unknown, lost: readonly string[] = []): void {
    const had = [...this.#watch.states].filter(([key]) => !lost.includes(key))
    this.#failed = new Map(had.map(([key, { digest }]) => [key, digest]))
    this.#watch.filesSeen(true)
    this.#health.failed(error instanceof GatelensError ? error : new GatelensError('INTERNAL', messageOf(error), { cause: error }))
  }
}

function lostError (lost: RefreshResult['lost']): GatelensError {
  const where = lost.map(({ unit }) => unit.label).join(', ')
  const hint = 'Check that the state folder can be written; the sources are asked anew.'
  return new GatelensError('CATALOG_COMPILE', 'what is in use of a source is not in the state folder any more, so the catalog stays as it is', { where, hint })
}
