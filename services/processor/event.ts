/**
 * The one list of what is known of a request. Types grow stage by stage: a stage adds fields to the event it was
 * handed, none renames or removes. Only the names in `fields` are ever published; what a gateway wrote raw (`target`,
 * `client_ip`, …) stays in memory.
 *
 * Times are epoch milliseconds and durations milliseconds (floats); sizes are bytes. A text that the log does not give is
 * '', a figure that it does not give is null: never 0, which would count. Only a status is 0 where there was no response.
 */

/** How a request's path resolved. */
export type Outcome = 'matched' | 'method_not_declared' | 'ambiguous' | 'inferred' | 'unmatched' | 'malformed'

/** What `decode` makes of one record. */
export interface AccessEvent {
  /** Start of the request, epoch ms. */
  time: number
  /** The kind of gateway: `kong`, `envoy`, … */
  gateway: string
  node: string
  /** 32 hex digits; the same record always gives the same id. */
  event_id: string
  request_id: string
  trace_id: string
  span_id: string
  method: string
  scheme: string
  /** Lower case, without port. */
  host: string
  /** Raw request target, undecoded, with query. Never published. */
  target: string
  /** Raw target as sent upstream, '' if the gateway does not say. Never published. */
  upstream_target: string
  /** The gateway's own name of the backend; `service` is the catalog's. */
  gateway_service: string
  gateway_route: string
  /** The caller as the gateway identified it: user name, else custom id, else id; '' for anonymous callers. */
  consumer: string
  consumer_id: string
  consumer_custom_id: string
  /** True when the gateway let the caller through as its anonymous consumer. */
  anonymous: boolean
  /** Raw id of the credential. Never published; `credential` is its keyed hash. */
  credential_id: string
  /** Raw client address. Never published; `client_address` is its masked form. */
  client_ip: string
  /** Raw User-Agent. Never published; `user_agent` is its cut form. */
  user_agent_original: string
  /** Status that the client saw; 0 when there was no response. */
  status: number
  /** Final status of the upstream, null when nothing was proxied. */
  upstream_status: number | null
  /** Who produced the response. */
  response_source: 'upstream' | 'gateway' | ''
  duration_ms: number | null
  upstream_ms: number | null
  gateway_ms: number | null
  request_bytes: number | null
  response_bytes: number | null
  /** Upstream attempts; 0 when nothing was proxied. */
  attempts: number | null
  upstream_address: string
  rate_limited: boolean
  limit_name: string
  limit: number | null
  remaining: number | null
  cache_status: string
  plugins: Record<string, string>
  tls_version: string
  labels: Record<string, string>
  /** Input id and position of the record: what `replay` needs to find it again. */
  source: string
  source_offset: number
}

/** What `normalize` adds. */
export interface NormalizedEvent extends AccessEvent {
  /** Bounded: base path + template, or an inferred template, or `__other__`; '' when malformed. */
  route: string
  outcome: Outcome
  operation_id: string
  api: string
  api_version: string
  /** Catalog service of the endpoint, else the gateway's service name, else ''. */
  service: string
  deprecated: boolean
  /** Responses that the operation declares: `200`, `4XX`, `default`, …; none when it says nothing. Not published. */
  declared_statuses: readonly string[]
  /** Raw path parameter values by name. Never published; `params` holds their keyed hashes. */
  path_params: Record<string, string>
}

/** What `enrich` adds: catalog metadata, the partner, and the privacy-safe forms of all raw fields. */
export interface EnrichedEvent extends NormalizedEvent {
  /** Digest of the catalog that the request was resolved by, 12 hex digits. */
  catalog: string
  owner: string
  system: string
  domain: string
  lifecycle: string
  partner: string
  partner_tier: string
  /** Keyed hash of the credential, 12 hex digits. */
  credential: string
  /** Masked: /24 for IPv4, /48 for IPv6. */
  client_address: string
  user_agent: string
  /** The route with each parameter value as its keyed hash. */
  path: string
  params: Record<string, string>
}

/** Why a record could not become an event: a closed set, because it is a metric label. */
export const rejectReasons = [
  'invalid_json', 'not_an_object', 'malformed', 'not_a_request', 'missing_field', 'invalid_field', 'too_long', 'truncated', 'not_framed',
  'refused_by_store',
] as const
export type RejectReason = typeof rejectReasons[number]

/** A record that could not become an event. `detail` names fields and kinds, and never quotes the record. */
export interface Reject {
  reason: RejectReason
  detail: string
  source: string
  source_offset: number
  /** Length of the record in bytes. */
  length: number
}

/** One published field: its ClickHouse type and what it means. */
export interface Field { type: string, description: string }

