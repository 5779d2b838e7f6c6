/**
 * NGINX's access log in any `log_format`, also one that writes JSON, and what writes like it (ingress-nginx, OpenResty, Apache's
 * combined). https://nginx.org/en/docs/http/ngx_http_log_module.html and ngx_http_upstream_module.html#variables.
 */
import { z } from 'zod'
import type { Decode } from '../contract.ts'
import { defineDecoder } from './definition.ts'
import { createLabelPicker } from './labels.ts'
import type { LabelOptions } from './labels.ts'
import { ownFields, toEvent } from './nginx-event.ts'
import type { LineContext, OwnField } from './nginx-event.ts'
import { parseLogFormat } from './nginx-format.ts'
import type { LogFormat } from './nginx-format.ts'
import { createReader } from './nginx-reader.ts'
import type { Reader } from './nginx-reader.ts'
import { reject } from './reject.ts'

const variable = z.string().regex(/^\$?\w+$/, 'write the name of a variable, such as $http_x_consumer_username').optional()
const ownVariables = Object.fromEntries(ownFields.map((field) => [field, variable])) as Record<OwnField, typeof variable>

const options = z.strictObject({
  log_format: z.string().min(1).default('combined')
    .describe('What `log_format` of nginx.conf holds, or that directive itself, or the name `combined`, `main` or `ingress-nginx`. Write `$${name}` for `${name}`.'),
  escape: z.enum(['default', 'json', 'none']).default('default')
    .describe('`escape=` of that directive; `default` and `json` are both understood by either.'),
  fields: z.strictObject(ownVariables).prefault({})
    .describe('Fields of the event that variables of your own hold, such as `{ consumer: $jwt_claim_sub }`. Headers of requests are what the client says.'),
}).superRefine((given, context) => {
  const compiled = compile(given)
  if (typeof compiled === 'string') context.addIssue({ code: 'custom', path: ['log_format'], message: compiled })
  else for (const { field, name } of compiled.unknown) context.addIssue({ code: 'custom', path: ['fields', field], message: `log_format does not have $${name}` })
})

type Options = z.output<typeof options>

/** NGINX's access log, a line for each request. */
export const nginx = defineDecoder({ name: 'nginx', options, framing: (given) => mustCompile(given, {}).reader.isJson ? 'json' : 'lines', create: createDecode })

function createDecode (given: Options, labels: LabelOptions): Decode {
  const { reader, context } = mustCompile(given, labels)
  return (record, source) => {
    const refusal = reader.read(record.bytes)
    const event = refusal ?? toEvent(context, record, source)
    return 'reason' in event ? reject(event, record, source) : event
  }
}

interface Compiled { reader: Reader, context: LineContext, unknown: Array<{ field: string, name: string }> }

function mustCompile (given: Options, labels: LabelOptions): Compiled {
  const compiled = compile(given, labels)
  if (typeof compiled === 'string') throw new Error(compiled)
  return compiled
}

/** All that follows from the options; a text that says what is wrong with the log format. */
function compile ({ log_format: text, escape, fields }: Options, labels: LabelOptions = {}): Compiled | string {
  const format = parseLogFormat(text, escape)
  if (typeof format === 'string') return format
  const own = ownFields.flatMap((field): Array<[OwnField, string]> => fields[field] === undefined ? [] : [[field, fields[field].replace('$', '')]])
  const headers = (labels.headers ?? []).map((name) => [name.toLowerCase(), `http_${name.toLowerCase().replaceAll('-', '_')}`] as const)
  const used = new Set([...known, ...own.map(([, name]) => name), ...headers.map(([, name]) => name)])
  const reader = createReader(format, (name) => used.has(name) || isLimit(name))
  if (typeof reader === 'string') return reader
  const { names, values } = reader
  const missing = missingOf(format)
  if (missing !== '') return missing
  const places = new Map(names.map((name, index) => [name, index]))
  const get = (name: string): string => {
    const place = places.get(name)
    return place === undefined ? '' : values[place]!
  }
  const has = (name: string): boolean => places.has(name)
  const limits = names.filter(isLimit).map((name) => [name.slice('sent_http_'.length).replaceAll('_', '-'), name] as const)
  return {
    reader,
    context: { get, has, own, headers: headers.filter(([, name]) => has(name)), limits, labels: createLabelPicker(labels) },
    unknown: own.filter(([, name]) => !has(name)).map(([field, name]) => ({ field, name })),
  }
}

/** The variables that events are made of. */
const known = [
  'msec', 'time_iso8601', 'time_local', 'status', 'request', 'request_method', 'request_uri', 'uri', 'document_uri', 'args', 'query_string', 'request_time',
  'upstream_addr', 'upstream_status', 'upstream_response_time', 'upstream_header_time', 'upstream_cache_status', 'remote_addr', 'remote_user', 'host',
  'http_host', 'http_user_agent', 'scheme', 'https', 'ssl_protocol', 'request_length', 'bytes_sent', 'body_bytes_sent', 'http_traceparent', 'otel_trace_id',
  'opentelemetry_trace_id', 'http_x_b3_traceid', 'limit_req_status', 'limit_conn_status', 'request_id', 'req_id', 'http_x_request_id', 'hostname',
  'proxy_upstream_name',
]

/** A response header that tells of a limit. */
function isLimit (name: string): boolean {
  return /^sent_http_(?:x_)?ratelimit_/.test(name)
}

function missingOf ({ slots }: LogFormat): string {
  const has = (...names: string[]): boolean => slots.some(({ name }) => names.includes(name))
  const missing = [
    has('msec', 'time_iso8601', 'time_local') ? '' : 'the time: $msec, $time_iso8601 or $time_local',
    has('request') || (has('request_method') && has('request_uri', 'uri', 'document_uri')) ? '' : 'the request: $request, or $request_method and $request_uri',
    has('status') ? '' : '$status',
  ].filter((item) => item !== '')
  return missing.length === 0 ? '' : `log_format lacks ${missing.join('; and ')}`
}
