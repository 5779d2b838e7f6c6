/** From the values of a JSON record to the fields of an event: kinds, units, and what follows from others. */
import type { AccessEvent } from '../event.ts'
import { durationMs, numberOf, roundMs, sizeOf, textOf, wholeWithin } from './field.ts'
import type { JsonObject } from './field.ts'
import { cacheStatus, hostOf, readTraceparent, spanId, splitUrl, tlsVersion, traceId } from './http.ts'
import { durationFields, flagFields, numberFields, textFields, units } from './json-log-options.ts'
import type { JsonLogOptions } from './json-log-options.ts'
import { parsePath, valueAt } from './json-path.ts'
import type { Path } from './json-path.ts'
import { lastOfList, lengthOfList } from './list.ts'
import { isTime, readClfTime, readInstant } from './time.ts'

/** A path with the unit of its number. */
export interface Place { path: Path, unit?: keyof typeof units | undefined }

/** Reads all fields but those without which there is no request. */
export interface FieldReader {
  paths: Path[]
  read (entry: JsonObject, headers: JsonObject, event: AccessEvent): void
}

/** Most of what is counted, by field; sizes have their own bound. */
const most = { status: 999, upstream_status: 999, attempts: 255, limit: 1e12, remaining: 1e12 } as const

type Put = (event: AccessEvent, value: unknown) => void
interface Reading { path: Path, put: Put }

/** Makes a reader of the fields that are named; `constants` stand for those that a record does not give. */
export function createFieldReader (fields: JsonLogOptions['fields'], constants: JsonLogOptions['constants']): FieldReader {
  const readings = [...textsOf(fields), ...numbersOf(fields), ...durationsOf(fields), ...flagsOf(fields)]
  const tellsUpstream = fields.upstream_status !== undefined
  return {
    paths: readings.map(({ path }) => path),
    read: (entry, headers, event) => {
      for (const { path, put } of readings) put(event, valueAt(entry, path))
      for (const name of textFields) if (event[name] === '' && constants[name] !== undefined) putText(event, name, constants[name])
      complete(event, headers, tellsUpstream)
    },
  }
}

/** Epoch ms of an instant, or why it is none. */
export function readTime (value: unknown, unit: Place['unit']): number | string {
  if (typeof value === 'string' && value[2] === '/') return readClfTime(value)
  const number = unit === undefined ? NaN : numberOf(value)
  if (unit === undefined || number === null || Number.isNaN(number)) return readInstant(value)
  const time = roundMs(number * units[unit])
  return isTime(time) ? time : 'is out of range'
}

function textsOf (fields: JsonLogOptions['fields']): Reading[] {
  return textFields.flatMap((name): Reading[] => {
    const path = fields[name]
    if (path === undefined || name === 'method' || name === 'target') return []
    return [{ path: parsePath(path), put: (event, value) => { putText(event, name, textOf(value)) } }]
  })
}

function putText (event: AccessEvent, name: typeof textFields[number], text: string): void {
  if (name === 'response_source') event.response_source = text === 'upstream' || text === 'gateway' ? text : ''
  else event[name] = (cleaners[name] ?? same)(text)
}

const same = (text: string): string => text

/** Texts of which only some are what their field is for. */
const cleaners: Partial<Record<typeof textFields[number], (text: string) => string>> = {
  host: hostOf,
  scheme: (text) => /^https?$/i.test(text) ? text.toLowerCase() : '',
  trace_id: (text) => readTraceparent(text).trace || traceId(text),
  span_id: spanId,
  cache_status: cacheStatus,
  tls_version: (text) => tlsVersion(/^1\.\d$/.test(text) ? `TLSv${text}` : text),
  upstream_address: lastOfList,
  client_ip: addressOf,
}

/** The first of a list, without the port. */
function addressOf (text: string): string {
  const [first = ''] = text.split(',', 1)
  return first.trim().replace(/^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/, '$1')
}

function numbersOf (fields: JsonLogOptions['fields']): Reading[] {
  return numberFields.flatMap((name): Reading[] => {
    const path = fields[name]
    if (path === undefined || name === 'status') return []
    const read = (value: unknown): number | null => name === 'request_bytes' || name === 'response_bytes' ? sizeOf(value) : wholeWithin(value, most[name])
    const put: Put = (event, value) => { event[name] = read(lastOf(value)) }
    const count: Put = (event, value) => { event.attempts ??= typeof value === 'string' && /, | : /.test(value) ? lengthOfList(value) : null }
    const puts: Put = (event, value) => {
      put(event, value)
      count(event, value)
    }
    return [{ path: parsePath(path), put: name === 'upstream_status' && fields.attempts === undefined ? puts : put }]
  })
}

function durationsOf (fields: JsonLogOptions['fields']): Reading[] {
  return durationFields.flatMap((name): Reading[] => {
    const given = fields[name]
    if (given === undefined) return []
    const { path, unit } = typeof given === 'string' || Array.isArray(given) ? { path: given, unit: 'ms' as const } : given
    return [{ path: parsePath(path), put: (event, value) => { event[name] = durationMs(lastOf(value), units[unit]) } }]
  })
}

/** Of a list with an entry for each attempt, the last. */
function lastOf (value: unknown): unknown {
  return typeof value === 'string' ? lastOfList(value) : value
}

function flagsOf (fields: JsonLogOptions['fields']): Reading[] {
  return flagFields.flatMap((name): Reading[] => {
    const path = fields[name]
    if (path === undefined) return []
    return [{ path: parsePath(path), put: (event, value) => { event[name] = value === true || /^(?:true|1|yes)$/i.test(textOf(value)) } }]
  })
}

/** Some gateways write zeros where nothing was proxied. */
function dropUpstream (event: AccessEvent): void {
  if (event.upstream_status === 0) event.upstream_status = null
  if (event.upstream_status === null && event.upstream_ms === 0) event.upstream_ms = null
}

/** What follows from headers and from other fields, where the record does not say it itself. */
function complete (event: AccessEvent, headers: JsonObject, tellsUpstream: boolean): void {
  const url = event.target.startsWith('/') ? undefined : splitUrl(event.target)
  event.host ||= hostOf(textOf(headers.host)) || hostOf(url?.authority ?? '')
  event.scheme ||= cleaners.scheme!(url?.scheme ?? '')
  event.user_agent_original ||= textOf(headers['user-agent'])
  if (tellsUpstream) dropUpstream(event)
  const parent = readTraceparent(textOf(headers.traceparent))
  event.trace_id ||= parent.trace
  if (event.trace_id === parent.trace) event.span_id ||= parent.span
  const { duration_ms: total, upstream_ms: upstream } = event
  if (total !== null && upstream !== null) event.gateway_ms ??= Math.max(0, roundMs(total - upstream))
  if (event.response_source === '' && tellsUpstream) event.response_source = event.upstream_status === event.status ? 'upstream' : 'gateway'
  event.rate_limited ||= event.status === 429 && event.response_source !== 'upstream'
}
