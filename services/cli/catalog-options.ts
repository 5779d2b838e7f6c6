import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { Command } from 'commander'
import { backstageApiSchema } from '../processor/catalog/backstage-api.ts'
import { loadCatalog } from '../processor/catalog/load.ts'
import type { Catalog, CatalogSources } from '../processor/catalog/load.ts'
import { isUrl } from '../processor/catalog/sources.ts'
import { explainError, GatelensError } from '../runtime/errors.ts'
import { readProcessorConfig } from './processor-config.ts'

/** The options by which every command that resolves requests is told what is declared. */
export interface CatalogOptions {
  openapi?: string[]
  backstage?: string[]
  kong?: string
  partners?: string
  config?: string
}

/** Adds the catalog options to a command. */
export function addCatalogOptions (command: Command): Command {
  return command
    .option('--openapi <path...>', 'OpenAPI documents (2.0, 3.0, 3.1): files, folders, quoted globs or URLs')
    .option('--backstage <path...>', 'Backstage catalog-info.yaml files or quoted globs, or the URL of a Backstage')
    .option('--kong <file>', 'Kong\'s declarative configuration: routes, services, consumers')
    .option('--partners <file>', 'partners, their consumers and quotas')
    .option('-c, --config <file>', 'take what is not given here from a processor configuration')
}

/**
 * Loads what the options name; what they do not name comes from the processor configuration, if one is given. Documents that
 * cannot be used are said on standard error, and the rest is used.
 */
export async function loadOptionCatalog (options: CatalogOptions): Promise<Catalog> {
  const given = givenSources(options)
  const config = options.config === undefined ? undefined : readProcessorConfig(options.config)
  const catalog = await loadCatalog({ ...config?.settings.catalog, ...given }, { base: config?.folder ?? process.cwd() })
  for (const { message, source, line } of catalog.problems.filter((problem) => problem.severity === 'error').slice(0, shownProblems)) {
    const where = line === undefined || line === 0 ? source : `${source}:${line}`
    process.stderr.write(`${explainError(new GatelensError('CATALOG_DOCUMENT', message, { where }))}\n`)
  }
  return catalog
}

/** Most problems of a catalog that are said before the work goes on; "gatelens validate" says all. */
const shownProblems = 10

/** The sources that the options name: URLs, and absolute paths. */
export function givenSources ({ openapi, backstage, kong, partners }: CatalogOptions): CatalogSources {
  const sources = {
    openapi: openapi?.map((path) => isUrl(path) ? path : resolve(path)),
    backstage: backstage?.map((path) => isUrl(path) ? backstageApiSchema.parse({ url: path }) : resolve(path)),
    kong: kong === undefined ? undefined : resolve(kong),
    partners: partners === undefined ? undefined : resolve(partners),
  }
  return Object.fromEntries(Object.entries(sources).filter(([, value]) => value !== undefined))
}

/**
 * Undoes what a list option swallowed: in `--openapi a.yaml b.json access.log` the last word is an operand. An API document
 * ends in .yaml, .yml or .json, or is a folder or a glob, or a URL that stands before the first operand: in
 * `--openapi https://a.example/openapi https://b.example/openapi GET https://c.example/orders` the third URL is none.
 */
export function splitOperands (values: string[] | undefined): { documents: string[] | undefined, operands: string[] } {
  if (values === undefined) return { documents: undefined, operands: [] }
  const first = values.findIndex((value, index) => index > 0 && !isUrl(value) && !looksLikeDocument(value))
  const isDocument = (value: string, index: number): boolean =>
    index === 0 || (isUrl(value) ? first < 0 || index < first : looksLikeDocument(value))
  return { documents: values.filter(isDocument), operands: values.filter((value, index) => !isDocument(value, index)) }
}

function looksLikeDocument (value: string): boolean {
  if (['.yaml', '.yml', '.json'].includes(extname(value)) || /[*{}[\]]/.test(value)) return true
  return statSync(value, { throwIfNoEntry: false })?.isDirectory() ?? false
}
