/**
 * Kong Gateway 3.x: the record that `kong.log.serialize()` makes for file-log, http-log, tcp-log, kafka-log and the others.
 * https://developer.konghq.com/gateway/pdk/reference/kong.log/ and kong/pdk/log.lua. Every key may be absent, renamed
 * or added by plugins and by `custom_fields_by_lua`.
 */
import { z } from 'zod'
import type { Decode, RawRecord } from '../contract.ts'
import type { AccessEvent } from '../event.ts'
import { defineDecoder } from './definition.ts'
import { durationMs, isObject, numberOf, objectOf, sizeOf, textOf, wholeWithin } from './field.ts'
import type { JsonObject, Refusal } from './field.ts'
import { cacheStatus, decimalTraceId, hostOf, nearestLimit, readTraceparent, splitUrl, tlsVersion, traceId } from './http.ts'
import { eventId } from './identity.ts'
import { readJson } from './json.ts'
import { nameOf, readCaller } from './kong-caller.ts'
import { isNone, readLatencies } from './kong-latencies.ts'
import { createLabelPicker } from './labels.ts'
import type { LabelOptions, LabelPicker } from './labels.ts'
import { reject } from './reject.ts'
import { compileShape, entity, fresh, some, wholes } from './shape.ts'
import type { Shape } from './shape.ts'
import { readInstant } from './time.ts'

/** Kong's records, one JSON object each. Choices that the records leave open are told at each field. */
export const kong = defineDecoder({ name: 'kong', options: z.strictObject({}), framing: 'json', create: (_, labels) => createDecode(labels) })

function createDecode (options: LabelOptions): Decode {
  const labels = createLabelPicker(options)
  const wanted = compileShape(shapeOf(options))
  return (record, source) => {
    const { value, refusal } = readJson(record.bytes, wanted)
    if (refusal !== undefined) return reject(refusal, record, source)
    const core = readCore(value)
    return 'reason' in core ? reject(core, record, source) : toEvent(value, core, labels, record, source)
  }
}

/** All that is read below: the other two thirds of a record are not turned into values. */
function shapeOf ({ headers = [] }: LabelOptions): Shape {
  const allowed = Object.fromEntries(headers.map((name): [string, Shape] => [name.toLowerCase(), 'whole']))
  return some({
    request: some({
      headers: some({ ...wholes('host', 'user-agent', 'x-anonymous-consumer'), ...fresh('traceparent'), ...allowed }),
      tls: entity('version'),
      ...wholes('method', 'size'),
      ...fresh('id', 'uri', 'url'),
    }),
    response: some({
      headers: {
        members: { ...wholes('x-cache-status', 'retry-after', 'ratelimit-limit', 'ratelimit-remaining'), ...fresh('x-kong-request-id') },
        prefixes: ['x-ratelimit-'],
      },
      ...wholes('status', 'size'),
    }),
    latencies: some(wholes('request', 'kong', 'proxy', 'receive')),
    service: entity('name', 'host', 'id'),
    route: entity('name', 'id'),
    consumer: entity('username', 'custom_id', 'id'),
    authenticated_entity: some(wholes('id', 'consumer_id')),
    tries: { elements: some(wholes('ip', 'port')) },
    session: some({}),
    trace_id: some(fresh(...traceFormats)),
    ...wholes('upstream_status', 'source', 'client_ip', 'started_at'),
    ...fresh('upstream_uri', 'correlation_id'),
  })
}

/** What a record must have to be a request. */
interface Core { method: string, target: string, status: number, time: number }

function readCore (entry: JsonObject): Core | Refusal {
  // TCP and TLS sessions have the same serializer but no request.
  if (entry.request === undefined && isObject(entry.session)) return { reason: 'not_a_request', detail: 'a stream session' }
  const request = objectOf(entry.request)
  const status = numberOf(objectOf(entry.response).status)
  const time = readInstant(entry.started_at)
  const unread = isUnread(entry, request.uri, status)
  const target = readTarget(request, unread)
  return faultOfText('request.method', unread ? request.method || ' ' : request.method) ?? faultOfText('request.uri', unread ? target || ' ' : target) ??
    faultOfStatus(status) ?? faultOfTime(time) ??
    { method: textOf(request.method), target: String(target), status: Number(status), time: Number(time) }
}

/** A request line that nginx itself refused (400, 414, 494, …): Kong logs it without a path, and it may lack the method too. */
function isUnread (entry: JsonObject, uri: unknown, status: number | null): boolean {
  return uri === '' && status !== null && status >= 400 && isByKong(entry)
}

