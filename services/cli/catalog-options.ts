import { statSync } from 'node:fs'
import { extname } from 'node:path'
import type { Command } from 'commander'
import { loadCatalog } from '../processor/catalog/load.ts'
import type { Catalog } from '../processor/catalog/load.ts'
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
    .option('--openapi <path...>', 'OpenAPI documents (2.0, 3.0, 3.1): files, folders or quoted globs')
    .option('--backstage <path...>', 'Backstage catalog-info.yaml files or quoted globs')
    .option('--kong <file>', 'Kong\'s declarative configuration: routes, services, consumers')
    .option('--partners <file>', 'partners, their consumers and quotas')
    .option('-c, --config <file>', 'take what is not given here from a processor configuration')
}

/** Loads what the options name; what they do not name comes from the processor configuration, if one is given. */
export async function loadOptionCatalog (options: CatalogOptions): Promise<Catalog> {
  const { openapi, backstage, kong, partners } = options
  const given = Object.entries({ openapi, backstage, kong, partners }).filter(([, value]) => value !== undefined)
  if (options.config === undefined || given.length > 0) return await loadCatalog(Object.fromEntries(given), { base: process.cwd() })
  const { settings, folder } = readProcessorConfig(options.config)
  return await loadCatalog(settings.catalog, { base: folder })
}

/**
 * Undoes what a list option swallowed: in `--openapi a.yaml b.json access.log` the last word is an operand. An API document
 * ends in .yaml, .yml or .json, or is a folder or a glob.
 */
export function splitOperands (values: string[] | undefined): { documents: string[] | undefined, operands: string[] } {
  if (values === undefined) return { documents: undefined, operands: [] }
  const documents = values.filter((value, index) => index === 0 || looksLikeDocument(value))
  return { documents, operands: values.filter((value) => !documents.includes(value)) }
}

function looksLikeDocument (value: string): boolean {
  if (['.yaml', '.yml', '.json'].includes(extname(value)) || /[*{}[\]]/.test(value)) return true
  return statSync(value, { throwIfNoEntry: false })?.isDirectory() ?? false
}
