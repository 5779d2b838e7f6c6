/**
 * Kong Gateway 3.x: the record that `kong.log.serialize()` makes for file-log, http-log, tcp-log, kafka-log and the others.
 * https://developer.konghq.com/gateway/pdk/reference/kong.log/ and kong/pdk/log.lua. Every key may be absent, renamed
 * or added by plugins and by `custom_fields_by_lua`.
 */
import { z } from 'zod'
import type { Decode, RawRecord } from '../contract.ts'
import type { AccessEvent } from '../event.ts'
import { blankEvent } from './blank-event.ts'
import { defineDecoder } from './definition.ts'
import { durationMs, isObject, numberOf, objectOf, sizeOf, textOf, wholeWithin } from './field.ts'
import type { Refusal } from './field.ts'
import { cacheStatus, decimalTraceId, hostOf, nearestLimit, readTraceparent, splitUrl, tlsVersion, traceId } from './http.ts'
import { eventId } from './identity.ts'
import { readSlots } from './json.ts'
import { nameOf, readCaller } from './kong-caller.ts'
import { isNone, readLatencies } from './kong-latencies.ts'
import { slotsOf } from './kong-slots.ts'
import type { Entry } from './kong-slots.ts'
import { createLabelPicker } from './labels.ts'
import type { LabelOptions, LabelPicker } from './labels.ts'
import { reject } from './reject.ts'
import { planSlots } from './slots.ts'
import { readInstant } from './time.ts'

/** Kong's records, one JSON object each. Choices that the records leave open are told at each field. */
export const kong = defineDecoder({ name: 'kong', options: z.strictObject({}), framing: 'json', create: (_, labels) => createDecode(labels) })

function createDecode (options: LabelOptions): Decode {
  const labels = createLabelPicker(options)
  const plan = planSlots(slotsOf(options), ['request.headers', 'response.headers'])
  const { values } = plan
  return (record, source) => {
    const refusal = readSlots(record.bytes, plan)
    if (refusal !== undefined) return reject(refusal, record, source)
    const core = readCore(values)
    return 'reason' in core ? reject(core, record, source) : toEvent(values, core, labels, record, source)
  }
}

/** What a record must have to be a request. */
interface Core { method: string, target: string, status: number, time: number }

function readCore (entry: Entry): Core | Refusal {
  // TCP and TLS sessions have the same serializer but no request.
  if (entry.request === undefined && entry.session === true) return { reason: 'not_a_request', detail: 'a stream session' }
  const status = numberOf(entry.status)
  const time = readInstant(entry.startedAt)
  const unread = isUnread(entry, status)
  const target = readTarget(entry, unread)
  return faultOfText('request.method', unread ? entry.method || ' ' : entry.method) ?? faultOfText('request.uri', unread ? target || ' ' : target) ??
    faultOfStatus(status) ?? faultOfTime(time) ??
    { method: textOf(entry.method), target: String(target), status: Number(status), time: Number(time) }
}

/** A request line that nginx itself refused (400, 414, 494, …): Kong logs it without a path, and it may lack the method too. */
function isUnread (entry: Entry, status: number | null): boolean {
  return entry.uri === '' && status !== null && status >= 400 && isByKong(entry)
}

/** Kong joins `url` of scheme, host, port and `uri`, so that it tells the path where `uri` does not. */
function readTarget ({ uri, url }: Entry, unread: boolean): unknown {
  if (!isMissing(uri) || typeof url !== 'string') return uri
  const { authority, target } = splitUrl(url)
  if (target.startsWith('/') || authority === '' || (target === '' && unread)) return target
  // An empty path is the path `/` (RFC 9110 §4.2.3).
  return `/${target}`
}

function isMissing (value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === '-'
}

function faultOfTime (time: number | string): Refusal | undefined {
  if (typeof time === 'number') return undefined
  return time === 'is missing' ? { reason: 'missing_field', detail: 'started_at' } : { reason: 'invalid_field', detail: `started_at ${time}` }
}

function faultOfText (path: string, value: unknown): Refusal | undefined {
  if (isMissing(value)) return { reason: 'missing_field', detail: path }
  return typeof value === 'string' ? undefined : { reason: 'invalid_field', detail: `${path} is no text` }
}

function faultOfStatus (status: number | null): Refusal | undefined {
  return faultOfNumber('response.status', status, 0, 999) ??
    (Number.isInteger(status) ? undefined : { reason: 'invalid_field', detail: 'response.status is no whole number' })
}

function faultOfNumber (path: string, value: number | null, min: number, max: number): Refusal | undefined {
  if (value === null) return { reason: 'missing_field', detail: path }
  if (Number.isNaN(value)) return { reason: 'invalid_field', detail: `${path} is no number` }
  return value >= min && value <= max ? undefined : { reason: 'invalid_field', detail: `${path} is out of range` }
}

