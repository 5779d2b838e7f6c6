/** How current the catalog is, and what is wrong with it: as gauges, as a status and, when it changes, in the log. */
import type { Problem } from '../../../../normalizer/index.ts'
import type { GatelensError } from '../../../runtime/errors.ts'
import type { Logger } from '../../../runtime/log.ts'
import type { Telemetry } from '../../contract.ts'
import type { Catalog } from '../catalog.ts'
import type { CompiledCatalog } from '../compile.ts'
import type { CatalogInputs } from '../worker/refresh.ts'
import type { RemoteState } from '../fetching/remote-unit.ts'

/** What `/readyz` says of the catalog. */
export interface CatalogStatus {
  /** As in the field `catalog` of requests. */
  digest: string
  endpoints: number
  /** Documents and entries that could not be used. */
  problems: number
  /** What was used, but probably not as meant: "gatelens validate" says more. */
  warnings: number
  compiled_at: string
  /** Since all sources were last known to have what is in use of them. */
  age_seconds: number
  /** True while a source is away or broken and what was read of it last stands in its place. */
  stale: boolean
  sources: SourceStatus[]
  /** Sources of which nothing has been read yet: what they declare is not in the catalog. */
  missing: string[]
}

/** One source: `files` stands for all files together. */
export interface SourceStatus { source: string, age_seconds: number, problem: string | null }

/** What a catalog's health is told to. */
export interface HealthOptions {
  telemetry: Pick<Telemetry, 'add' | 'set'>
  log: Logger
  /** How the remote sources stand. */
  remotes: () => readonly RemoteState[]
}

/** Collects how the sources stand. */
export class Health {
  readonly #telemetry: HealthOptions['telemetry']
  readonly #log: Logger
  readonly #remotes: HealthOptions['remotes']
  readonly #startedAt = Date.now()
  #filesAt = Date.now()
  #inputs: CatalogInputs | undefined
  /** Problems of the catalog in use itself; those of remote sources stand with their states. */
  #own: readonly Problem[] = []
  #cut = { errors: 0, warnings: 0 }
  #failure: GatelensError | undefined
  #told = new Map<string, Problem>()
  #shown = new Set<string>()

  constructor ({ telemetry, log, remotes }: HealthOptions) {
    this.#telemetry = telemetry
    this.#log = log
    this.#remotes = remotes
    for (const outcome of ['swapped', 'unchanged', 'failed']) telemetry.add('gatelens_catalog_refreshes_total', { outcome }, 0)
  }

  /** The first load is over; says what is missing in it. */
  started (): void {
    const missing = this.#missing()
    if (missing.length > 0) this.#log.warn({ sources: missing }, 'catalog: nothing has been read yet of some sources; they are taken in when they answer')
  }

  /** A remote source was asked; `isNews` says that a compile follows. */
  asked ({ outcome }: RemoteState, isNews: boolean): void {
    if (outcome === 'failed') this.#count('failed')
    else if (!isNews) this.#count('unchanged')
    this.#tell()
  }

  /** A compile has succeeded; `compiled` is missing when nothing had changed. */
  taken (inputs: CatalogInputs, compiled: CompiledCatalog | undefined, isNew: boolean): void {
    this.#failure = undefined
    this.#inputs = inputs
    if (compiled !== undefined) {
      const remote = new Set([...inputs.remotes.values()].map(({ problem }) => problem))
      this.#own = compiled.problems.filter((problem) => !remote.has(problem))
      this.#cut = compiled.cut
    }
    this.filesUnchanged()
    this.#count(isNew ? 'swapped' : 'unchanged')
    if (isNew && compiled !== undefined) this.#log.info({ digest: compiled.digest.slice(0, 12), endpoints: compiled.prepared.declared.length }, 'catalog is in use')
    this.#tell()
  }

  /** A compile has failed: the catalog stays as it is. */
  failed (error: GatelensError): void {
    this.#failure = error
    this.#count('failed')
    this.#tell()
  }

