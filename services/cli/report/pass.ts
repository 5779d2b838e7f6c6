import type { Catalog } from '../../processor/catalog/load.ts'
import type { Decoded, Decoder } from '../../processor/contract.ts'
import type { EnrichedEvent, Reject } from '../../processor/event.ts'
import { privacySchema } from '../../processor/enrich/privacy.ts'
import type { PrivacyOptions } from '../../processor/enrich/privacy.ts'
import type { FilterRules } from '../../processor/filter/filter.ts'
import type { FormatConfig } from '../../processor/format.ts'
import type { FramingConfig } from '../../processor/framing.ts'
import { createRoutes } from '../../processor/inference.ts'
import type { NormalizeConfig } from '../../processor/normalize/bounds.ts'
import { inferWith } from '../../processor/normalize/normalize.ts'
import { decodeRecords } from '../../processor/records.ts'
import { createInputDecoder, createStages } from '../../processor/stages.ts'
import { explainError, GatelensError } from '../../runtime/errors.ts'
import { readRecords } from './records.ts'
import type { LogFile, LogLines } from './records.ts'
import { RejectTally } from './rejects.ts'
import { Repeats } from './repeats.ts'
import type { FileShape } from './shape.ts'
import { explainUnread } from './unread.ts'

/** What one pass over logs reads, and how. */
export interface PassRequest {
  files: LogFile[]
  /** Of the files that have none of their own. */
  format: FormatConfig
  /** Of the files that have none of their own; `auto` without it. */
  framing?: FramingConfig
  catalog: Catalog
  filter: FilterRules
  /** Without it a key is made for this pass alone. */
  privacy?: PrivacyOptions
  /** Count a request id that the gateway gave once, however often it comes. */
  once?: boolean
  /** How many routes may be inferred; the defaults without it. */
  normalize?: NormalizeConfig
  /** Told of every piece that was read from disk. */
  advance?: (bytes: number) => void
}

/** What became of the records that are no events. `unread` says of each file that is not understood what it looks like. */
export interface PassResult { files: FileShape[], filtered: number, repeated: number, rejects: RejectTally, unread: string[] }

/**
 * Reads the files once, in order, through the processor's own stages, and hands over the events batch by batch. A file that
 * cannot be read to its end is told with its error; what was read of it counts.
 */
export async function readLogs (request: PassRequest, observe: (events: EnrichedEvent[]) => void): Promise<PassResult> {
  const { catalog, format, filter: rules, privacy = privacySchema.parse({}) } = request
  const inference = createRoutes(request.normalize?.inference, { knows: request.catalog.knows, names: privacy.names })
  const { normalize, filter, enrich } = createStages({ catalog: () => catalog, privacy, filter: rules, infer: inferWith(inference) })
  const result: PassResult = { files: [], filtered: 0, repeated: 0, rejects: new RejectTally(), unread: [] }
  const repeats = request.once === true ? new Repeats() : undefined
  const take: Take = (lines, source, decoder) => {
    const decoded = decodeAll(lines, source, decoder)
    for (const reject of decoded.rejects) result.rejects.add(reject)
    // Only an id that the gateway gave says that it is one request; without one, two equal lines are two.
    const fresh = repeats === undefined ? decoded.events : decoded.events.filter((event) => event.request_id === '' || !repeats.add(event.event_id))
    result.repeated += decoded.events.length - fresh.length
    const normalized = normalize(fresh)
    const kept = normalized.filter((event) => !filter(event))
    result.filtered += normalized.length - kept.length
    observe(enrich(kept))
    return { events: decoded.events.length, rejects: decoded.rejects }
  }
  for (const file of request.files) {
    const own = file.format ?? format
    const framing = file.framing ?? request.framing
    const decoder = createInputDecoder(own, privacy, framing)
    const { shape, first } = await readFile({ ...file, framing }, (lines, source) => take(lines, source, decoder), request.advance)
    result.files.push(shape)
    if (first !== undefined && shape.records === shape.rejected) result.unread.push(explainUnread(file.path, first, own.type))
  }
  return result
}

type Take = (lines: LogLines, source: string, decoder: Decoder) => Taken

interface Taken { events: number, rejects: readonly Reject[] }

async function readFile (file: LogFile, take: (lines: LogLines, source: string) => Taken, advance?: PassRequest['advance']): Promise<{ shape: FileShape, first: Reject | undefined }> {
  const shape: FileShape = { path: file.path, bytes: file.size, records: 0, rejected: 0, error: null }
  let first: Reject | undefined
  try {
    for await (const lines of readRecords(file, file.framing, advance)) {
      const { events, rejects } = take(lines, file.path)
      first ??= rejects[0]
      shape.records += events + rejects.length
      shape.rejected += rejects.length
    }
  } catch (error) {
    if (!(error instanceof GatelensError) || error.code !== 'INPUT_UNREADABLE') throw error
    shape.error = explainError(error)
  }
  return { shape, first }
}

function decodeAll (lines: LogLines, source: string, decoder: Decoder): Decoded {
  const tooLong = lines.tooLong.map(({ offset, length }): Reject =>
    ({ reason: 'too_long', detail: `${length} bytes`, source, source_offset: offset, length }))
  return decodeRecords(lines.records, source, decoder, { events: [], rejects: tooLong })
}
