/** Loads everything that is declared: API documents, services and owners, the gateway's routes, partners. */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { z } from 'zod'
import { compile, readKong } from '../../../normalizer/index.ts'
import type { Endpoint, KongCatalog, Normalizer, Problem } from '../../../normalizer/index.ts'
import { GatelensError } from '../../runtime/errors.ts'
import { gatewayAliases } from './alias.ts'
import { loadApis } from './apis.ts'
import { loadBackstage } from './backstage.ts'
import { isBroken, readSource } from './document.ts'
import { findFiles } from './files.ts'
import { conflictingClaims, createPartnerFinder, loadPartners } from './partners.ts'
import type { Partner, PartnerFinder } from './partners.ts'
import type { Service } from './service.ts'
import { collectServices } from './service.ts'
import { sourceNames } from './source-name.ts'
import type { SourceNames } from './source-name.ts'

const path = z.string().min(1)

/** Where the catalog comes from. Paths and globs are relative to the configuration file. */
export const catalogSchema = z.strictObject({
  openapi: z.array(z.union([path, z.strictObject({ path, service: path.describe('Name of the service that the documents describe.') })])).default([])
    .describe('OpenAPI 2.0, 3.0 and 3.1 documents: files, folders or globs.'),
  backstage: z.array(path).default([]).describe('Backstage catalog-info.yaml files, folders or globs.'),
  kong: path.optional().describe('Kong\'s declarative configuration.'),
  partners: path.optional().describe('Partners, their consumers and quotas.'),
})

/** What {@link loadCatalog} takes: the unchecked form of {@link catalogSchema}. */
export type CatalogSources = z.input<typeof catalogSchema>

/** Everything that is declared, compiled. It is never changed, only replaced whole. */
export interface Catalog {
  normalizer: Normalizer
  services: ReadonlyMap<string, Service>
  /** The gateway's name of a backend to the catalog's name of the service, where they differ. */
  aliases: ReadonlyMap<string, string>
  partners: readonly Partner[]
  /** Partner and tier of a request: `''` for nobody, `unmapped` for a caller that no partner claims. */
  findPartner: PartnerFinder
  endpoints: readonly Endpoint[]
  problems: readonly Problem[]
  /** 32 hex digits over what the endpoints declare: two catalogs with the same digest resolve the same. */
  digest: string
  /** Epoch ms. */
  compiledAt: number
}

/**
 * Loads and compiles a catalog. A broken document becomes a problem with file and line, and the rest loads. Throws
 * CATALOG_EMPTY for a path or glob that gives no document, and a CONFIG error for a broken partners file.
 */
export async function loadCatalog (sources: CatalogSources, { base }: { base: string }): Promise<Catalog> {
  const { openapi, backstage, kong, partners: partnersFile } = catalogSchema.parse(sources)
  const nameOf = sourceNames(process.cwd())
  const entities = await loadBackstage((await Promise.all(backstage.map((source) => findFiles(source, base)))).flat(), nameOf)
  const apis = await loadApis({ sources: openapi, base, backstage: entities, nameOf })
  const gateway = kong === undefined ? undefined : await loadKong(resolve(base, kong), nameOf)
  const partners = partnersFile === undefined ? [] : loadPartners(resolve(base, partnersFile))
  const consumers = knownConsumers(gateway)
  const claims = conflictingClaims(partners, consumers).map((message): Problem =>
    ({ severity: 'warning', code: 'partner-conflict', message, source: nameOf(resolve(base, partnersFile ?? '')) }))
  const normalizer = compile(apis.documents, { gateway: gateway?.gateway })
  return {
    normalizer,
    services: collectServices(entities.catalog, apis.hints),
    aliases: gatewayAliases(entities.catalog.apis, gateway?.gateway.routes ?? [], normalizer),
    partners,
    findPartner: createPartnerFinder(partners, consumers),
    endpoints: normalizer.endpoints,
    problems: [...entities.problems, ...apis.problems, ...gateway?.problems ?? [], ...claims, ...normalizer.problems.map(apis.withLine)],
    digest: digestOf(normalizer.endpoints),
    compiledAt: Date.now(),
  }
}

async function loadKong (file: string, nameOf: SourceNames): Promise<KongCatalog> {
  const source = await readSource(file)
  if (isBroken(source)) {
    if (source.line === 0) throw new GatelensError('CATALOG_EMPTY', source.message, { where: file })
    const problem: Problem = { severity: 'error', code: 'unreadable', message: source.message, source: nameOf(file), line: source.line }
    return { gateway: { kind: 'kong', routes: [] }, services: [], consumers: [], problems: [problem] }
  }
  const read = readKong(source.documents[0], { source: nameOf(file) })
  return { ...read, problems: read.problems.map((problem) => ({ ...problem, line: source.lineOf(problem.where ?? '') })) }
}

function knownConsumers (gateway: KongCatalog | undefined): Array<{ names: string[], credentials: string[] }> {
  return (gateway?.consumers ?? []).map(({ id, custom_id, username, credentials }) =>
    ({ names: [id, custom_id, username].filter((name) => name !== ''), credentials }))
}

function digestOf (endpoints: readonly Endpoint[]): string {
  const lines = endpoints.map(({ service, api, apiVersion, method, template, route, operationId, deprecated, statuses }) =>
    JSON.stringify([service, api, apiVersion, method, template, route, operationId, deprecated, statuses]))
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32)
}
