import type { Catalog } from '../../processor/catalog/load.ts'
import { isReject } from '../../processor/contract.ts'
import type { Decoder } from '../../processor/contract.ts'
import type { FormatName } from '../../processor/decode/index.ts'
import type { AccessEvent, Reject } from '../../processor/event.ts'
import { privacySchema } from '../../processor/enrich/privacy.ts'
import type { FilterRules } from '../../processor/filter/filter.ts'
import { createStages } from '../../processor/stages.ts'
import type { Quotas } from '../../processor/observe/quota.ts'
import { createRollup } from '../../processor/detect/rollup.ts'
import type { Rule } from '../../processor/detect/rule.ts'
import { explainError, GatelensError } from '../../runtime/errors.ts'
import { shapeBreach } from './breaches.ts'
import { readRecords } from './records.ts'
import type { LogFile, LogLines } from './records.ts'
import { RejectTally } from './rejects.ts'
import { shapeReport } from './shape.ts'
import type { FileShape, ReportShape } from './shape.ts'
import { Summary } from './summary.ts'

export interface ReportRequest {
  files: LogFile[]
  format: FormatName
  catalog: Catalog
  rules: Rule[]
  filter: FilterRules
  /** Most rows of each list. */
  top: number
  /** Told of every piece that was read from disk. */
  advance?: (bytes: number) => void
}

/**
 * Reads the files once, in order, through the processor's own stages, and says what was in them. A file that cannot be read
 * to its end is reported with its error; what was read of it counts.
 */
export async function runReport (request: ReportRequest): Promise<ReportShape> {
  const pass = createPass(request)
  const files: FileShape[] = []
  for (const file of request.files) files.push(await readFile(file, pass, request.advance))
  return pass.finish(files)
}

interface Pass {
  take (lines: LogLines, source: string): number
  finish (files: FileShape[]): ReportShape
}

function createPass ({ catalog, rules, top, ...stages }: ReportRequest): Pass {
  const { decode, locate, filter, enrich } = createStages({ catalog: () => catalog, privacy: privacySchema.parse({}), ...stages })
  const quotas = new Map(catalog.partners.map((partner) => [partner.name, partner.quotas]))
  const quotasOf = (name: string): Quotas => quotas.get(name) ?? {}
  const summary = new Summary(quotasOf)
  const rejects = new RejectTally()
  const rollup = createRollup(rules, catalog)
  let filtered = 0
  return {
    take: (lines, source) => {
      const located = locate(decodeAll(lines, source, decode, rejects))
      const kept = located.filter((event) => !filter(event))
      filtered += located.length - kept.length
      const events = enrich(kept)
      for (const event of events) summary.add(event)
      rollup.observe(events)
      return lines.records.length + lines.tooLong.length
    },
    finish: (files) => shapeReport(summary, {
      files,
      filtered,
      rejects: rejects.read(),
      breaches: rollup.breaches().map(shapeBreach),
      quotasOf,
      catalog: {
        endpoints: catalog.endpoints.length,
        services: catalog.services.size,
        partners: catalog.partners.length,
        problems: catalog.problems.filter((problem) => problem.severity === 'error').length,
      },
      top,
    }),
  }
}

async function readFile (file: LogFile, pass: Pass, advance?: (bytes: number) => void): Promise<FileShape> {
  let records = 0
  try {
    for await (const lines of readRecords(file, advance)) records += pass.take(lines, file.path)
    return { path: file.path, bytes: file.size, records, error: null }
  } catch (error) {
    if (!(error instanceof GatelensError) || error.code !== 'INPUT_UNREADABLE') throw error
    return { path: file.path, bytes: file.size, records, error: explainError(error) }
  }
}

function decodeAll (lines: LogLines, source: string, decode: Decoder, rejects: RejectTally): AccessEvent[] {
  for (const { offset, length } of lines.tooLong) {
    rejects.add({ reason: 'too_long', detail: `${length} bytes`, source, source_offset: offset, length })
  }
  const events: AccessEvent[] = []
  for (const record of lines.records) {
    const decoded: AccessEvent | Reject = decode(record, source)
    if (isReject(decoded)) rejects.add(decoded)
    else events.push(decoded)
  }
  return events
}
