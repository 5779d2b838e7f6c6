import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { StoreException } from './exception.ts'
import type { Multipart } from './multipart.ts'

export interface Credentials { user: string, password: string }

/** A query as it came over HTTP, before its text is read. */
export interface StoreRequest {
  credentials: Credentials
  /** The `query` parameter; the body follows it, after a line end. */
  query: string
  queryId: string
  database: string | undefined
  /** Output format unless the query names one. */
  format: string | undefined
  /** ClickHouse settings by name. */
  settings: Record<string, string>
  /** Values of `{name:Type}` placeholders, in the escaped text form of the interface. */
  params: Record<string, string>
  session: { id: string, seconds: number, mustExist: boolean } | undefined
  /** GET and HEAD may not change anything. */
  isRead: boolean
  /** The request forbids itself to change anything: `readonly=1` or `2` in the URL. */
  readOnly: boolean
  /** The body is in ClickHouse's block framing. */
  decompress: boolean
  /** The answer shall be in ClickHouse's block framing. */
  compress: boolean
  /** The answer shall not begin before the query has ended. */
  waitEndOfQuery: boolean
  /** Revision of ClickHouse's protocol that Native blocks of the answer shall have. */
  revision: number
}

/** Parameters that are not settings. */
const reserved = new Set(['query', 'database', 'default_format', 'user', 'password', 'quota_key', 'session_id', 'session_timeout', 'session_check',
  'close_session', 'query_id', 'compress', 'decompress', 'stacktrace', 'role', 'buffer_size', 'wait_end_of_query', 'client_protocol_version',
  'http_write_exception_in_output_format', 'readonly'])

/**
 * Reads URL and headers as the server's HTTP interface does (https://clickhouse.com/docs/interfaces/http); the fields
 * of a multipart body count like URL parameters.
 */
export function readRequest (request: IncomingMessage, multipart?: Multipart): StoreRequest {
  const url = new URL(request.url ?? '/', 'http://store')
  const all = new URLSearchParams([...url.searchParams, ...multipart?.fields ?? []])
  const ofTables = (multipart?.tables ?? []).flatMap(({ name }) => [`${name}_structure`, `${name}_types`, `${name}_format`])
  const header = (name: string): string | undefined => [request.headers[name]].flat()[0]
  return {
    credentials: readCredentials(request, all),
    query: all.get('query') ?? '',
    queryId: all.get('query_id') ?? header('x-clickhouse-query-id') ?? randomUUID(),
    database: nonEmpty(all.get('database') ?? header('x-clickhouse-database')),
    format: nonEmpty(all.get('default_format') ?? header('x-clickhouse-format')),
    settings: readSettings(all, new Set(ofTables)),
    params: Object.fromEntries([...all].filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice(6), value])),
    session: readSession(all),
    isRead: request.method !== 'POST',
    readOnly: ['1', '2'].includes(all.get('readonly') ?? ''),
    decompress: all.get('decompress') === '1',
    compress: all.get('compress') === '1',
    waitEndOfQuery: all.get('wait_end_of_query') === '1',
    revision: readRevision(all.get('client_protocol_version') ?? ''),
  }
}

/** User and password from the X-ClickHouse headers, else Basic auth, else the URL; nobody given is `default`. */
function readCredentials (request: IncomingMessage, params: URLSearchParams): Credentials {
  const user = [request.headers['x-clickhouse-user']].flat()[0]
  const key = [request.headers['x-clickhouse-key']].flat()[0]
  const { authorization } = request.headers
  if (user !== undefined || key !== undefined) {
    if (authorization !== undefined) throw new StoreException('AUTHENTICATION_FAILED', 'Invalid authentication: it is not allowed to use X-ClickHouse HTTP headers and Authorization HTTP header simultaneously')
    return { user: nonEmpty(user) ?? 'default', password: key ?? '' }
  }
  if (authorization === undefined) return { user: nonEmpty(params.get('user')) ?? 'default', password: params.get('password') ?? '' }
  const found = /^basic\s+(.*)$/i.exec(authorization)
  if (found === null) throw new StoreException('AUTHENTICATION_FAILED', 'Invalid authentication: only Basic is supported in the Authorization HTTP header')
  const [, name = '', password = ''] = /^([^:]*):?([\s\S]*)$/.exec(Buffer.from(found[1] ?? '', 'base64').toString('utf8')) ?? []
  return { user: name === '' ? 'default' : name, password }
}

function readSettings (params: URLSearchParams, others: ReadonlySet<string>): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const [name, value] of params) {
    if (reserved.has(name) || others.has(name) || name.startsWith('param_')) continue
    if (!/^\w+$/.test(name)) throw new StoreException('UNKNOWN_SETTING', `Unknown setting '${name}'`)
    settings[name] = value
  }
  return settings
}

function readRevision (text: string): number {
  if (text === '') return 0
  if (!/^\d{1,9}$/.test(text)) throw new StoreException('BAD_ARGUMENTS', `client_protocol_version is a whole number, not '${text.slice(0, 40)}'`)
  return Number(text)
}

function readSession (params: URLSearchParams): StoreRequest['session'] {
  const id = nonEmpty(params.get('session_id'))
  if (id === undefined) return undefined
  const seconds = Number(params.get('session_timeout') ?? 60)
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw new StoreException('INVALID_SESSION_TIMEOUT', `Invalid session timeout: '${params.get('session_timeout') ?? ''}'`, 374)
  }
  return { id, seconds, mustExist: params.get('session_check') === '1' }
}

function nonEmpty (text: string | null | undefined): string | undefined {
  return text === null || text === undefined || text === '' ? undefined : text
}
