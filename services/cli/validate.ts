import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Command } from 'commander'
import { loadCatalog } from '../processor/catalog/load.ts'
import type { Catalog, CatalogSources } from '../processor/catalog/load.ts'
import { readDeclarative } from '../gateway/entities.ts'
import { GatelensError } from '../runtime/errors.ts'
import { addCatalogOptions, givenSources, splitOperands } from './catalog-options.ts'
import type { CatalogOptions } from './catalog-options.ts'
import { exitCodes, print } from './outcome.ts'
import { readProcessorConfig } from './processor-config.ts'
import { loadRules, rulesOf } from './report/rules.ts'
import { colors, countOf } from './terminal.ts'

interface ValidateOptions extends CatalogOptions { rules?: string, strict?: true, json?: true }

/** One finding; `line` is 0 when the file as a whole is meant. */
interface Finding { severity: 'error' | 'warning', code: string, file: string, line: number, message: string, hint: string }

/** What was read, in words, and what was found. */
interface Inspection { good: string[], findings: Finding[] }

/** Defines `gatelens validate`. */
export function validate (command: Command): void {
  addCatalogOptions(command.argument('[config]', 'processor configuration, with the catalog and the rules that it names'))
    .option('--rules <file>', 'detection rules')
    .option('--strict', 'warnings count as findings, too')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\n--kong is checked as the embedded gateway reads it. Exits with 1 when there are findings.')
    .action(run)
}

async function run (config: string | undefined, options: ValidateOptions): Promise<void> {
  const { good, findings } = await inspect(options.config ?? config, options)
  if (good.length + findings.length === 0) throw new GatelensError('USAGE', 'nothing to check is named', { hint: 'Try: gatelens validate gatelens.yaml, or --openapi, --backstage, --kong, --partners, --rules.' })
  const errors = findings.filter((finding) => finding.severity === 'error').length
  const counts = { errors, warnings: findings.length - errors }
  await print(options.json === true ? `${JSON.stringify({ checked: good, ...counts, findings }, null, 2)}\n` : render(good, findings, counts))
  if (errors > 0 || (options.strict === true && findings.length > 0)) process.exitCode = exitCodes.findings
}

async function inspect (config: string | undefined, options: ValidateOptions): Promise<Inspection> {
  const inspections: Inspection[] = []
  if (config !== undefined) inspections.push(await inspectConfig(config))
  const openapi = splitOperands(options.openapi)
  const backstage = splitOperands(options.backstage)
  for (const word of [...openapi.operands, ...backstage.operands]) inspections.push(await inspectConfig(word))
  const given = givenSources({ ...options, openapi: openapi.documents, backstage: backstage.documents })
  inspections.push(await inspectCatalog(given, process.cwd()))
  const { kong, rules } = options
  if (kong !== undefined) {
    inspections.push(attempt(() => {
      const { services, routes } = readDeclarative({ path: kong, text: readFileSync(kong, 'utf8') }, 0)
      return `gateway with ${countOf(services.length, 'service')} and ${countOf(routes.length, 'route')}`
    }))
  }
  if (rules !== undefined) inspections.push(attempt(() => countOf(loadRules(rules).length, 'rule')))
  return { good: inspections.flatMap((item) => item.good), findings: distinct(inspections.flatMap((item) => item.findings)) }
}

async function inspectConfig (path: string): Promise<Inspection> {
  try {
    const config = readProcessorConfig(path)
    const catalog = await inspectCatalog(config.settings.catalog, config.folder)
    const rules = attempt(() => countOf(rulesOf(config).length, 'rule'))
    return { good: [path, ...catalog.good, ...rules.good], findings: [...catalog.findings, ...rules.findings] }
  } catch (error) {
    return { good: [], findings: [findingOf(error)] }
  }
}

async function inspectCatalog (sources: CatalogSources, base: string): Promise<Inspection> {
  if (Object.keys(sources).length === 0) return { good: [], findings: [] }
  try {
    const catalog = await loadCatalog(sources, { base })
    const findings = catalog.problems.map(({ severity, code, message, source, line = 0 }) => ({ severity, code, file: shorten(source), line, message, hint: '' }))
    return { good: [describe(catalog)], findings }
  } catch (error) {
    return { good: [], findings: [findingOf(error)] }
  }
}

function describe ({ endpoints, services, partners }: Catalog): string {
  return `catalog with ${countOf(endpoints.length, 'operation')}, ${countOf(services.size, 'service')} and ${countOf(partners.length, 'partner')}`
}

function attempt (check: () => string): Inspection {
  try {
    return { good: [check()], findings: [] }
  } catch (error) {
    return { good: [], findings: [findingOf(error)] }
  }
}

/** What is wrong in a file is a finding; a file that cannot be read at all is a failure. */
function findingOf (error: unknown): Finding {
  if (!(error instanceof GatelensError) || error.code === 'CONFIG_NOT_FOUND' || error.code === 'INTERNAL') throw error
  const [, file = error.where, line = '0'] = /^(.*?):(\d+)$/.exec(error.where) ?? []
  return { severity: 'error', code: error.code, file: shorten(file), line: Number(line), message: error.message, hint: error.hint }
}

function shorten (path: string): string {
  const short = relative(process.cwd(), path)
  return path.startsWith('/') && !short.startsWith('..') ? short : path
}

function distinct (findings: Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify([finding.file, finding.line, finding.message]), finding])).values()]
}

function render (good: string[], findings: Finding[], { errors, warnings }: { errors: number, warnings: number }): string {
  const lines = findings.map(({ severity, code, file, line, message }) =>
    `${file}${line === 0 ? '' : `:${line}`}: ${severity === 'error' ? colors.red(severity) : colors.yellow(severity)}[${code}] ${message}\n`)
  const verdict = findings.length === 0 ? colors.green('good') : `${countOf(errors, 'error')}, ${countOf(warnings, 'warning')}`
  return `${lines.join('')}${good.map((text) => colors.dim(`${text}\n`)).join('')}${verdict}\n`
}
