import type { RawRecord } from '../contract.ts'
import type { AccessEvent } from '../event.ts'
import { blankEvent } from './blank-event.ts'
import { durationMs, roundMs, sizeOf, wholeWithin } from './field.ts'
import type { Refusal } from './field.ts'
import { readRequestLine } from './http-line.ts'
import { cacheStatus, hostOf, nearestLimit, readTraceparent, splitUrl, tlsVersion, traceId } from './http.ts'
import { eventId } from './identity.ts'
import type { LabelPicker } from './labels.ts'
import { lastOfList, lengthOfList } from './list.ts'
import { readClfTime, readInstant } from './time.ts'

/** The value of a variable in the line that was read last; '' when the format or the line does not have it. */
export type Get = (name: string) => string

/** What a decoder of nginx's lines knows of their format. */
export interface LineContext {
  get: Get
  has: (name: string) => boolean
  /** Variables that hold fields of an event by the owner's word. */
  own: ReadonlyArray<readonly [OwnField, string]>
  /** Request headers for labels, and response headers that tell of limits: header name and variable. */
  headers: ReadonlyArray<readonly [string, string]>
  limits: ReadonlyArray<readonly [string, string]>
  labels: LabelPicker
}

/** Fields that nginx itself knows nothing of. */
export const ownFields = [
  'consumer', 'consumer_id', 'consumer_custom_id', 'credential_id', 'gateway_service', 'gateway_route', 'node', 'host', 'client_ip', 'request_id',
  'trace_id', 'span_id', 'limit_name', 'upstream_target',
] as const satisfies ReadonlyArray<keyof AccessEvent>
/** One of {@link ownFields}. */
export type OwnField = typeof ownFields[number]

/** Makes an event of the line that was read last. nginx logs at the end of a request: its start is that less its duration. */
export function toEvent (context: LineContext, record: RawRecord, source: string): AccessEvent | Refusal {
  const { get } = context
  const status = readStatus(get('status'))
  if (typeof status === 'object') return status
  const ended = readEnd(get)
  if (typeof ended === 'object') return ended
  const line = readTarget(get, status)
  if ('reason' in line) return line
  const event = blankEvent('nginx', record, source)
  const duration = seconds(get('request_time'))
  event.time = duration === null ? ended : roundMs(ended - duration)
  event.method = line.method
  event.target = line.target
  event.status = status
  event.duration_ms = duration
  addUpstream(event, context)
  addCaller(event, get)
  addSizes(event, get)
  addTrace(event, get)
  addLimits(event, context)
  event.node = get('hostname')
  event.gateway_service = serviceOf(get('proxy_upstream_name'))
  for (const [field, name] of context.own) event[field] = given(get(name)) || event[field]
  event.host = hostOf(event.host)
  event.labels = context.labels(Object.fromEntries(context.headers.map(([header, name]) => [header, given(get(name))])), line.target)
  const own = given(get('request_id'))
  event.request_id = event.request_id || own || given(get('req_id')) || given(get('http_x_request_id'))
  event.event_id = eventId(own, event, record.bytes)
  return event
}

/** nginx writes `-` for what there is not, and nothing with `escape=json`. */
function given (value: string): string {
  return value === '-' ? '' : value
}

/** nginx counts in seconds. */
function seconds (value: string): number | null {
  return durationMs(value, 1000)
}

/** 000 stands for no answer, and 009 for a request of HTTP/0.9 that got none. */
function readStatus (value: string): number | Refusal {
  if (given(value) === '') return { reason: 'missing_field', detail: '$status' }
  const status = wholeWithin(value, 999)
  return status === null ? { reason: 'invalid_field', detail: '$status is no status' } : status < 100 ? 0 : status
}

/** The end of the request, epoch ms, from the variable that tells it best. */
function readEnd (get: Get): number | Refusal {
  const name = ['msec', 'time_iso8601', 'time_local'].find((variable) => given(get(variable)) !== '')
  if (name === undefined) return { reason: 'missing_field', detail: 'the time ($msec, $time_iso8601 or $time_local)' }
  const instant = name === 'time_local' ? readClfTime(get(name)) : readInstant(get(name))
  return typeof instant === 'number' ? instant : { reason: 'invalid_field', detail: `$${name} ${instant}` }
}

/** A request line that nginx could not read (400, 414, …) is logged empty or as its bytes: such a request has no path. */
function readTarget (get: Get, status: number): { method: string, target: string } | Refusal {
  const line = readRequestLine(get('request'))
  const method = line.method || readRequestLine(get('request_method')).method
  const target = given(get('request_uri')) || line.target || joinTarget(get)
  const isUnread = status === 0 || status >= 400
  if (method === '' && !isUnread) return { reason: 'missing_field', detail: 'the method of the request' }
  if (target === '' && !isUnread) return { reason: 'missing_field', detail: 'the path of the request' }
  return { method, target }
}

