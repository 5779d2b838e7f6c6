import { ClickHouseError } from '@clickhouse/client'
import { GatelensError, messageOf } from '../../runtime/errors.ts'
import type { Reject } from '../event.ts'
import type { TablePart } from './table-part.ts'
import { readRows } from './rows.ts'

/**
 * ClickHouse's codes for values that it cannot take (src/Common/ErrorCodes.cpp): a batch with such a value is split
 * until the bad rows stand alone.
 */
const contentCodes = new Set([
  '6', '25', '26', '27', '33', '38', '41', '53', '69', '70', '72', '117', '131', '321', '349', '376', '395', '407', '441', '442',
  '467', '469', '675', '676', '691',
])

/** UNKNOWN_TABLE, UNKNOWN_DATABASE. */
const schemaCodes = new Set(['60', '81'])

/** UNKNOWN_FUNCTION, SYNTAX_ERROR, UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, ACCESS_DENIED, AUTHENTICATION_FAILED. */
const finalCodes = new Set(['46', '62', '192', '193', '194', '497', '516'])

/** What a failed insert means: rows that cannot be taken, tables that are gone, or a store that takes nothing now. */
export type Failure = 'content' | 'schema' | 'unavailable'

/** Tells what a failed insert means; what is not known to be final may pass, and is tried again. */
export function classify (error: unknown): Failure {
  if (!(error instanceof ClickHouseError)) return 'unavailable'
  if (contentCodes.has(error.code)) return 'content'
  // TOO_MANY_PARTS stands for two things: rows of too many days in one insert, and merges that lag behind.
  if (error.code === '252' && /single INSERT block/i.test(error.message)) return 'content'
  return schemaCodes.has(error.code) ? 'schema' : 'unavailable'
}

/**
 * True when a store that works refused an insert: for a row, for tables that are gone, or for a view that somebody hung on
 * a table of ours. Which of these it is shows when the rows go in without views.
 */
export function isOfContent (error: unknown): boolean {
  return classify(error) !== 'unavailable' || viewOf(error) !== undefined
}

/** The view that an insert failed in, as the engine names it. */
export function viewOf (error: unknown): string | undefined {
  if (!(error instanceof ClickHouseError)) return undefined
  return /while pushing to view ([^\s,:;()]+?)\.?(?=[\s,:;()]|$)/.exec(error.message)?.[1]
}

/** True for what only a person can mend before anything can be written: a newer schema, wrong credentials, too old a server. */
export function isFatal (error: unknown): boolean {
  if (error instanceof GatelensError && error.code === 'STORE_REFUSED') return isFinal(error.cause)
  return error instanceof GatelensError ? !error.retriable : isFinal(error)
}

function isFinal (error: unknown): boolean {
  return error instanceof ClickHouseError && finalCodes.has(error.code)
}

/** The reject of a part's only row, which the store refused: where its record is, and the engine's reason without any value. */
export function refuse (part: TablePart, error: unknown): Reject {
  const [row = []] = readRows(part, part.columns)
  const valueOf = (column: string): unknown => row[part.columns.indexOf(column)]
  return {
    reason: 'refused_by_store',
    detail: describeRefusal(error, part.columns, row),
    source: String(valueOf('source')),
    source_offset: Number(valueOf('source_offset')),
    length: 0,
  }
}

/**
 * The engine's message with everything that may quote the row cut out: literals, numbers, the dump of the row, and each word
 * that stands in one of its `values`. Some messages quote without a mark, or do not escape the marks in what they quote.
 */
export function describeRefusal (error: unknown, columns: readonly string[], values: readonly unknown[] = []): string {
  const message = messageOf(error)
  const kind = error instanceof ClickHouseError ? `${error.type ?? 'ERROR'} (${error.code})` : 'ERROR'
  const texts = values.flatMap((value) => typeof value === 'object' ? Object.entries(value ?? {}).flat() : String(value))
  const reason = message
    .replace(/(: )?(\(at row|Row \d|Column \d|while (executing|processing|reading|converting)|before:|Stack trace|\(?version ).*$/s, '')
    .replace(/[^\s:,;()"'`‘“”’\\]{3,}/g, (word) => texts.some((text) => text.includes(word)) ? '…' : word)
    .replace(/(["'`‘“])(?:\\.|(?!\1)[^\\])*(["'`’”]|$)/gs, '…')
    .replace(/[^\s:,;()]*\d[^\s:,;()]*/g, '…')
  const column = columnOf(message, columns)
  return `${kind}${column === '' ? '' : `, column ${column}`}: ${reason.trim().slice(0, 200)}`
}

/** A block is converted column by column; a constraint tells which columns it looked at. */
function columnOf (message: string, columns: readonly string[]): string {
  const converted = [...message.matchAll(/while converting column ["`](\w+)["`] from type/g)].at(-1)?.[1]
  const name = converted ?? /Column values: (\w+) = /.exec(message)?.[1] ?? ''
  return columns.includes(name) ? name : ''
}
