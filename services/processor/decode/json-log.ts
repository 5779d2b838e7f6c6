/**
 * Any log of JSON objects, by where its fields stand: https://www.rfc-editor.org/rfc/rfc8259. What a gateway says in ways of its
 * own needs a decoder of its own.
 */
import type { Decode, RawRecord } from '../contract.ts'
import type { AccessEvent } from '../event.ts'
import { blankEvent } from './blank-event.ts'
import { defineDecoder } from './definition.ts'
import { isObject, numberOf, roundMs, textOf, wholeWithin } from './field.ts'
import type { JsonObject, Refusal } from './field.ts'
import { readRequestLine } from './http-line.ts'
import { nearestLimit } from './http.ts'
import { eventId } from './identity.ts'
import { createFieldReader, readTime } from './json-log-fields.ts'
import type { FieldReader, Place } from './json-log-fields.ts'
import { jsonLogOptions } from './json-log-options.ts'
import type { JsonLogOptions } from './json-log-options.ts'
import { parsePath, pathText, shapeOf, valueAt } from './json-path.ts'
import type { Path } from './json-path.ts'
import { readJson } from './json.ts'
import { createLabelPicker } from './labels.ts'
import type { LabelOptions, LabelPicker } from './labels.ts'
import { reject } from './reject.ts'
import { compileShape } from './shape.ts'

/** Any log of JSON objects, by paths of its fields. */
export const json = defineDecoder({ name: 'json', options: jsonLogOptions, framing: 'json', create: createDecode })

interface Layout {
  time: Place & { at: 'start' | 'end' }
  status: Path
  method: Path | undefined
  target: Path | undefined
  line: Path | undefined
  headers: Path | undefined
  responseHeaders: Path | undefined
  reader: FieldReader
  labels: LabelPicker
  gateway: string
  constantMethod: string
}

function createDecode (options: JsonLogOptions, labels: LabelOptions): Decode {
  const layout = layoutOf(options, labels)
  const { time, status, method, target, line, headers, responseHeaders, reader } = layout
  const paths = [time.path, status, method, target, line, headers, responseHeaders, ...reader.paths].filter((path) => path !== undefined)
  const wanted = compileShape(shapeOf(paths))
  return (record, source) => {
    const { value, refusal } = readJson(record.bytes, wanted)
    const event = refusal ?? toEvent(value, layout, record, source)
    return 'reason' in event ? reject(event, record, source) : event
  }
}

function layoutOf ({ fields, headers, response_headers: responseHeaders, constants }: JsonLogOptions, labels: LabelOptions): Layout {
  const given = fields.time ?? []
  const time = typeof given === 'string' || Array.isArray(given) ? { path: given, unit: undefined, at: 'start' as const } : given
  const optional = (path: string | string[] | undefined): Path | undefined => path === undefined ? undefined : parsePath(path)
  return {
    time: { ...time, path: parsePath(time.path) },
    status: parsePath(fields.status ?? []),
    method: optional(fields.method),
    target: optional(fields.target),
    line: optional(fields.request_line),
    headers: optional(headers),
    responseHeaders: optional(responseHeaders),
    reader: createFieldReader(fields, constants),
    labels: createLabelPicker(labels),
    gateway: constants.gateway ?? 'json',
    constantMethod: constants.method ?? '',
  }
}

function toEvent (entry: JsonObject, layout: Layout, record: RawRecord, source: string): AccessEvent | Refusal {
  const status = readStatus(entry, layout)
  if (typeof status === 'object') return status
  const time = readTime(valueAt(entry, layout.time.path), layout.time.unit)
  if (typeof time === 'string') return { reason: time === 'is missing' ? 'missing_field' : 'invalid_field', detail: `${pathText(layout.time.path)} ${time}` }
  const request = readRequest(entry, layout, status)
  if ('reason' in request) return request
  const event = blankEvent(layout.gateway, record, source)
  const headers = headersAt(entry, layout.headers)
  event.status = status
  event.method = request.method
  event.target = request.target
  layout.reader.read(entry, headers, event)
  event.time = layout.time.at === 'end' && event.duration_ms !== null ? roundMs(time - event.duration_ms) : time
  if (layout.responseHeaders !== undefined) addLimits(event, headersAt(entry, layout.responseHeaders))
  event.labels = layout.labels(headers, event.target)
  event.event_id = eventId(event.request_id, event, record.bytes)
  return event
}

function readStatus (entry: JsonObject, { status: path }: Layout): number | Refusal {
  const status = numberOf(valueAt(entry, path))
  if (status === null) return { reason: 'missing_field', detail: pathText(path) }
  if (!Number.isInteger(status) || status < 0 || status > 999) return { reason: 'invalid_field', detail: `${pathText(path)} is no status` }
  return status
}

/** A request that its gateway could not read is logged without a path: with 0 or an error for its status. */
function readRequest (
  entry: JsonObject, { method: methodPath, target: targetPath, line: linePath, constantMethod }: Layout, status: number
): { method: string, target: string } | Refusal {
  const line = linePath === undefined ? undefined : readRequestLine(textOf(valueAt(entry, linePath)))
  const method = (methodPath === undefined ? '' : textOf(valueAt(entry, methodPath))) || (line?.method ?? '') || constantMethod
  const target = (targetPath === undefined ? '' : textOf(valueAt(entry, targetPath))) || (line?.target ?? '')
  const isUnread = (status === 0 || status >= 400) && [targetPath, linePath].some((path) => path !== undefined && typeof valueAt(entry, path) === 'string')
  if (!isUnread && method === '') return { reason: 'missing_field', detail: pathText(methodPath ?? linePath ?? ['method']) }
  if (!isUnread && target === '') return { reason: 'missing_field', detail: pathText(targetPath ?? linePath ?? ['target']) }
  return { method, target }
}

const none: JsonObject = Object.freeze({})

/** Headers by their names in lower case. */
function headersAt (entry: JsonObject, path: Path | undefined): JsonObject {
  const headers = path === undefined ? undefined : valueAt(entry, path)
  return isObject(headers) ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])) : none
}

function addLimits (event: AccessEvent, headers: JsonObject): void {
  const limit = nearestLimit(headers)
  event.limit_name ||= limit?.name ?? ''
  event.limit ??= limit?.limit ?? null
  event.remaining ??= wholeWithin(limit?.remaining, 1e12)
}
