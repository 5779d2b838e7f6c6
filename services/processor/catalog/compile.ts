/** From sources to a compiled catalog as plain data: what a worker can hand to the thread that uses it. */
import { resolve } from 'node:path'
import { lintCatalog, open, prepare } from '../../../normalizer/index.ts'
import type { GatewayMap, KongCatalog, Prepared, Problem } from '../../../normalizer/index.ts'
import { gatewayAliases } from './alias.ts'
import { loadApis } from './apis.ts'
import type { PlaceFinder } from './apis.ts'
import { loadBackstage } from './backstage.ts'
import type { LoadContext } from './context.ts'
import { digestCatalog } from './digest.ts'
import type { LoadedKong } from './kong-files.ts'
import { loadKong } from './kong-source.ts'
import { claimedConsumers, conflictingClaims, packConsumerNames, packOwners, unknownClaims } from './partners.ts'
import type { KnownConsumer, Partner } from './partners.ts'
import { loadPartnersFile } from './partners-source.ts'
import { collectServices } from './service.ts'
import type { Service } from './service.ts'
import type { CatalogConfig } from './sources.ts'

/** Everything that is declared, compiled, as plain data. */
export interface CompiledCatalog {
  prepared: Prepared
  services: Map<string, Service>
  aliases: Map<string, string>
  partners: Partner[]
  consumers: KnownConsumer[]
  /** Consumers by credential, as `packOwners` writes them. */
  owners: string
  /** Names of all consumers, as `packConsumerNames` writes them. */
  consumerNames: string
  problems: Problem[]
  /** How many more problems there were than are told. */
  cut: { errors: number, warnings: number }
  digest: string
  /** Epoch ms. */
  compiledAt: number
}

/**
 * Reads and compiles what the sources name. What is broken or away becomes a problem; in its place stands what was read
 * of it last, if anything. Throws CATALOG_EMPTY for a path or glob that gives no document, and a CONFIG error for a
 * broken partners file, unless there is an earlier reading.
 */
export async function compileCatalog (config: CatalogConfig, context: LoadContext): Promise<CompiledCatalog> {
  return (await compileWithPlaces(config, context, { lint: false })).compiled
}

/** The same, and where the declared operations stand, for people. `lint` adds findings that traffic does not need. */
export async function compileWithPlaces (
  config: CatalogConfig, context: LoadContext, { lint }: { lint: boolean }
): Promise<{ compiled: CompiledCatalog, placeOf: PlaceFinder, kong: LoadedKong, passedOver: number }> {
  const backstage = await loadBackstage(config.backstage, context)
  const apis = await loadApis({ sources: config.openapi, backstage, context })
  const kong = await loadKong(config.kong ?? [], context)
  const { partners, problems } = await loadOwnPartners(config, context)
  const consumers = knownConsumers(kong)
  context.begin('')
  const gateway: GatewayMap | undefined = config.kong === undefined ? undefined : kong.gateway
  const prepared = prepare(apis.documents, { gateway })
  const normalizer = open(prepared)
  const services = collectServices(backstage.catalog, apis.hints)
  const aliases = gatewayAliases(backstage.catalog.apis, kong.gateway.routes, normalizer)
  const partnersFile = context.nameOf(resolve(context.base, config.partners ?? ''))
  const claims = [
    ...conflictingClaims(partners, consumers).map((message) => ({ code: 'partner-conflict', message })),
    ...lint ? unknownClaims(partners, consumers).map(toProblem) : [],
  ].map((problem): Problem => ({ severity: 'warning', source: partnersFile, ...problem }))
  const withPlace = (problem: Problem): Problem => (problem.code === 'unsupported-pattern' ? kong.placed(problem) : undefined) ?? apis.withLine(problem)
  const located = [...normalizer.problems, ...lint ? lintCatalog(apis.documents, { gateway }) : []]
  const compiled: CompiledCatalog = {
    // They are among the problems, and a large catalog is handed from thread to thread.
    prepared: { ...prepared, problems: [] },
    services,
    aliases,
    partners,
    // Those that no partner claims change nothing.
    consumers: claimedConsumers(partners, consumers),
    owners: packOwners(consumers),
    consumerNames: packConsumerNames(partners, consumers),
    problems: [...backstage.problems, ...apis.problems, ...kong.problems, ...problems, ...claims, ...located.map(withPlace)],
    cut: { errors: 0, warnings: 0 },
    digest: digestCatalog({ documents: apis.documents, gateway, services, aliases, partners, consumers }),
    compiledAt: Date.now(),
  }
  return { compiled, placeOf: apis.placeOf, kong, passedOver: apis.passedOver + backstage.passedOver }
}

function toProblem ({ partner, consumer }: { partner: string, consumer: string }): { code: string, message: string } {
  const message = `the partner "${partner}" claims the consumer "${consumer}", which the gateway's configuration does not have`
  return { code: 'partner-consumer', message }
}

async function loadOwnPartners (config: CatalogConfig, context: LoadContext): Promise<{ partners: Partner[], problems: Problem[] }> {
  if (config.partners === undefined) return { partners: [], problems: [] }
  return await loadPartnersFile(resolve(context.base, config.partners), context)
}

function knownConsumers (kong: KongCatalog): KnownConsumer[] {
  return kong.consumers.map(({ id, custom_id, username, credentials }) =>
    ({ names: [id, custom_id, username].filter((name) => name !== ''), credentials }))
}
