/** The contract of a catalog source. What one declares is put together with what the others declare, and compiled. */
import type { z } from 'zod'
import type { BackstageApi, GatewayMap, Problem } from '../../../normalizer/index.ts'
import type { LoadContext } from './context.ts'
import type { RemoteReading, RemoteUnit } from './fetching/remote-unit.ts'
import type { EntityPlace } from './openapi/inline-definition.ts'
import type { KnownConsumer, Partner } from './partners/partners.ts'
import type { FetchPolicy } from './policy.ts'
import type { Service } from './service.ts'

/** An API document to read: files, or what a remote unit of the kind `openapi` fetched. `service` is '' when the source does not say it. */
export type DocumentOrigin = { service: string } & ({ path: string } | { unit: RemoteUnit })

/** An API entity, and where it stands. */
export interface PlacedApi { entity: BackstageApi, place: EntityPlace }

/** What a gateway routes, and for whom. */
export interface DeclaredGateway {
  gateway: GatewayMap
  /** Names of the backends. */
  services: readonly string[]
  consumers: readonly KnownConsumer[]
  /** A finding about one of its routes with file and line; undefined when the route is not of this gateway. */
  placed (problem: Problem): Problem | undefined
  /** Files of folders and globs that are not the gateway's. */
  passedOver: number
}

/** What a source declares. Every source leaves out what it does not have. */
export interface Declared {
  services?: readonly Service[]
  /** Entities that describe APIs; their documents are read after those of {@link Declared.documents}. */
  apis?: readonly PlacedApi[]
  documents?: readonly DocumentOrigin[]
  gateway?: DeclaredGateway
  partners?: readonly Partner[]
  problems?: readonly Problem[]
  /** Files that folders and globs led to, and that are something else. */
  passedOver?: number
}

/** Where a source reads: a file, folder or glob, whose folder documents may refer into when `mayRefer`; or a remote unit. */
export type Origin = { path: string, mayRefer: boolean } | RemoteUnit

/** What fetching a remote unit needs: `previous` is the last reading, `begin` is called before something is parsed. */
export interface FetchJob { policy: FetchPolicy, previous: unknown, begin: () => void, signal: AbortSignal }

/**
 * How a source is named on the command line: `--NAME`, and `--NAME-token` for a server that it is read from. `value` as the help writes it:
 * `<path...>` takes several words, `<path>` comes again for a further one, of `<file>` there is one.
 */
export interface CommandOption {
  value: '<path...>' | '<path>' | '<file>'
  describe: string
  /** What the token is; without it there is no `--NAME-token`. */
  token?: string
  /** What stands for a place in the configuration: an absolute path, or a URL, with its token if one is given. */
  entry (place: string, token?: string): unknown
}

/**
 * A kind of source. Its name in the registry is its key below `catalog:` in the configuration, and `options` the schema of what stands
 * there. `read` says what is declared; it throws CATALOG_EMPTY for a path that leads nowhere, while everything else that is wrong becomes
 * a problem. It never waits for a server: a source with remote units has `fetch`, which runs apart, and reads what was fetched last.
 */
export interface CatalogSource<Schema extends z.ZodType = z.ZodType, Remote = unknown> {
  options: Schema
  /** How commands that resolve requests are told of it; without it only a configuration can. */
  command?: CommandOption
  origins (options: z.output<Schema>): readonly Origin[]
  read (options: z.output<Schema>, context: LoadContext): Promise<Declared>
  /** Reads a unit anew, or finds that nothing has changed since the previous reading. */
  fetch? (unit: RemoteUnit<Remote>, job: FetchJob): Promise<RemoteReading<unknown>>
}

/** All kinds of sources, by their keys in the configuration. */
export type SourceRegistry = Readonly<Record<string, CatalogSource>>

/** Checks a definition, and infers its types. */
export function defineSource<Schema extends z.ZodType, Remote = unknown> (
  source: CatalogSource<Schema, Remote>
): CatalogSource<Schema, Remote> {
  return source
}
