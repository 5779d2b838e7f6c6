/** Loads everything that is declared, once: for commands that do their work and end. */
import { FetchedRemotes } from './fetching/fetched-remotes.ts'
import type { PlaceFinder } from './openapi/apis.ts'
import { openCatalog } from './catalog.ts'
import type { Catalog } from './catalog.ts'
import { compileCatalog } from './compile.ts'
import { configuredUnits, withDefaults } from './config.ts'
import type { CatalogSources } from './config.ts'
import { catalogSources } from './index.ts'
import { noCache } from './reading/cache.ts'
import { sourceNames } from './reading/source-name.ts'
import { openReading } from './roots.ts'
import type { DeclaredGateway, SourceRegistry } from './source.ts'

export type { Catalog } from './catalog.ts'
export type { CatalogSources } from './config.ts'

/** A catalog of which it is known where its operations stand. */
export interface LoadedCatalog extends Catalog {
  placeOf: PlaceFinder
  /** What the gateways route, and for whom. */
  gateway: DeclaredGateway
  /** Files that folders and globs led to, and that are something else. */
  passedOver: number
}

/** `base` is the folder that paths are relative to; `lint` adds findings that traffic does not need; `sources` are all kinds of sources. */
export interface LoadOptions { base: string, lint?: boolean, sources?: SourceRegistry }

/**
 * Loads and compiles a catalog on this thread. A broken document, and a URL that cannot be fetched, becomes a problem, and
 * the rest loads. Throws CATALOG_EMPTY for a path or glob that gives no document, and a CONFIG error for a broken partners
 * file.
 */
export async function loadCatalog (given: CatalogSources, { base, lint, sources = catalogSources }: LoadOptions): Promise<LoadedCatalog> {
  const config = withDefaults(given)
  const own = { cache: noCache, policy: config.fetch, oversized: new Map<string, string>(), begin: () => {} }
  const remotes = new FetchedRemotes({ cache: noCache, policy: config.fetch, sources, limitMs: config.compile.timeout })
  const reading = await openReading(config, base, sources)
  const context = { ...own, ...reading, base, nameOf: sourceNames(process.cwd()), remotes, isStart: true }
  await remotes.readAll(configuredUnits(config, sources))
  const { compiled, placeOf, gateway, passedOver } = await compileCatalog(config, context, { lint, sources })
  return Object.assign(openCatalog(compiled), { placeOf, gateway, passedOver })
}
