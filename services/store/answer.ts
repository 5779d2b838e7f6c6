import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { httpStatus, exceptionText } from './exception.ts'
import type { StoreException } from './exception.ts'
import { mediaType } from './formats.ts'
import type { Outcome } from './engine.ts'

/** Sets the headers that every answer to a query bears. */
export function setCommonHeaders (response: ServerResponse, values: { queryId: string, timezone: string }): void {
  response.setHeader('X-ClickHouse-Server-Display-Name', 'gatelens')
  response.setHeader('X-ClickHouse-Query-Id', values.queryId)
  response.setHeader('X-ClickHouse-Timezone', values.timezone)
  response.setHeader('Access-Control-Expose-Headers',
    'X-ClickHouse-Query-Id,X-ClickHouse-Summary,X-ClickHouse-Server-Display-Name,X-ClickHouse-Format,X-ClickHouse-Timezone,X-ClickHouse-Exception-Code')
}

/** Sets the headers of an answer that has rows. */
export function setFormatHeaders (response: ServerResponse, format: string, encoding: string): void {
  response.setHeader('Content-Type', mediaType(format))
  response.setHeader('X-ClickHouse-Format', format)
  if (encoding !== 'none') response.setHeader('Content-Encoding', encoding)
}

/**
 * Sets `X-ClickHouse-Summary`: numbers as strings, as the server writes them. The engine tells this process rows and
 * bytes of the result (of an INSERT: what was written); what it scanned for them is known from formats that end with
 * statistics, and else taken to be the same. Without an outcome (an answer that
 * begins before its query has ended) all are 0.
 */
export function setSummary (response: ServerResponse, outcome: Outcome | undefined, kind: 'read' | 'written'): void {
  const rows = String(outcome?.rows ?? 0)
  const bytes = String(outcome?.bytes ?? 0)
  const scanned = outcome?.scanned ?? outcome
  response.setHeader('X-ClickHouse-Summary', JSON.stringify({
    read_rows: String(scanned?.rows ?? 0),
    read_bytes: String(scanned?.bytes ?? 0),
    written_rows: kind === 'written' ? rows : '0',
    written_bytes: kind === 'written' ? bytes : '0',
    total_rows_to_read: String(scanned?.rows ?? 0),
    result_rows: rows,
    result_bytes: bytes,
    elapsed_ns: String(Math.round((outcome?.seconds ?? 0) * 1e9)),
  }))
}

/** Answers with an error: its text, its HTTP status and `X-ClickHouse-Exception-Code`. */
export function sendException (response: ServerResponse, error: StoreException, version: string): void {
  response.removeHeader('Content-Encoding')
  response.removeHeader('X-ClickHouse-Exception-Tag')
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  response.setHeader('X-ClickHouse-Exception-Code', String(error.code))
  const status = httpStatus(error.code)
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"')
  const text = exceptionText(error, version)
  response.setHeader('Content-Length', Buffer.byteLength(text))
  response.writeHead(status).end(text)
}

/** A random tag that marks an exception inside a body which has begun; it goes out as `X-ClickHouse-Exception-Tag`. */
export function createExceptionTag (): string {
  return randomBytes(8).toString('hex')
}

/** The end of a body that an exception cuts, as the server writes it since 25.11; the connection is closed after it. */
export function exceptionTail (error: StoreException, version: string, tag: string): string {
  const text = exceptionText(error, version)
  return `\r\n__exception__\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`
}