function toEvent (entry: Entry, core: Core, labels: LabelPicker, record: RawRecord, source: string): AccessEvent {
  const caller = readCaller(entry)
  const trace = readTrace(entry)
  const latencies = readLatencies({ request: entry.latency, kong: entry.kong, proxy: entry.proxy, receive: entry.receive })
  const upstream = readUpstream(entry, latencies.upstream)
  const madeBy = responseSource(entry, upstream.attempts)
  const limit = nearestLimit(objectOf(entry.limits))
  const own = textOf(entry.id) || textOf(entry.headerId)
  const event = blankEvent('kong', record, source)
  event.time = core.time
  // A correlation id may come from the client, who may send one id with many requests.
  event.request_id = own || textOf(entry.correlationId)
  event.trace_id = trace.trace
  event.span_id = trace.span
  event.method = core.method
  event.scheme = schemeOf(textOf(entry.url), entry.tls)
  event.host = hostOf(textOf(entry.host)) || hostOf(splitUrl(textOf(entry.url)).authority)
  event.target = core.target
  event.upstream_target = textOf(entry.upstreamUri)
  event.gateway_service = nameOf(entry.service, 'name', 'host', 'id')
  event.gateway_route = nameOf(entry.route, 'name', 'id')
  event.consumer = caller.name
  event.consumer_id = caller.id
  event.consumer_custom_id = caller.customId
  event.anonymous = caller.anonymous
  event.credential_id = caller.credential
  event.client_ip = textOf(entry.clientIp)
  event.user_agent_original = textOf(entry.agent)
  event.status = core.status
  event.upstream_status = upstream.status
  event.response_source = madeBy
  event.duration_ms = latencies.total
  event.upstream_ms = latencies.upstream
  event.gateway_ms = latencies.gateway
  event.request_bytes = sizeOf(entry.requestSize)
  event.response_bytes = sizeOf(entry.responseSize)
  event.attempts = upstream.attempts
  event.upstream_address = upstream.address
  event.rate_limited = madeBy === 'gateway' && isLimited(core.status, entry, limit?.remaining)
  event.limit_name = limit?.name ?? ''
  event.limit = limit?.limit ?? null
  event.remaining = limit?.remaining ?? null
  event.cache_status = cacheStatus(textOf(entry.cacheStatus))
  event.tls_version = tlsVersion(textOf(objectOf(entry.tls).version))
  event.labels = labels(objectOf(entry.allowed), core.target)
  event.event_id = eventId(own, event, record.bytes)
  return event
}

/** The formats besides that of the W3C, which comes first, and in most logs alone. */
const hexFormats = ['b3', 'b3Single', 'ot', 'jaeger', 'gcp', 'instana', 'aws'] as const

/** The span is that of the header `traceparent`, as long as it is of the same trace. */
function readTrace (entry: Entry): { trace: string, span: string } {
  const header = textOf(entry.traceparent)
  const trace = typeof entry.trace === 'string' ? traceId(entry.trace) : entry.trace === undefined ? '' : traceOf(entry)
  if (trace !== '' && isOther(header, trace)) return { trace, span: '' }
  const parent = readTraceparent(header)
  return trace === '' || trace === parent.trace ? parent : { trace, span: '' }
}

/** True when the trace of the header is surely another one, as two digits tell of nearly all. */
function isOther (header: string, trace: string): boolean {
  return (header.charCodeAt(3) | 0x20) !== trace.charCodeAt(0) || (header.charCodeAt(4) | 0x20) !== trace.charCodeAt(1)
}

function traceOf (entry: Entry): string {
  const own = traceId(textOf(entry.w3c))
  if (own !== '') return own
  for (const format of hexFormats) {
    const id = traceId(textOf(entry[format]))
    if (id !== '') return id
  }
  return decimalTraceId(textOf(entry.datadog))
}

interface Upstream { status: number | null, attempts: number | null, address: string }

/**
 * `upstream_status` is nginx' list: `502, 200` after a retry, `500, 200 : 200, 200` after an internal redirect; its last
 * entry is final. A shipper may have split it into an array. Attempts are what the longer of that list and `tries` says. A
 * record without both gives no number of them, unless it says that nothing was proxied.
 */
function readUpstream (entry: Entry, ms: number | null): Upstream {
  const { upstreamStatus: given } = entry
  const statuses = Array.isArray(given) ? given.map((item) => textOf(item) || '-').join() : textOf(given)
  const list = statuses.includes(',') || statuses.includes(':') ? statuses.split(/[,:]/) : undefined
  const tries = typeof entry.tries === 'number' ? entry.tries : undefined
  const seen = Math.max(list?.length ?? (statuses === '' ? 0 : 1), tries ?? 0)
  const isProxied = ms !== null || !(isNone(entry.proxy) || tries !== undefined)
  return {
    status: wholeWithin(list === undefined ? statuses : list.at(-1), 999),
    attempts: seen === 0 && isProxied ? null : Math.min(255, seen),
    address: addressOf(entry),
  }
}

function addressOf ({ ip, port }: Entry): string {
  const address = textOf(ip)
  if (address === '') return ''
  const number = wholeWithin(port, 65535)
  return number === null ? address : `${address.includes(':') ? `[${address}]` : address}:${number}`
}

/** `source` came with 3.6; before, a latency of -1 says that nothing was proxied. */
function responseSource (entry: Entry, attempts: number | null): AccessEvent['response_source'] {
  if (isByKong(entry)) return 'gateway'
  if (entry.source === 'upstream' || entry.source === 'service') return 'upstream'
  const { proxy } = entry
  if (durationMs(proxy) === null && !isNone(proxy)) return ''
  return attempts === 0 ? 'gateway' : 'upstream'
}

function isByKong ({ source }: Entry): boolean {
  return source === 'kong'
}

/**
 * A 429 of the gateway's own is a limit even without the headers, which `hide_client_headers` suppresses; another status
 * (`error_code`) is one only when the headers say so.
 */
function isLimited (status: number, { retryAfter }: Entry, remaining: number | null | undefined): boolean {
  return status === 429 || (status >= 400 && remaining === 0 && retryAfter !== undefined)
}

function schemeOf (url: string, tls: unknown): string {
  if (/^https?:\/\//i.test(url)) return url[4] === ':' ? 'http' : 'https'
  return isObject(tls) ? 'https' : ''
}
