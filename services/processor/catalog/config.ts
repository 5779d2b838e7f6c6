/** Where the catalog comes from: `catalog:` in the processor's configuration. */
import { z } from 'zod'
import type { RemoteUnit } from './fetching/remote-unit.ts'
import { catalogSources } from './index.ts'
import { compileSchema, fetchSchema, filesSchema, refreshSchema } from './policy.ts'
import type { Origin, SourceRegistry } from './source.ts'

const common = {
  exclude: z.array(z.string().min(1)).default([])
    .describe('Globs of files that folders and globs leave out, such as "**/templates/**"; files that are named themselves are read.'),
  refresh: refreshSchema.prefault({}),
  files: filesSchema.prefault({}),
  fetch: fetchSchema.prefault({}),
  compile: compileSchema.prefault({}),
}

type Shape<Sources extends SourceRegistry> = { [Key in keyof Sources]: Sources[Key]['options'] } & typeof common

/** The schema of `catalog:` with a key for each source of a registry. */
export function createCatalogSchema<Sources extends SourceRegistry> (sources: Sources): z.ZodObject<Shape<Sources>, z.core.$strict> {
  const own = Object.fromEntries(Object.entries(sources).map(([key, { options }]) => [key, options]))
  return z.strictObject({ ...own, ...common } as unknown as Shape<Sources>)
}

/** Where the catalog comes from. Paths and globs are relative to the configuration file. */
export const catalogSchema = createCatalogSchema(catalogSources)

/** The checked form of {@link catalogSchema}. */
export type CatalogConfig = z.output<typeof catalogSchema>

/** Sources without the rest: what is left out has its default. */
export type CatalogSources = Partial<CatalogConfig>

/** Fills in defaults. */
export function withDefaults (given: CatalogSources): CatalogConfig {
  return { ...catalogSchema.parse({}), ...given }
}

/** Each source that is configured, with its options. */
export function configuredSources (
  config: CatalogConfig, sources: SourceRegistry
): Array<{ source: SourceRegistry[string], options: unknown }> {
  const given: Readonly<Record<string, unknown>> = config
  return Object.entries(sources).flatMap(([key, source]) => given[key] === undefined ? [] : [{ source, options: given[key] }])
}

function originsOf (config: CatalogConfig, sources: SourceRegistry): Origin[] {
  return configuredSources(config, sources).flatMap(({ source, options }) => source.origins(options))
}

/** The remote units that the configuration itself names; documents and entities may name more. */
export function configuredUnits (config: CatalogConfig, sources: SourceRegistry = catalogSources): RemoteUnit[] {
  return originsOf(config, sources).filter((origin) => 'key' in origin)
}

/** The files, folders and globs that the configuration itself names. */
export function configuredPaths (
  config: CatalogConfig, sources: SourceRegistry = catalogSources
): Array<Extract<Origin, { path: string }>> {
  return originsOf(config, sources).filter((origin) => 'path' in origin)
}

/** True when no source is configured. */
export function isEmpty (config: CatalogConfig): boolean {
  return originsOf(config, catalogSources).length === 0
}
