import type { Catalog } from '../../processor/catalog/load.ts'
import type { Decoder } from '../../processor/contract.ts'
import type { FormatName } from '../../processor/decode/index.ts'
import type { AccessEvent, EnrichedEvent } from '../../processor/event.ts'
import { privacySchema } from '../../processor/enrich/privacy.ts'
import type { PrivacyOptions } from '../../processor/enrich/privacy.ts'
import type { FilterRules } from '../../processor/filter/filter.ts'
import { decodeRecords } from '../../processor/records.ts'
import { createStages } from '../../processor/stages.ts'
import { explainError, GatelensError } from '../../runtime/errors.ts'
import { readRecords } from './records.ts'
import type { LogFile, LogLines } from './records.ts'
import { RejectTally } from './rejects.ts'
import type { FileShape } from './shape.ts'

/** What one pass over logs reads, and how. */
export interface PassRequest {
  files: LogFile[]
  format: FormatName
  catalog: Catalog
  filter: FilterRules
  /** Without it a key is made for this pass alone. */
  privacy?: PrivacyOptions
  /** Told of every piece that was read from disk. */
  advance?: (bytes: number) => void
}

/** What became of the records that are no events. */
export interface PassResult { files: FileShape[], filtered: number, rejects: RejectTally }

/**
 * Reads the files once, in order, through the processor's own stages, and hands over the events batch by batch. A file that
 * cannot be read to its end is told with its error; what was read of it counts.
 */
export async function readLogs (request: PassRequest, observe: (events: EnrichedEvent[]) => void): Promise<PassResult> {
  const { catalog, format, filter: rules, privacy = privacySchema.parse({}) } = request
  const { decode, locate, filter, enrich } = createStages({ catalog: () => catalog, privacy, filter: rules, format })
  const result: PassResult = { files: [], filtered: 0, rejects: new RejectTally() }
  const take: Take = (lines, source) => {
    const located = locate(decodeAll(lines, source, decode, result.rejects))
    const kept = located.filter((event) => !filter(event))
    result.filtered += located.length - kept.length
    observe(enrich(kept))
    return lines.records.length + lines.tooLong.length
  }
  for (const file of request.files) result.files.push(await readFile(file, take, request.advance))
  return result
}

type Take = (lines: LogLines, source: string) => number

async function readFile (file: LogFile, take: Take, advance?: PassRequest['advance']): Promise<FileShape> {
  let records = 0
  try {
    for await (const lines of readRecords(file, advance)) records += take(lines, file.path)
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
  const decoded = decodeRecords(lines.records, source, decode, { events: [], rejects: [] })
  for (const reject of decoded.rejects) rejects.add(reject)
  return decoded.events
}
