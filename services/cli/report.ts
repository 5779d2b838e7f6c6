import { existsSync, realpathSync } from 'node:fs'
import type { Command } from 'commander'
import { SingleBar } from 'cli-progress'
import { globSync, isDynamicPattern } from 'tinyglobby'
import type { FormatName } from '../processor/decode/index.ts'
import { GatelensError } from '../runtime/errors.ts'
import { formatNames, readCount, readFormat } from './arguments.ts'
import { addCatalogOptions, loadOptionCatalog, splitOperands } from './catalog-options.ts'
import type { CatalogOptions } from './catalog-options.ts'
import { exitCodes, print } from './outcome.ts'
import { readProcessorConfig } from './processor-config.ts'
import { defaultRules, loadRules, rulesOf } from './report/rules.ts'
import { openLog } from './report/records.ts'
import type { LogFile } from './report/records.ts'
import { renderReport } from './report/render.ts'
import { runReport } from './report/run.ts'
import { formatBytes } from './terminal.ts'

interface ReportOptions extends CatalogOptions {
  format: FormatName
  rules?: string
  top: number
  json?: true
}

/** Defines `gatelens report`. */
export function report (command: Command): void {
  addCatalogOptions(command.argument('[files...]', 'log files, plain or gzip; quoted globs; - for standard input'))
    .option('--format <name>', `log format: ${formatNames.join(', ')}`, readFormat, 'kong')
    .option('--rules <file>', 'detection rules; without it sensible defaults and the partners\' quotas')
    .option('--top <n>', 'rows of each table', readCount, 10)
    .option('--json', 'print one JSON object instead of tables')
    .action(run)
}

async function run (words: string[], options: ReportOptions): Promise<void> {
  const openapi = splitOperands(options.openapi)
  const backstage = splitOperands(options.backstage)
  const files = findLogs([...words, ...openapi.operands, ...backstage.operands])
  const catalog = await loadOptionCatalog({ ...options, openapi: openapi.documents, backstage: backstage.documents })
  const config = options.config === undefined ? undefined : readProcessorConfig(options.config)
  const bar = startBar(files)
  const result = await runReport({
    files,
    format: options.format,
    catalog,
    rules: options.rules !== undefined ? loadRules(options.rules) : config === undefined ? defaultRules(catalog) : rulesOf(config),
    filter: config?.settings.filter ?? [],
    top: options.top,
    advance: bar.advance,
  }).finally(bar.stop)
  await print(options.json === true ? `${JSON.stringify(result, null, 2)}\n` : renderReport(result))
  const broken = result.files.filter((file) => file.error !== null)
  for (const file of broken) process.stderr.write(`${file.error}\n`)
  if (broken.length > 0) process.exitCode = exitCodes.failed
}

function findLogs (words: string[]): LogFile[] {
  if (words.length === 0) throw new GatelensError('USAGE', 'no log file is named', { hint: 'Give at least one file, such as: gatelens report access.ndjson; - reads standard input.' })
  return distinct(words.flatMap((word) => {
    if (word === '-' || existsSync(word) || !isDynamicPattern(word)) return [openLog(word)]
    const found = globSync(word, { onlyFiles: true, dot: true }).sort()
    if (found.length === 0) throw new GatelensError('INPUT_UNREADABLE', 'no file matches', { where: word })
    return found.map(openLog)
  }))
}

/** A file that is named twice, or by a name and a glob, is read once: nobody wants its requests doubled. */
function distinct (files: LogFile[]): LogFile[] {
  const known = new Set<string>()
  return files.filter(({ path }) => {
    const file = path === '-' ? path : realpathSync(path)
    if (!known.has(file)) return known.add(file)
    process.stderr.write(`note: ${path} is named more than once and read once\n`)
    return false
  })
}

/** A bar on standard error, when a person looks at it and the work is known. */
function startBar (files: LogFile[]): { advance: (bytes: number) => void, stop: () => void } {
  const total = files.reduce((sum, file) => sum + file.size, 0)
  if (!process.stderr.isTTY || total < 8 * 1024 ** 2) return { advance: () => {}, stop: () => {} }
  const bar = new SingleBar({ format: `reading {bar} {percentage} %  of ${formatBytes(total)}  {eta_formatted} left`, hideCursor: true, clearOnComplete: true })
  bar.start(total, 0)
  return { advance: (bytes) => { bar.increment(bytes) }, stop: () => { bar.stop() } }
}
