import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { Command } from 'commander'
import { loadCatalog } from '../processor/catalog/load.ts'
import type { CatalogSources, LoadedCatalog } from '../processor/catalog/load.ts'
import { configuredUnits, withDefaults } from '../processor/catalog/config.ts'
import type { CatalogConfig } from '../processor/catalog/config.ts'
import { catalogSources } from '../processor/catalog/index.ts'
import { isUrl } from '../processor/catalog/reading/source-name.ts'
import type { CommandOption, SourceRegistry } from '../processor/catalog/source.ts'
import { expandArgument } from '../runtime/config.ts'
import { explainError, GatelensError } from '../runtime/errors.ts'
import { readProcessorConfig } from './processor-config.ts'
import { say } from './outcome.ts'

/** The options by which every command that resolves requests is told what is declared: those of all sources, and these. */
export interface CatalogOptions {
  openapi?: string[]
  backstage?: string[]
  config?: string
  exclude?: string[]
  allowFolder?: string[]
}

/** Adds the catalog options to a command: those of every source in the registry, then what all have in common. */
export function addCatalogOptions (command: Command, sources: SourceRegistry = catalogSources): Command {
  const named = namedOptions(sources)
  for (const { name, value, describe } of named) {
    if (value === '<path>') command.option(`--${name} ${value}`, describe, collect)
    else command.option(`--${name} ${value}`, describe)
  }
  for (const { name, token } of named) {
    if (token !== undefined) command.option(`--${name}-token <text>`, `${token} for the URL of --${name}; best '\${NAME}' or '\${file:path}', in single quotes`)
  }
  return command
    .option('--exclude <glob>', 'files that folders and globs leave out, such as \'**/templates/**\'; can be repeated', collect)
    .option('--allow-folder <path>', 'further folder that references and links of documents may lead to; can be repeated', collect)
    .option('-c, --config <file>', 'take what is not given here from a processor configuration')
}

interface NamedOption extends CommandOption {
  /** The key below `catalog:`. */
  key: string
  /** The same as a command line writes it. */
  name: string
}

function namedOptions (sources: SourceRegistry): NamedOption[] {
  return Object.entries(sources).flatMap(([key, { command }]) => command === undefined ? [] : [{ ...command, key, name: key.replaceAll('_', '-') }])
}

/** Parses an option that can be repeated. */
export function collect (value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/**
 * Loads what the options name; what they do not name comes from the processor configuration, if one is given. Documents that
 * cannot be used are said on standard error, and the rest is used. Throws CATALOG_FETCH for a URL of the options that gives
 * nothing: an answer without it would not be the one that was asked for.
 */
export async function loadOptionCatalog (options: CatalogOptions): Promise<LoadedCatalog> {
  const given = givenSources(options)
  const config = options.config === undefined ? undefined : readProcessorConfig(options.config)
  const catalog = await loadCatalog({ ...config?.settings.catalog, ...given, ...fileOptions(options, config?.settings.catalog) }, {
    base: config?.folder ?? process.cwd(),
  })
  const away = catalog.problems.find(({ code, source }) => code === 'fetch' && urlsOf(given).includes(source))
  if (away !== undefined) throw new GatelensError('CATALOG_FETCH', away.message, { where: away.source, hint: 'Mend that, or leave the source out.' })
  for (const { message, source, line } of catalog.problems.filter((problem) => problem.severity === 'error').slice(0, shownProblems)) {
    const where = line === undefined || line === 0 ? source : `${source}:${line}`
    say(explainError(new GatelensError('CATALOG_DOCUMENT', message, { where })))
  }
  return catalog
}

/** What the options say of files, added to what a configuration says. */
export function fileOptions ({ exclude = [], allowFolder = [] }: CatalogOptions, sources: CatalogSources = {}): Pick<CatalogConfig, 'exclude' | 'files'> {
  const { files, exclude: before } = withDefaults(sources)
  const own = exclude.map((glob) => /^(?:\/|\*\*)/.test(glob) ? glob : resolve(glob))
  return { exclude: [...before, ...own], files: { ...files, folders: [...files.folders, ...allowFolder.map((folder) => resolve(folder))] } }
}

/** Most problems of a catalog that are said before the work goes on; "gatelens validate" says all. */
const shownProblems = 10

/** The sources that the options name: URLs with their tokens, and absolute paths. Throws USAGE and CONFIG_VARIABLE. */
export function givenSources (options: CatalogOptions, sources: SourceRegistry = catalogSources): CatalogSources {
  const given: Record<string, unknown> = {}
  for (const { key, name, value, entry } of namedOptions(sources)) {
    const places = [valueOf(options, name) ?? []].flat() as string[]
    const token = tokenFor(`--${name}`, places, valueOf(options, `${name}-token`) as string | undefined)
    const entries = places.map((place) => isUrl(place) ? entry(place, token) : entry(resolve(place)))
    if (entries.length > 0) given[key] = value === '<file>' ? entries[0] : entries
  }
  return given
}

/** What commander read for an option: it takes the hyphens for capitals. */
function valueOf (options: CatalogOptions, name: string): unknown {
  return (options as Record<string, unknown>)[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())]
}

/** A token goes to one host only: to which of several would be a guess. */
function tokenFor (option: string, paths: readonly string[] = [], token?: string): string | undefined {
  const urls = paths.filter(isUrl)
  const broken = urls.find((url) => !URL.canParse(url))
  if (broken !== undefined) throw new GatelensError('USAGE', `${option} ${broken}: this is not a URL`, { hint: 'Write it in full, such as https://example.com/openapi.yaml.' })
  if (token === undefined) return undefined
  const origins = new Set(urls.map((url) => new URL(url).origin))
  if (origins.size !== 1) {
    throw new GatelensError('USAGE', `${option}-token goes to one host, and ${option} names ${origins.size === 0 ? 'no URL' : origins.size}`, { hint: 'Several hosts with tokens of their own are for --config.' })
  }
  const value = expandArgument(token, `${option}-token`)
  if (value === '') throw new GatelensError('USAGE', `${option}-token is empty`, { hint: 'Is the variable exported? Write \'${NAME}\' in single quotes to have it told.' })
  return value
}

/** The URLs of sources, as problems name them. */
function urlsOf (sources: CatalogSources): string[] {
  const units = configuredUnits(withDefaults(sources))
  return units.map(({ label }) => label)
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