/** Kong joins `url` of scheme, host, port and `uri`, so that it tells the path where `uri` does not. */
function readTarget ({ uri, url }: JsonObject, unread: boolean): unknown {
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

function toEvent (entry: JsonObject, core: Core, labels: LabelPicker, record: RawRecord, source: string): AccessEvent {
  const request = objectOf(entry.request)
  const headers = objectOf(request.headers)
  const response = objectOf(entry.response)
  const answered = objectOf(response.headers)
  const caller = readCaller(entry, headers)
  const trace = readTrace(entry.trace_id, textOf(headers.traceparent))
  const latencies = readLatencies(entry.latencies)
  const upstream = readUpstream(entry, latencies.upstream)
  const url = splitUrl(textOf(request.url))
  const madeBy = responseSource(entry, upstream.attempts)
  const limit = nearestLimit(answered)
  const own = textOf(request.id) || textOf(answered['x-kong-request-id'])
  const event: AccessEvent = {
    time: core.time,
    gateway: 'kong',
    node: '',
    event_id: '',
    // A correlation id may come from the client, who may send one id with many requests.
    request_id: own || textOf(entry.correlation_id),
    trace_id: trace.trace,
    span_id: trace.span,
    method: core.method,
    scheme: schemeOf(url.scheme, request.tls),
    host: hostOf(textOf(headers.host)) || hostOf(url.authority),
    target: core.target,
    upstream_target: textOf(entry.upstream_uri),
    gateway_service: nameOf(entry.service, 'name', 'host', 'id'),
    gateway_route: nameOf(entry.route, 'name', 'id'),
    consumer: caller.name,
    consumer_id: caller.id,
    consumer_custom_id: caller.customId,
    anonymous: caller.anonymous,
    credential_id: caller.credential,
    client_ip: textOf(entry.client_ip),
    user_agent_original: textOf(headers['user-agent']),
    status: core.status,
    upstream_status: upstream.status,
    response_source: madeBy,
    duration_ms: latencies.total,
    upstream_ms: latencies.upstream,
    gateway_ms: latencies.gateway,
    request_bytes: sizeOf(request.size),
    response_bytes: sizeOf(response.size),
    attempts: upstream.attempts,
    upstream_address: upstream.address,
    rate_limited: madeBy === 'gateway' && isLimited(core.status, answered, limit?.remaining),
    limit_name: limit?.name ?? '',
    limit: limit?.limit ?? null,
    remaining: limit?.remaining ?? null,
    cache_status: cacheStatus(textOf(answered['x-cache-status'])),
    plugins: {},
    tls_version: tlsVersion(textOf(objectOf(request.tls).version)),
    labels: labels(headers, core.target),
    source,
    source_offset: record.offset,
  }
  event.event_id = eventId(own, event, record.bytes)
  return event
}

const hexFormats = ['w3c', 'b3', 'b3-single', 'ot', 'jaeger', 'gcp', 'instana', 'aws'] as const
const traceFormats = [...hexFormats, 'datadog'] as const

/** `trace_id` has one entry per propagation format. The span is the header's, as long as it is of the same trace. */
function readTrace (ids: unknown, header: string): { trace: string, span: string } {
  const parent = readTraceparent(header)
  const trace = typeof ids === 'string' ? traceId(ids) : ids === undefined ? '' : traceOf(objectOf(ids))
  return trace === '' || trace === parent.trace ? parent : { trace, span: '' }
}

function traceOf (ids: JsonObject): string {
  for (const format of hexFormats) {
    const id = traceId(textOf(ids[format]))
    if (id !== '') return id
  }
  return decimalTraceId(textOf(ids.datadog))
}

interface Upstream { status: number | null, attempts: number | null, address: string }

/**
 * `upstream_status` is nginx' list: `502, 200` after a retry, `500, 200 : 200, 200` after an internal redirect; its last
 * entry is final. A shipper may have split it into an array. Attempts are what the longer of that list and `tries` says. A
 * record without both gives no number of them, unless it says that nothing was proxied.
 */
function readUpstream (entry: JsonObject, ms: number | null): Upstream {
  const { upstream_status: given } = entry
  const statuses = Array.isArray(given) ? given.map((item) => textOf(item) || '-').join() : textOf(given)
  const list = statuses.includes(',') || statuses.includes(':') ? statuses.split(/[,:]/) : statuses === '' ? [] : [statuses]
  const tries: unknown[] = Array.isArray(entry.tries) ? entry.tries : []
  const seen = Math.max(list.length, tries.length)
  const isProxied = ms !== null || !(isNone(objectOf(entry.latencies).proxy) || Array.isArray(entry.tries))
  return {
    status: wholeWithin(list.at(-1), 999),
    attempts: seen === 0 && isProxied ? null : Math.min(255, seen),
    address: addressOf(tries.at(-1)),
  }
}

function addressOf (attempt: unknown): string {
  const { ip, port } = objectOf(attempt)
  const address = textOf(ip)
  if (address === '') return ''
  const number = wholeWithin(port, 65535)
  return number === null ? address : `${address.includes(':') ? `[${address}]` : address}:${number}`
}

/** `source` came with 3.6; before, a latency of -1 says that nothing was proxied. */
function responseSource (entry: JsonObject, attempts: number | null): AccessEvent['response_source'] {
  if (isByKong(entry)) return 'gateway'
  if (entry.source === 'upstream' || entry.source === 'service') return 'upstream'
  const { proxy } = objectOf(entry.latencies)
  if (durationMs(proxy) === null && !isNone(proxy)) return ''
  return attempts === 0 ? 'gateway' : 'upstream'
}

function isByKong ({ source }: JsonObject): boolean {
  return source === 'kong'
}

/**
 * A 429 of the gateway's own is a limit even without the headers, which `hide_client_headers` suppresses; another status
 * (`error_code`) is one only when the headers say so.
 */
function isLimited (status: number, headers: JsonObject, remaining: number | null | undefined): boolean {
  return status === 429 || (status >= 400 && remaining === 0 && headers['retry-after'] !== undefined)
}

function schemeOf (scheme: string, tls: unknown): string {
  if (scheme === 'http' || scheme === 'https') return scheme
  return isObject(tls) ? 'https' : ''
}