/** The published fields, in the order of the columns of `requests`. */
export const fields = {
  time: { type: 'DateTime64(3, \'UTC\')', description: 'start of the request' },
  gateway: { type: 'LowCardinality(String)', description: 'kind of gateway' },
  node: { type: 'LowCardinality(String)', description: 'gateway node, where the record names one' },
  event_id: { type: 'FixedString(32)', description: 'deterministic id of the record, 32 hex digits; a keyed hash unless it is the gateway\'s request id' },
  request_id: { type: 'String', description: 'request id as the gateway gave it' },
  trace_id: { type: 'String', description: 'W3C trace id' },
  span_id: { type: 'String', description: 'W3C span id' },
  method: { type: 'LowCardinality(String)', description: 'HTTP request method' },
  scheme: { type: 'LowCardinality(String)', description: 'http or https' },
  host: { type: 'LowCardinality(String)', description: 'requested host, lower case, without port, labels of undeclared hosts folded; __other__ past its budget' },
  route: { type: 'LowCardinality(String)', description: 'bounded route: base path and template, or inferred template' },
  outcome: { type: 'LowCardinality(String)', description: 'how the path resolved' },
  operation_id: { type: 'LowCardinality(String)', description: 'operationId of the endpoint' },
  api: { type: 'LowCardinality(String)', description: 'API document that declares the endpoint' },
  api_version: { type: 'LowCardinality(String)', description: 'info.version of that document' },
  catalog: { type: 'LowCardinality(String)', description: 'digest of the catalog in use, 12 hex digits' },
  path: { type: 'String', description: 'route with parameter values as keyed hashes' },
  params: { type: 'Map(LowCardinality(String), String)', description: 'path parameters as keyed hashes' },
  service: { type: 'LowCardinality(String)', description: 'catalog service, else the gateway\'s name of the backend' },
  gateway_route: { type: 'LowCardinality(String)', description: 'route name in the gateway' },
  owner: { type: 'LowCardinality(String)', description: 'owner of the service' },
  system: { type: 'LowCardinality(String)', description: 'system of the service' },
  domain: { type: 'LowCardinality(String)', description: 'domain of the service' },
  lifecycle: { type: 'LowCardinality(String)', description: 'lifecycle of the API or service' },
  deprecated: { type: 'Bool', description: 'the operation is declared deprecated' },
  partner: { type: 'LowCardinality(String)', description: 'calling organisation' },
  partner_tier: { type: 'LowCardinality(String)', description: 'tier of the partner' },
  consumer: { type: 'LowCardinality(String)', description: 'consumer as the gateway identified it' },
  credential: { type: 'String', description: 'keyed hash of the credential id' },
  client_address: { type: 'String', description: 'client address, masked to /24 or /48' },
  user_agent: { type: 'LowCardinality(String)', description: 'user agent, cut to product and major version' },
  status: { type: 'UInt16', description: 'status that the client saw; 0 = no response' },
  upstream_status: { type: 'Nullable(UInt16)', description: 'final status of the upstream' },
  response_source: { type: 'LowCardinality(String)', description: 'upstream or gateway' },
  duration_ms: { type: 'Nullable(Float64)', description: 'total time' },
  upstream_ms: { type: 'Nullable(Float64)', description: 'time in the upstream' },
  gateway_ms: { type: 'Nullable(Float64)', description: 'time in the gateway' },
  request_bytes: { type: 'Nullable(UInt64)', description: 'request size' },
  response_bytes: { type: 'Nullable(UInt64)', description: 'response size' },
  attempts: { type: 'Nullable(UInt8)', description: 'upstream attempts; 0 when nothing was proxied' },
  upstream_address: { type: 'LowCardinality(String)', description: 'upstream target of the last attempt' },
  rate_limited: { type: 'Bool', description: 'the gateway refused the request for a rate limit' },
  limit_name: { type: 'LowCardinality(String)', description: 'limit that was tripped or is nearest' },
  limit: { type: 'Nullable(UInt64)', description: 'allowed requests in that limit' },
  remaining: { type: 'Nullable(UInt64)', description: 'remaining requests in that limit' },
  cache_status: { type: 'LowCardinality(String)', description: 'cache outcome, where the gateway caches' },
  plugins: { type: 'Map(LowCardinality(String), LowCardinality(String))', description: 'plugin to outcome, where the gateway says' },
  tls_version: { type: 'LowCardinality(String)', description: 'TLS version of the client connection' },
  labels: { type: 'Map(LowCardinality(String), String)', description: 'labels added by configuration' },
  source: { type: 'LowCardinality(String)', description: 'input that delivered the record' },
  source_offset: { type: 'UInt64', description: 'position of the record in that input' },
} as const satisfies Partial<Record<keyof EnrichedEvent, Field>>

export type FieldName = keyof typeof fields
