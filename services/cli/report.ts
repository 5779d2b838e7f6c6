import { relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { readCount } from './arguments.ts'
import { addCatalogOptions, loadOptionCatalog, splitOperands } from './catalog-options.ts'
import type { CatalogOptions } from './catalog-options.ts'
import type { FileInputOptions } from '../processor/input/file.ts'
import { addFormatOptions, chooseFormat } from './format.ts'
import type { FormatOptions } from './format.ts'
import { chooseFraming } from './framing.ts'
import { exitCodes, print, say } from './outcome.ts'
import { readProcessorConfig } from './processor-config.ts'
import type { ConfigFile } from './processor-config.ts'
import { findLogs, startBar } from './report/files.ts'
import type { LogFile } from './report/records.ts'
import { defaultRules, loadRules, rulesOf } from './report/rules.ts'
import { renderReport } from './report/render.ts'
import { runReport } from './report/run.ts'

interface ReportOptions extends CatalogOptions, FormatOptions {
  rules?: string
  top: number
  json?: true
}

/** Defines `gatelens report`. */
export function report (command: Command): void {
  addFormatOptions(addCatalogOptions(command.argument('[files...]', 'log files, plain or gzip; quoted globs; - for standard input')))
    .option('--rules <file>', 'detection rules; without it sensible defaults and the partners\' quotas')
    .option('--top <n>', 'rows of each table', readCount, 10)
    .option('--json', 'print one JSON object instead of tables')
    .action(run)
}

async function run (words: string[], options: ReportOptions): Promise<void> {
  const openapi = splitOperands(options.openapi)
  const backstage = splitOperands(options.backstage)
  const config = options.config === undefined ? undefined : readProcessorConfig(options.config)
  const named = [...words, ...openapi.operands, ...backstage.operands]
  const configured = named.length === 0 ? configuredLogs(options, config) : []
  const files = configured.length > 0 ? configured : findLogs(named)
  const catalog = await loadOptionCatalog({ ...options, openapi: openapi.documents, backstage: backstage.documents })
  const format = configured[0]?.format ?? chooseFormat(options, config)
  const bar = startBar(files)
  const { report: result, unread } = await runReport({
    files,
    format,
    framing: configured[0]?.framing ?? chooseFraming(options.framing, format, config),
    catalog,
    rules: options.rules !== undefined ? loadRules(options.rules) : config === undefined ? defaultRules(catalog) : rulesOf(config),
    filter: config?.settings.filter ?? [],
    privacy: config?.settings.privacy,
    normalize: config?.settings.normalize,
    top: options.top,
    advance: bar.advance,
  }).finally(bar.stop)
  await print(options.json === true ? `${JSON.stringify(result, null, 2)}\n` : renderReport(result))
  const broken = result.files.filter((file) => file.error !== null)
  for (const text of [...broken.map(({ error }) => String(error)), ...unread]) say(text)
  if (unread.length > 0) process.exitCode = exitCodes.findings
  if (broken.length > 0) process.exitCode = exitCodes.failed
}

/** The files of the configuration's inputs, each with the format and the framing of its input, unless the options name one for all. */
function configuredLogs (options: FormatOptions, config: ConfigFile | undefined): LogFile[] {
  if (config === undefined) return []
  const files = config.settings.inputs.filter((input): input is FileInputOptions => input.type === 'file')
  const isChosen = options.format !== undefined || options.logFormat !== undefined
  const chosen = isChosen ? chooseFormat(options, config) : undefined
  const own = new Map(files.flatMap((input) => {
    const format = chosen ?? input.format
    const framing = options.framing === undefined ? input.framing : chooseFraming(options.framing, format, config)
    return input.paths.map((path): [string, Own] => [nearPath(config.folder, path), { format, framing }])
  }))
  return own.size === 0 ? [] : findLogs([...own.keys()], own)
}

type Own = Pick<LogFile, 'format' | 'framing'>

function nearPath (folder: string, path: string): string {
  const whole = resolve(folder, path)
  const near = relative(process.cwd(), whole)
  return near.startsWith('..') ? whole : near
}
