import type { Command } from 'commander'
import type { Decoder } from '../processor/contract.ts'
import { privacySchema } from '../processor/enrich/privacy.ts'
import { fields } from '../processor/event.ts'
import type { AccessEvent, EnrichedEvent, Reject } from '../processor/event.ts'
import { decodeRecords } from '../processor/records.ts'
import { createInputDecoder, createStages } from '../processor/stages.ts'
import { addCatalogOptions, loadOptionCatalog, splitOperands } from './catalog-options.ts'
import type { CatalogOptions } from './catalog-options.ts'
import { addFormatOptions, chooseFormat } from './format.ts'
import type { FormatOptions } from './format.ts'
import { chooseFraming } from './framing.ts'
import { exitCodes, print, say } from './outcome.ts'
import { readProcessorConfig } from './processor-config.ts'
import { findLogs } from './report/files.ts'
import { readRecords } from './report/records.ts'
import type { LogLines } from './report/records.ts'

const published = Object.keys(fields) as Array<keyof typeof fields>

/** Defines `gatelens decode`. */
export function decode (command: Command): void {
  addFormatOptions(addCatalogOptions(command.argument('[files...]', 'log files, plain or gzip; quoted globs; - for standard input, which is the default')))
    .addHelpText('after', '\nReads log records. Writes events with the published fields only, privacy applied, one JSON object a line; rejected\n' +
      'records go to standard error as {"reason", "detail", "file", "offset", "length"}, one a line; standard input has no "file".')
    .action(run)
}

async function run (words: string[], options: CatalogOptions & FormatOptions): Promise<void> {
  const openapi = splitOperands(options.openapi)
  const backstage = splitOperands(options.backstage)
  const named = [...words, ...openapi.operands, ...backstage.operands]
  const files = findLogs(named.length === 0 ? ['-'] : named)
  const config = options.config === undefined ? undefined : readProcessorConfig(options.config)
  const format = chooseFormat(options, config)
  const framing = chooseFraming(options.framing, format, config)
  const catalog = await loadOptionCatalog({ ...options, openapi: openapi.documents, backstage: backstage.documents })
  const privacy = config?.settings.privacy ?? privacySchema.parse({})
  const stages = createStages({ catalog: () => catalog, privacy, filter: [] })
  const decoder = createInputDecoder(format, privacy, framing)
  for (const file of files) {
    const source = file.path === '-' ? 'stdin' : file.path
    for await (const lines of readRecords(file, framing)) {
      const events = stages.enrich(stages.normalize(decodeLines(lines, source, decoder)))
      await print(events.map((event) => `${JSON.stringify(publish(event))}\n`).join(''))
    }
  }
}

function decodeLines (lines: LogLines, source: string, decoder: Decoder): AccessEvent[] {
  for (const { offset, length } of lines.tooLong) {
    refuse({ reason: 'too_long', detail: `${length} bytes`, source, source_offset: offset, length })
  }
  const { events, rejects } = decodeRecords(lines.records, source, decoder, { events: [], rejects: [] })
  rejects.forEach(refuse)
  return events
}

function refuse ({ reason, detail, source, source_offset: offset, length }: Reject): void {
  say(`${JSON.stringify({ reason, detail, ...(source === 'stdin' ? {} : { file: source }), offset, length })}`)
  process.exitCode = exitCodes.findings
}

/** Only these leave: what the gateway wrote raw (target, address, agent, credential) stays here. */
function publish (event: EnrichedEvent): Record<string, unknown> {
  return Object.fromEntries(published.map((name) => [name, name === 'time' ? new Date(event.time).toISOString() : event[name]]))
}
