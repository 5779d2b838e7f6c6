/** Loads everything that is declared, once: for commands that do their work and end. */
import { AskedRemotes } from './asked-remotes.ts'
import type { PlaceFinder } from './apis.ts'
import { openCatalog } from './catalog.ts'
import type { Catalog } from './catalog.ts'
import { compileWithPlaces } from './compile.ts'
import type { LoadedKong } from './kong-files.ts'
import { openReading } from './reading.ts'
import { configuredUnits } from './remote-unit.ts'
import { noShelf } from './shelf.ts'
import { sourceNames } from './source-name.ts'
import { withDefaults } from './sources.ts'
import type { CatalogSources } from './sources.ts'

export type { Catalog } from './catalog.ts'
export type { CatalogSources } from './sources.ts'

/** A catalog of which it is known where its operations stand. */
export interface LoadedCatalog extends Catalog {
  placeOf: PlaceFinder
  /** What Kong routes, and for whom. */
  kong: Pick<LoadedKong, 'gateway' | 'services' | 'consumers' | 'passedOver'>
  /** Files that folders and globs led to, and that are something else. */
  passedOver: number
}

/** How {@link loadCatalog} goes about it: `base` is what paths are relative to, `lint` adds findings that traffic does not need. */
export interface LoadOptions { base: string, lint?: boolean }

/**
 * Loads and compiles a catalog on this thread. A broken document, and a URL that cannot be fetched, becomes a problem, and
 * the rest loads. Throws CATALOG_EMPTY for a path or glob that gives no document, and a CONFIG error for a broken partners
 * file.
 */
export async function loadCatalog (sources: CatalogSources, { base, lint }: LoadOptions): Promise<LoadedCatalog> {
  const config = withDefaults(sources)
  const own = { shelf: noShelf, policy: config.fetch, oversized: new Map<string, string>(), begin: () => {} }
  const remotes = new AskedRemotes({ shelf: noShelf, policy: config.fetch, limitMs: config.compile.timeout })
  const reading = await openReading(config, base)
  const context = { ...own, ...reading, base, nameOf: sourceNames(process.cwd()), remotes, isStart: true }
  await remotes.readAll(configuredUnits(config))
  const { compiled, placeOf, kong, passedOver } = await compileWithPlaces(config, context, { lint: lint === true })
  return Object.assign(openCatalog(compiled), { placeOf, kong, passedOver })
}
