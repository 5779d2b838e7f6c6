import type { EnrichedEvent } from '../../processor/event.ts'
import { GatelensError } from '../../runtime/errors.ts'
import { loadOptionCatalog } from '../catalog-options.ts'
import { chooseFormat } from '../format.ts'
import { chooseFraming } from '../framing.ts'
import { readProcessorConfig } from '../processor-config.ts'
import { startBar } from '../report/files.ts'
import { readLogs } from '../report/pass.ts'
import type { LogFile } from '../report/records.ts'
import { compareAll, hasLostDocuments } from './compare.ts'
import { createDeclared } from './declared.ts'
import { isoTime } from './message.ts'
import type { Comparison, DriftOptions } from './options.ts'
import { SeenTally } from './seen.ts'
import { always, isWithin, readWindow } from './window.ts'
import type { Window } from './window.ts'
import { say } from '../outcome.ts'

/** Finds drift in logs, read once through the processor's own stages. Files that cannot be read on are said on standard error. */
export async function driftInLogs (files: LogFile[], options: DriftOptions): Promise<Comparison> {
  const window = windowOf(options)
  const services = new Set(options.service)
  const catalog = await loadOptionCatalog(options)
  const config = options.config === undefined ? undefined : readProcessorConfig(options.config)
  const settings = config?.settings
  const format = chooseFormat(options, config)
  const tally = new SeenTally()
  const isWanted = ({ time, service }: EnrichedEvent): boolean => isWithin(window, time) && (services.size === 0 || services.has(service))
  const bar = startBar(files)
  const { files: read, rejects, unread } = await readLogs({
    files,
    format,
    framing: chooseFraming(options.framing, format, config),
    catalog,
    filter: settings?.filter ?? [],
    privacy: settings?.privacy,
    normalize: settings?.normalize,
    advance: bar.advance,
  }, (events) => { for (const event of events) if (isWanted(event)) tally.add(event) }).finally(bar.stop)
  const rejected = rejects.read()
  const broken = read.flatMap(({ error }) => error ?? [])
  for (const error of [...broken, ...unread]) say(error)
  const operations = catalog.endpoints.filter(({ service }) => services.size === 0 || services.has(service))
  const declared = createDeclared(operations, 'located', catalog)
  const seen = tally.read()
  const [first, last] = tally.first > tally.last ? [null, null] : [tally.first, tally.last]
  return {
    seen,
    declared,
    result: {
      source: 'logs',
      period: { from: isoTime(first), to: isoTime(last) },
      unusedDays: options.unusedDays,
      countedSince: first,
      operations: operations.length,
      rejected: sumOf(rejected),
      findings: compareAll({ seen, use: seen, declared, until: last ?? 0 }, options),
    },
    unread: unread.length > 0,
    failed: broken.length > 0 || hasLostDocuments(catalog),
  }
}

function sumOf (counts: ReadonlyArray<{ records: number }>): number {
  return counts.reduce((sum, { records }) => sum + records, 0)
}

function windowOf ({ since, from, to }: DriftOptions): Window {
  if (since !== undefined) throw new GatelensError('USAGE', '--since looks back in the store; a log is read whole', { hint: 'Name days with --from and --to.' })
  if (from === undefined && to === undefined) return always
  return readWindow({ from: from ?? '1970-01-01', to: to ?? '9998-12-31' }, 0, 0)
}
