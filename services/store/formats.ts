import type { StoreRequest } from './request.ts'
import { knownFormat } from './authorize/statement.ts'
import type { Registry } from './authorize/registry.ts'

/** Media types by output format, as the server sends them; everything else that is text is text/plain. */
const mediaTypes: Record<string, string> = {
  TabSeparated: 'text/tab-separated-values; charset=UTF-8',
  TSV: 'text/tab-separated-values; charset=UTF-8',
  TabSeparatedWithNames: 'text/tab-separated-values; charset=UTF-8',
  TabSeparatedWithNamesAndTypes: 'text/tab-separated-values; charset=UTF-8',
  TSVWithNames: 'text/tab-separated-values; charset=UTF-8',
  TSVWithNamesAndTypes: 'text/tab-separated-values; charset=UTF-8',
  CSV: 'text/csv; charset=UTF-8; header=absent',
  CSVWithNames: 'text/csv; charset=UTF-8; header=present',
  CSVWithNamesAndTypes: 'text/csv; charset=UTF-8; header=present',
  JSON: 'application/json; charset=UTF-8',
  JSONStrings: 'application/json; charset=UTF-8',
  JSONCompact: 'application/json; charset=UTF-8',
  JSONCompactStrings: 'application/json; charset=UTF-8',
  JSONColumns: 'application/json; charset=UTF-8',
  JSONCompactColumns: 'application/json; charset=UTF-8',
  JSONColumnsWithMetadata: 'application/json; charset=UTF-8',
  JSONObjectEachRow: 'application/json; charset=UTF-8',
  JSONEachRow: 'application/x-ndjson; charset=UTF-8',
  JSONLines: 'application/x-ndjson; charset=UTF-8',
  NDJSON: 'application/x-ndjson; charset=UTF-8',
  JSONStringsEachRow: 'application/x-ndjson; charset=UTF-8',
  JSONCompactEachRow: 'application/x-ndjson; charset=UTF-8',
  JSONCompactEachRowWithNames: 'application/x-ndjson; charset=UTF-8',
  JSONCompactEachRowWithNamesAndTypes: 'application/x-ndjson; charset=UTF-8',
  JSONEachRowWithProgress: 'application/x-ndjson; charset=UTF-8',
  XML: 'application/xml; charset=UTF-8',
  HTML: 'text/html; charset=UTF-8',
  Markdown: 'text/markdown; charset=UTF-8',
  Native: 'application/octet-stream',
  RowBinary: 'application/octet-stream',
  RowBinaryWithNames: 'application/octet-stream',
  RowBinaryWithNamesAndTypes: 'application/octet-stream',
  Parquet: 'application/octet-stream',
  Arrow: 'application/octet-stream',
  ArrowStream: 'application/octet-stream',
  ORC: 'application/octet-stream',
  Avro: 'application/octet-stream',
  MsgPack: 'application/octet-stream',
  BSONEachRow: 'application/octet-stream',
  Npy: 'application/octet-stream',
}

/** The media type of an output format. */
export function mediaType (format: string): string {
  return mediaTypes[format] ?? 'text/plain; charset=UTF-8'
}

/**
 * The one place where the format of an answer is chosen: what the query names, else what the request prefers, else
 * TabSeparated. Throws UNKNOWN_FORMAT for one that is not on the list.
 */
export function outputFormat (format: string | undefined, request: StoreRequest, registry: Registry): string {
  return format ?? knownFormat(request.format ?? 'TabSeparated', registry)
}
