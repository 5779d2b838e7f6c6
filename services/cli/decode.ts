import type { Command } from 'commander'
import type { Decoder } from '../processor/contract.ts'
import type { FormatName } from '../processor/decode/index.ts'
import { privacySchema } from '../processor/enrich/privacy.ts'
import { fields } from '../processor/event.ts'
import type { AccessEvent, EnrichedEvent, Reject } from '../processor/event.ts'
import { decodeRecords } from '../processor/records.ts'
import { createStages } from '../processor/stages.ts'
import { formatNames, readFormat } from './arguments.ts'
import { addCatalogOptions, loadOptionCatalog } from './catalog-options.ts'
import type { CatalogOptions } from './catalog-options.ts'
import { exitCodes, print, say } from './outcome.ts'
import { formatOf, readProcessorConfig } from './processor-config.ts'
import { readRecords } from './report/records.ts'
import type { LogLines } from './report/records.ts'

const published = Object.keys(fields) as Array<keyof typeof fields>

/** Defines `gatelens decode`. */
export function decode (command: Command): void {
  addCatalogOptions(command)
    .option('--format <name>', `log format: ${formatNames.join(', ')} (default: that of --config, else kong)`, readFormat)
    .addHelpText('after', '\nReads log records from standard input. Writes events with the published fields only, privacy applied, one JSON object a\nline; rejected records go to standard error as {"reason", "detail", "offset", "length"}, one a line.')
    .action(run)
}

async function run (options: CatalogOptions & { format?: FormatName }): Promise<void> {
  const catalog = await loadOptionCatalog(options)
  const config = options.config === undefined ? undefined : readProcessorConfig(options.config)
  const privacy = config?.settings.privacy ?? privacySchema.parse({})
  const stages = createStages({ catalog: () => catalog, privacy, filter: [], format: options.format ?? formatOf(config) })
  for await (const lines of readRecords({ path: '-', size: 0 })) {
    const events = stages.enrich(stages.locate(decodeLines(lines, stages.decode)))
    await print(events.map((event) => `${JSON.stringify(publish(event))}\n`).join(''))
  }
}

function decodeLines (lines: LogLines, decodeRecord: Decoder): AccessEvent[] {
  for (const { offset, length } of lines.tooLong) {
    refuse({ reason: 'too_long', detail: `${length} bytes`, source: 'stdin', source_offset: offset, length })
  }
  const { events, rejects } = decodeRecords(lines.records, 'stdin', decodeRecord, { events: [], rejects: [] })
  rejects.forEach(refuse)
  return events
}

function refuse ({ reason, detail, source_offset: offset, length }: Reject): void {
  say(`${JSON.stringify({ reason, detail, offset, length })}`)
  process.exitCode = exitCodes.findings
}

/** Only these leave: what the gateway wrote raw (target, address, agent, credential) stays here. */
function publish (event: EnrichedEvent): Record<string, unknown> {
  return Object.fromEntries(published.map((name) => [name, name === 'time' ? new Date(event.time).toISOString() : event[name]]))
}