  /** The files are as they were read. */
  filesUnchanged (): void {
    if (this.#inputs?.distrusted.size === 0 && this.#failure === undefined) this.#filesAt = Date.now()
  }

  /** The state of things now; sets the gauges to it. */
  status ({ digest, endpointCount, compiledAt }: Catalog): CatalogStatus {
    const sources = this.#sources(Date.now())
    const all = this.#problems()
    const errors = all.filter(({ severity }) => severity === 'error').length
    const problems = errors + this.#cut.errors
    const age = Math.max(0, ...sources.map((source) => source.age_seconds))
    this.#telemetry.set('gatelens_catalog_endpoints', {}, endpointCount)
    this.#telemetry.set('gatelens_catalog_problems', {}, problems)
    this.#telemetry.set('gatelens_catalog_age_seconds', {}, age)
    this.#tellAges(sources)
    return {
      digest: digest.slice(0, 12),
      endpoints: endpointCount,
      problems,
      warnings: all.length - errors + this.#cut.warnings,
      compiled_at: new Date(compiledAt).toISOString(),
      age_seconds: age,
      stale: sources.some(({ problem }) => problem !== null),
      sources,
      missing: this.#missing(),
    }
  }

  #missing (): string[] {
    return this.#remotes().filter(({ digest }) => digest === '').map(({ unit }) => unit.label).sort()
  }

  #count (outcome: 'swapped' | 'unchanged' | 'failed'): void {
    this.#telemetry.add('gatelens_catalog_refreshes_total', { outcome }, 1)
  }

  /** A source that is no longer one must not look old for ever. */
  #tellAges (sources: readonly SourceStatus[]): void {
    const ages = new Map([...this.#shown].map((source) => [source, 0]))
    for (const { source, age_seconds: seconds } of sources) ages.set(source, seconds)
    for (const [source, seconds] of ages) this.#telemetry.set('gatelens_catalog_source_age_seconds', { source }, seconds)
    this.#shown = new Set(sources.map(({ source }) => source))
  }

  #sources (now: number): SourceStatus[] {
    const { distrusted, files } = this.#inputs ?? { distrusted: new Set(), files: new Map() }
    const broken = distrusted.size === 0 ? this.#failure?.message ?? null : `${distrusted.size} of ${files.size} files cannot be used as they are now`
    const own = { source: 'files', age_seconds: secondsSince(this.#filesAt, now), problem: broken }
    const others = this.#remotes().map(({ unit, confirmedAt, problem }): SourceStatus =>
      ({ source: unit.label, age_seconds: secondsSince(confirmedAt || this.#startedAt, now), problem: problem?.message ?? null }))
      .sort((a, b) => a.source < b.source ? -1 : 1)
    return files.size > 0 || this.#failure !== undefined ? [own, ...others] : others
  }

  #problems (): Problem[] {
    const remote = this.#remotes().flatMap(({ problem }) => problem ?? [])
    const { code, message, where } = this.#failure ?? { code: '', message: '', where: '' }
    return [...this.#own, ...remote, ...code === '' ? [] : [{ severity: 'error', code, message, source: where } satisfies Problem]]
  }

  /** Says what is newly wrong and what is well again, once each. */
  #tell (): void {
    const errors = new Map(this.#problems().filter(({ severity }) => severity === 'error').map((problem) => [keyOf(problem), problem]))
    for (const [key, { code, source, line, message }] of errors) {
      if (!this.#told.has(key)) this.#log.warn({ code, source, line }, `catalog: ${message}`)
    }
    for (const [key, { code, source, line }] of this.#told) {
      if (!errors.has(key)) this.#log.info({ code, source, line }, 'catalog: a problem is gone')
    }
    this.#told = errors
  }
}

/** The words of a failing network change from try to try. */
function keyOf ({ code, source, line, message }: Problem): string {
  return code === 'fetch' ? `${code} ${source}` : `${code} ${source} ${line} ${message}`
}

function secondsSince (time: number, now: number): number {
  return Math.max(0, (now - time) / 1000)
}
