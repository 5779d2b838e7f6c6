/** From sources to a compiled catalog as plain data: what a worker can hand to the thread that uses it. */
import { resolve } from 'node:path'
import { lintCatalog, open, prepare } from '../../../normalizer/index.ts'
import type { Prepared, Problem } from '../../../normalizer/index.ts'
import { gatewayAliases } from './alias.ts'
import { configuredSources } from './config.ts'
import type { CatalogConfig } from './config.ts'
import type { LoadContext } from './context.ts'
import { digestCatalog } from './digest.ts'
import { catalogSources } from './index.ts'
import { loadApis } from './openapi/apis.ts'
import type { PlaceFinder } from './openapi/apis.ts'
import { claimedConsumers, conflictingClaims, packConsumerNames, packOwners, unknownClaims } from './partners/partners.ts'
import type { KnownConsumer, Partner } from './partners/partners.ts'
import { collectServices } from './service.ts'
import type { Service } from './service.ts'
import type { Declared, DeclaredGateway, SourceRegistry } from './source.ts'

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

/** A compiled catalog, and what only people ask for: where operations stand, what the gateway has, which files were something else. */
export interface CompiledWhole { compiled: CompiledCatalog, placeOf: PlaceFinder, gateway: DeclaredGateway, passedOver: number }

/** `lint` adds findings that traffic does not need. */
export interface CompileOptions { lint?: boolean, sources?: SourceRegistry }

/**
 * Reads and compiles what the sources name. What is broken or away becomes a problem; in its place stands what was read
 * of it last, if anything. Throws CATALOG_EMPTY for a path or glob that gives no document, and a CONFIG error for a
 * broken partners file, unless there is an earlier reading.
 */
export async function compileCatalog (
  config: CatalogConfig, context: LoadContext, { lint = false, sources = catalogSources }: CompileOptions = {}
): Promise<CompiledWhole> {
  const all = await readSources(config, context, sources)
  const entities = all.flatMap(({ apis = [] }) => apis)
  const apis = await loadApis({ documents: all.flatMap(({ documents = [] }) => documents), entities, context })
  const gateways = all.flatMap(({ gateway = [] }) => gateway)
  const gateway = mergeGateways(gateways)
  const partners = all.flatMap((declared) => declared.partners ?? [])
  context.begin('')
  const map = gateways.length === 0 ? undefined : gateway.gateway
  const prepared = prepare(apis.documents, { gateway: map })
  const normalizer = open(prepared)
  const declaredApis = entities.map(({ entity }) => entity)
  const services = collectServices(all.flatMap((declared) => declared.services ?? []), declaredApis, apis.hints)
  const aliases = gatewayAliases(declaredApis, gateway.gateway.rules, normalizer)
  const withPlace = (problem: Problem): Problem =>
    (problem.code === 'unsupported-pattern' ? gateway.placed(problem) : undefined) ?? apis.withLine(problem)
  const located = [...normalizer.problems, ...lint ? lintCatalog(apis.documents, { gateway: map }) : []]
  const claims = claimProblems(partners, gateway.consumers, context.nameOf(resolve(context.base, config.partners ?? '')), lint)
  const compiled: CompiledCatalog = {
    // They are among the problems, and a large catalog is passed from thread to thread.
    prepared: { ...prepared, problems: [] },
    services,
    aliases,
    ...packCallers(partners, gateway.consumers),
    problems: [...all.flatMap(({ problems = [] }) => problems), ...apis.problems, ...claims, ...located.map(withPlace)],
    cut: { errors: 0, warnings: 0 },
    digest: digestCatalog({ documents: apis.documents, gateway: map, services, aliases, partners, consumers: gateway.consumers }),
    compiledAt: Date.now(),
  }
  const passedOver = all.reduce((sum, declared) => sum + (declared.passedOver ?? 0), apis.passedOver)
  return { compiled, placeOf: apis.placeOf, gateway, passedOver }
}

async function readSources (config: CatalogConfig, context: LoadContext, sources: SourceRegistry): Promise<Declared[]> {
  const declared: Declared[] = []
  for (const { source, options } of configuredSources(config, sources)) declared.push(await source.read(options, context))
  return declared
}

function mergeGateways (gateways: readonly DeclaredGateway[]): DeclaredGateway {
  return {
    gateway: { rules: gateways.flatMap(({ gateway }) => gateway.rules) },
    services: gateways.flatMap(({ services }) => services),
    consumers: gateways.flatMap(({ consumers }) => consumers),
    placed: (problem) => gateways.map((gateway) => gateway.placed(problem)).find((found) => found !== undefined),
    passedOver: gateways.reduce((sum, { passedOver }) => sum + passedOver, 0),
  }
}

function packCallers (
  partners: Partner[], consumers: readonly KnownConsumer[]
): Pick<CompiledCatalog, 'partners' | 'consumers' | 'owners' | 'consumerNames'> {
  // Consumers that no partner claims change nothing.
  const claimed = claimedConsumers(partners, consumers)
  return { partners, consumers: claimed, owners: packOwners(consumers), consumerNames: packConsumerNames(partners, consumers) }
}

function claimProblems (partners: readonly Partner[], consumers: readonly KnownConsumer[], source: string, lint: boolean): Problem[] {
  const conflicts = conflictingClaims(partners, consumers).map((message) => ({ code: 'partner-conflict', message }))
  const unknown = lint ? unknownClaims(partners, consumers).map(toProblem) : []
  return [...conflicts, ...unknown].map((problem): Problem => ({ severity: 'warning', source, ...problem }))
}

function toProblem ({ partner, consumer }: { partner: string, consumer: string }): { code: string, message: string } {
  const message = `the partner "${partner}" claims the consumer "${consumer}", which the gateway's configuration does not have`
  return { code: 'partner-consumer', message }
}