/** `$uri` is decoded: what would end a path in a target is encoded again. */
function joinTarget (get: Get): string {
  const path = given(get('uri')) || given(get('document_uri'))
  const query = given(get('args')) || given(get('query_string'))
  const encoded = path.replace(/[?#% ]/g, encodeURIComponent)
  return query === '' ? encoded : `${encoded}?${query}`
}

const defaultBackend = 'upstream-default-backend'
const upstreamLists = ['upstream_addr', 'upstream_status', 'upstream_response_time'] as const

/** One entry for each attempt. As with Kong, the upstream's time is that of the answer; failed attempts are the gateway's. */
function addUpstream (event: AccessEvent, { get, has }: LineContext): void {
  if (!upstreamLists.some(has)) return
  event.attempts = Math.min(255, Math.max(...upstreamLists.map((name) => lengthOfList(get(name)))))
  event.upstream_status = wholeWithin(lastOfList(get('upstream_status')), 999)
  event.upstream_ms = seconds(lastOfList(get('upstream_response_time')))
  event.upstream_address = lastOfList(get('upstream_addr'))
  if (event.duration_ms !== null && (event.upstream_ms !== null || event.attempts === 0)) {
    event.gateway_ms = Math.max(0, roundMs(event.duration_ms - (event.upstream_ms ?? 0)))
  }
  const headerTime = has('upstream_header_time') ? lastOfList(get('upstream_header_time')) : undefined
  event.response_source = get('proxy_upstream_name') === defaultBackend ? 'gateway' : sourceOf(event, has('upstream_status'), headerTime)
}

/**
 * nginx tells its own 502 and 504 as the status of the upstream, too: what came from there had a header. It makes 304 and 206 of
 * an upstream's 200.
 */
function sourceOf (
  { attempts, status, upstream_status }: AccessEvent, tellsStatus: boolean, headerTime: string | undefined
): AccessEvent['response_source'] {
  if (attempts === 0) return 'gateway'
  if (!tellsStatus) return ''
  if (upstream_status === 200 && (status === 304 || status === 206)) return 'upstream'
  if (upstream_status !== status || headerTime === '') return 'gateway'
  return headerTime === undefined && (status === 502 || status === 504) ? 'gateway' : 'upstream'
}

/** The name of Basic authentication is what the client says: of a request that was refused for it, it is nobody's. */
function addCaller (event: AccessEvent, get: Get): void {
  if (event.status !== 401) event.consumer = given(get('remote_user'))
  event.client_ip = given(get('remote_addr'))
  event.user_agent_original = given(get('http_user_agent'))
  const { scheme, authority } = splitUrl(event.target.startsWith('/') ? '' : event.target)
  const tls = given(get('ssl_protocol'))
  event.tls_version = tlsVersion(tls)
  event.scheme = schemeOf(get('scheme') || scheme, tls !== '' || get('https') === 'on')
  event.host = given(get('host')) || given(get('http_host')) || authority
}

function schemeOf (scheme: string, isSecure: boolean): string {
  if (scheme === 'http' || scheme === 'https') return scheme
  return isSecure ? 'https' : ''
}

function addSizes (event: AccessEvent, get: Get): void {
  event.request_bytes = sizeOf(get('request_length'))
  event.response_bytes = sizeOf(get('bytes_sent') || get('body_bytes_sent'))
}

/** `$otel_…` is nginx's own module, `$opentelemetry_…` that of its predecessor and of ingress-nginx. */
function addTrace (event: AccessEvent, get: Get): void {
  const parent = readTraceparent(given(get('http_traceparent')))
  const trace = traceId(given(get('otel_trace_id') || get('opentelemetry_trace_id') || get('http_x_b3_traceid')))
  event.trace_id = trace || parent.trace
  if (trace === '' || trace === parent.trace) event.span_id = parent.span
}

function addLimits (event: AccessEvent, { get, limits }: LineContext): void {
  const headers = Object.fromEntries(limits.map(([header, name]) => [header, given(get(name))]))
  const limit = nearestLimit(headers)
  event.limit_name = limit?.name ?? ''
  event.limit = limit?.limit ?? null
  event.remaining = limit?.remaining ?? null
  event.rate_limited = get('limit_req_status') === 'REJECTED' || get('limit_conn_status') === 'REJECTED' ||
    (event.status === 429 && event.response_source !== 'upstream')
  event.cache_status = cacheStatus(given(get('upstream_cache_status')))
}

/** ingress-nginx names `<namespace>-<service>-<port>`; its own locations, and what answers where no rule fits, are no service. */
function serviceOf (name: string): string {
  return name === '-' || name === 'internal' || name === defaultBackend ? '' : name
}
