/** Reads what `gatelens validate` is pointed at: what is good about it in words, and what is not. */
import { relative } from 'node:path'
import { resolveReading } from '../../gateway/entities.ts'
import { readGatewayFiles } from '../../gateway/files.ts'
import { loadCatalog } from '../../processor/catalog/load.ts'
import type { Catalog, CatalogSources, LoadedCatalog } from '../../processor/catalog/load.ts'
import type { Rule } from '../../processor/detect/rule.ts'
import { isUrl } from '../../processor/catalog/reading/source-name.ts'
import { GatelensError } from '../../runtime/errors.ts'
import { fileOptions, givenSources, splitOperands } from '../catalog-options.ts'
import type { CatalogOptions } from '../catalog-options.ts'
import { readProcessorConfig } from '../processor-config.ts'
import { loadRules, rulesOf } from '../report/rules.ts'
import { countOf } from '../terminal.ts'
import { findDeadRules } from './dead-rules.ts'
import type { Finding } from './findings.ts'

/** What was read, in words, and what was found. */
export interface Inspection { good: string[], findings: Finding[] }

/** What there is to check besides the catalog. */
export interface Inspected extends CatalogOptions { gateway?: string[], rules?: string }

/** Checks configurations, catalog, gateway and rules. Throws for what cannot be opened at all. */
export async function inspect (config: string | undefined, options: Inspected): Promise<Inspection> {
  const openapi = splitOperands(options.openapi)
  const backstage = splitOperands(options.backstage)
  // No configuration is read from a URL.
  const documents = [...openapi.documents ?? [], ...openapi.operands.filter(isUrl)]
  const named = [config, options.config, ...openapi.operands.filter((word) => !isUrl(word)), ...backstage.operands]
  const configs = new Set(named.filter((path) => path !== undefined))
  const inspections: Inspection[] = []
  for (const path of configs) inspections.push(await inspectConfig(path))
  const given = givenSources({ ...options, openapi: options.openapi === undefined ? undefined : documents, backstage: backstage.documents })
  const own = await inspectCatalog(given, process.cwd(), options)
  inspections.push(own)
  const { gateway, rules } = options
  if (gateway !== undefined) inspections.push(await inspectGateway(gateway))
  if (rules !== undefined) inspections.push(inspectRules(() => loadRules(rules), own.catalog, rules))
  return { good: inspections.flatMap((item) => item.good), findings: inspections.flatMap((item) => item.findings) }
}

async function inspectConfig (path: string): Promise<Inspection> {
  try {
    const config = readProcessorConfig(path)
    const catalog = await inspectCatalog(config.settings.catalog, config.folder)
    const rules = inspectRules(() => rulesOf(config), catalog.catalog, config.rulesFile ?? path)
    return { good: [path, ...catalog.good, ...rules.good], findings: [...catalog.findings, ...rules.findings] }
  } catch (error) {
    return { good: [], findings: findingsOf(error) }
  }
}

function inspectRules (read: () => Rule[], catalog: LoadedCatalog | undefined, file: string): Inspection {
  const found: Finding[] = []
  const inspection = attempt(() => {
    const rules = read()
    if (catalog !== undefined) found.push(...findDeadRules(rules, catalog, file))
    return countOf(rules.length, 'rule')
  })
  return { ...inspection, findings: [...inspection.findings, ...found.map((finding) => ({ ...finding, file: shorten(finding.file) }))] }
}

async function inspectCatalog (
  sources: CatalogSources, base: string, options: CatalogOptions = {}
): Promise<Inspection & { catalog?: LoadedCatalog }> {
  if (Object.keys(sources).length === 0) return { good: [], findings: [] }
  try {
    const catalog = await loadCatalog({ ...sources, ...fileOptions(options, sources) }, { base, lint: true })
    const findings = catalog.problems.map(({ severity, code, message, source, line = 0, where = '' }) =>
      ({ severity, code, file: shorten(source), line, where, message, hint: '' }))
    const kong = sources.kong === undefined ? [] : [describeKong(catalog)]
    return { good: [describeCatalog(catalog), ...kong, ...describeOthers(catalog)], findings, catalog }
  } catch (error) {
    return { good: [], findings: findingsOf(error) }
  }
}

function describeCatalog ({ endpoints, services, partners }: Catalog): string {
  return `catalog with ${countOf(endpoints.length, 'operation')}, ${countOf(services.size, 'service')} and ${countOf(partners.length, 'partner')}`
}

/** A folder may hold anything; how much of it was not meant shall be seen all the same. */
function describeOthers ({ passedOver }: LoadedCatalog): string[] {
  return passedOver === 0 ? [] : [`${countOf(passedOver, 'file')} passed over: ${passedOver === 1 ? 'it is no document' : 'they are no documents'} of the catalog`]
}

function describeKong ({ gateway: { gateway, services, consumers, passedOver } }: LoadedCatalog): string {
  const others = passedOver === 0 ? '' : `; ${countOf(passedOver, 'other file')} passed over`
  return `Kong with ${countOf(services.length, 'service')}, ${countOf(new Set(gateway.rules.map(({ route }) => route)).size, 'route')} and ${countOf(consumers.length, 'consumer')}${others}`
}

async function inspectGateway (sources: readonly string[]): Promise<Inspection> {
  const reading = await readGatewayFiles(sources)
  return attempt(() => {
    const { services, routes } = resolveReading(reading, 0)
    return `gateway with ${countOf(services.length, 'service')} and ${countOf(routes.length, 'route')}`
  })
}

function attempt (check: () => string): Inspection {
  try {
    return { good: [check()], findings: [] }
  } catch (error) {
    return { good: [], findings: findingsOf(error) }
  }
}

/** What is wrong in a file is a finding; a file that cannot be read at all, or is not there, is a failure. */
function findingsOf (error: unknown): Finding[] {
  if (!(error instanceof GatelensError) || failures.has(error.code)) throw error
  const { code, hint } = error
  return error.parts.map(({ where, message, rule }) => {
    const [, file = where, line = '0'] = /^(.*?):(\d+)$/.exec(where) ?? []
    return { severity: 'error', code: rule ?? code, file: shorten(file), line: Number(line), where: '', message, hint }
  })
}

const failures: ReadonlySet<string> = new Set(['CONFIG_NOT_FOUND', 'CATALOG_EMPTY', 'INTERNAL'])

function shorten (path: string): string {
  const short = relative(process.cwd(), path)
  return path.startsWith('/') && !short.startsWith('..') ? short : path
}
