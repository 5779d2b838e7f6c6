import { z } from 'zod'
import { pathSchema } from './json-path.ts'

/** Fields of an event that are texts and stand in the record as they are. */
export const textFields = [
  'node', 'request_id', 'trace_id', 'span_id', 'method', 'scheme', 'host', 'target', 'upstream_target', 'gateway_service', 'gateway_route', 'consumer',
  'consumer_id', 'consumer_custom_id', 'credential_id', 'client_ip', 'user_agent_original', 'response_source', 'upstream_address', 'limit_name',
  'cache_status', 'tls_version',
] as const
/** Fields that are whole numbers. */
export const numberFields = ['status', 'upstream_status', 'request_bytes', 'response_bytes', 'attempts', 'limit', 'remaining'] as const
/** Fields that are times, in ms. */
export const durationFields = ['duration_ms', 'upstream_ms', 'gateway_ms'] as const
/** Fields that are true or false. */
export const flagFields = ['anonymous', 'rate_limited'] as const

/** Milliseconds in one of each unit. */
export const units = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 } as const
const unit = z.enum(['s', 'ms', 'us', 'ns'])

const place = pathSchema.optional()
const timed = z.union([pathSchema, z.strictObject({ path: pathSchema, unit: unit.default('ms').describe('Unit of the number.') })]).optional()
const instant = z.union([pathSchema, z.strictObject({
  path: pathSchema,
  unit: unit.optional().describe('Unit of a number since 1970; told by its size without it. ISO 8601 and the common log format are read as they are.'),
  at: z.enum(['start', 'end']).default('start').describe('What of the request it is; of its end, the duration is taken off.'),
})]).optional()

const fields = z.strictObject({
  time: instant,
  request_line: place.describe('A text such as `GET /v1/orders HTTP/1.1`, in place of method and target.'),
  ...fieldsOf(textFields, place),
  ...fieldsOf(numberFields, place),
  ...fieldsOf(durationFields, timed),
  ...fieldsOf(flagFields, place),
})

const text = z.string().min(1).optional()

/** `format` of type `json`. */
export const jsonLogOptions = z.strictObject({
  fields: fields.describe('Where the fields of an event stand: `req.path`, with dots between keys (`\\.` for one in a key), or a list of keys.'),
  headers: place.describe('Where the request headers stand, an object: host, user agent, trace and labels come from it, names in any case.'),
  response_headers: place.describe('Where the response headers stand, an object: limits come from it.'),
  constants: z.strictObject({ gateway: text.describe('Kind of gateway; `json` without it.'), ...fieldsOf(textFields, text) }).prefault({})
    .describe('Values of fields that a record does not give.'),
}).superRefine(({ fields: given, constants }, context) => {
  const missing = [
    ...(given.time === undefined ? ['time'] : []),
    ...(given.request_line === undefined && given.target === undefined ? ['target'] : []),
    ...(given.request_line === undefined && given.method === undefined && constants.method === undefined ? ['method'] : []),
    ...(given.status === undefined ? ['status'] : []),
  ]
  if (missing.length > 0) context.addIssue({ code: 'custom', path: ['fields'], message: `a request needs ${missing.join(', ')}: name where the records have it` })
})

/** The checked form of {@link jsonLogOptions}. */
export type JsonLogOptions = z.output<typeof jsonLogOptions>

function fieldsOf<Name extends string, Schema extends z.ZodType> (names: readonly Name[], schema: Schema): Record<Name, Schema> {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>
}
