import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { GatelensError } from '../runtime/errors.ts'
import { readCount, readDuration } from './arguments.ts'
import { addCatalogOptions, splitOperands } from './catalog-options.ts'
import { defaultUrl } from './connection.ts'
import { kinds, levels } from './drift/finding.ts'
import type { DriftKind, Level } from './drift/finding.ts'
import { driftInLogs } from './drift/from-logs.ts'
import { driftInStore } from './drift/from-store.ts'
import type { Comparison, DriftOptions } from './drift/options.ts'
import { locateFindings } from './drift/places.ts'
import { renderDrift } from './drift/render.ts'
import { shapeDrift } from './drift/shape.ts'
import { suggest } from './drift/suggest-run.ts'
import { addFormatOptions } from './format.ts'
import { exitCodes, print, say } from './outcome.ts'
import { findLogs } from './report/files.ts'
import { toSarif } from './sarif.ts'

const kindNames = Object.keys(kinds) as DriftKind[]
const floors = [...levels, 'never'] as const

/** Defines `gatelens drift`. */
export function drift (command: Command): void {
  addFormatOptions(addCatalogOptions(command.argument('[files...]', 'access logs, plain or gzip, instead of the store; quoted globs; - for standard input')))
    .option('--url <url>', `ClickHouse over HTTP (default: that of --config, else ${defaultUrl})`)
    .option('--database <name>', 'database (default: that of --config, else gatelens)')
    .addOption(new Option('--since <duration>', 'how far to look back in the store, such as 7d; whole days, today included (default: 7d)')
      .argParser(readDuration).conflicts('from'))
    .option('--from <day>', 'first day in UTC, such as 2026-08-20')
    .option('--to <day>', 'last day in UTC (default: today)')
    .option('--service <name>', 'this service only; may be given several times', collect)
    .option('--kind <name>', `this kind only; may be given several times: ${kindNames.join(', ')}`, readKind)
    .option('--unused-days <n>', 'days without a request after which an operation counts as unused', readCount, 30)
    .option('--min-requests <n>', 'leave out what fewer requests did', readCount, 1)
    .option('--gateway-statuses', 'count statuses that the gateway made, such as its 401 and 429, as undeclared, too')
    .option('--top <n>', 'rows of each table', readCount, 20)
    .addOption(new Option('--fail-on <level>', 'exit with 1 for findings of this level and above').choices(floors).default('warning'))
    .addOption(new Option('--json', 'print one JSON object').conflicts(['sarif', 'suggest']))
    .addOption(new Option('--sarif', 'print a SARIF log for code scanning; --openapi gives its findings file and line').conflicts('suggest'))
    .option('--suggest', 'print an OpenAPI document of the undocumented paths and undeclared methods instead, for each service')
    .option('--overlay', 'with --suggest: print OpenAPI Overlays for the documents that there are, with the undeclared statuses, too')
    .option('--out <folder>', 'with --suggest: write the documents there, a file for each service')
    .addHelpText('after', '\nWithout files the store is asked, and compared with the catalog that its processor loaded last, or with --openapi,\n' +
      '--backstage and --kong when they are given: so a change of a document can be checked before it is merged.\n' +
      'Exits with 1 when there are findings of the level of --fail-on or above.')
    .action(run)
}

async function run (words: string[], given: DriftOptions): Promise<void> {
  const openapi = splitOperands(given.openapi)
  const backstage = splitOperands(given.backstage)
  const options = { ...given, kind: given.kind ?? kindNames, openapi: openapi.documents, backstage: backstage.documents }
  const files = [...words, ...openapi.operands, ...backstage.operands]
  checkUse(files, options)
  const comparison = await compare(files, options)
  sayUnknown(comparison, options.service ?? [])
  if (options.suggest === true) return await suggest(comparison, options)
  await print(present(comparison, options))
  const floor = levels.slice(0, levels.indexOf(options.failOn as Level) + 1)
  if (comparison.result.findings.some(({ level }) => floor.includes(level))) process.exitCode = exitCodes.findings
  if (comparison.unread) process.exitCode = exitCodes.findings
  if (comparison.failed) process.exitCode = exitCodes.failed
}

/** What would be left unheeded in silence. Throws USAGE. */
function checkUse (files: string[], { out, overlay, suggest, url }: DriftOptions): void {
  if (out !== undefined && suggest !== true) throw new GatelensError('USAGE', '--out says where suggestions are written', { hint: 'Add --suggest, or leave it out.' })
  if (overlay === true && suggest !== true) throw new GatelensError('USAGE', '--overlay says in which form to suggest', { hint: 'Add --suggest, or leave it out.' })
  if (files.length > 0 && url !== undefined) {
    throw new GatelensError('USAGE', `--url names a store, and ${files[0]} a log`, { hint: 'Name one of them.' })
  }
}

/** A name that is written wrongly must not pass for a service without drift. */
function sayUnknown ({ seen, declared }: Comparison, services: readonly string[]): void {
  const known = new Set([...seen, ...declared.operations].map(({ service }) => service))
  for (const service of services.filter((name) => !known.has(name))) {
    say(`note: nothing is declared for the service "${service}", and no request names it`)
  }
}

/** What the engine refuses is no finding of ours: CI must be able to tell the two apart. */
async function compare (files: string[], options: DriftOptions): Promise<Comparison> {
  if (files.length > 0) return await driftInLogs(findLogs(files), options)
  return await driftInStore(options).catch((error: unknown) => {
    if (!(error instanceof GatelensError) || error.code !== 'STORE_REFUSED') throw error
    const hint = 'Check address, user, password and database.'
    throw new GatelensError('STORE_UNREACHABLE', `the store refused to answer: ${error.message.trim()}`, { where: error.where, hint, cause: error })
  })
}

function present ({ result, declared }: Comparison, options: DriftOptions): string {
  if (options.json === true) return `${JSON.stringify(shapeDrift(result), null, 2)}\n`
  if (options.sarif !== true) return renderDrift(result, options.top)
  return toSarif(locateFindings(result.findings, declared, options.config ?? 'catalog'), kinds)
}

function collect (text: string, previous: string[] = []): string[] {
  return [...previous, text]
}

function readKind (text: string, previous: DriftKind[] = []): DriftKind[] {
  const known = kindNames.find((name) => name === text)
  if (known === undefined) throw new InvalidArgumentError(`Known kinds: ${kindNames.join(', ')}.`)
  return [...previous, known]
}
