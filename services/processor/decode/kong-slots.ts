/** What is read of a record of Kong's: the other two thirds of it are not turned into values. */
import type { LabelOptions } from './labels.ts'
import { entity } from './shape.ts'
import type { Slot, Values } from './slots.ts'

/** The values of one record, unchecked. */
export type Entry = Readonly<Values<keyof ReturnType<typeof slotsOf>>>

/** The slots of all that is read, with the request headers that are allowed. */
export function slotsOf ({ headers = [] }: LabelOptions) {
  return {
    ...requestSlots,
    allowed: { path: ['request', 'headers'], shape: { gather: headers.map((name) => name.toLowerCase()) } },
    ...responseSlots,
    ...proxySlots,
    ...traceSlots,
  } satisfies Record<string, Slot>
}

const requestSlots = {
  request: { path: ['request'], shape: 'object' },
  method: { path: ['request', 'method'], shape: 'whole' },
  requestSize: { path: ['request', 'size'], shape: 'whole' },
  id: { path: ['request', 'id'], shape: 'fresh' },
  uri: { path: ['request', 'uri'], shape: 'fresh' },
  url: { path: ['request', 'url'], shape: 'fresh' },
  tls: { path: ['request', 'tls'], shape: entity('version') },
  host: { path: ['request', 'headers', 'host'], shape: 'whole' },
  agent: { path: ['request', 'headers', 'user-agent'], shape: 'whole' },
  anonymous: { path: ['request', 'headers', 'x-anonymous-consumer'], shape: 'whole' },
  traceparent: { path: ['request', 'headers', 'traceparent'], shape: 'fresh' },
} as const satisfies Record<string, Slot>

const responseSlots = {
  status: { path: ['response', 'status'], shape: 'whole' },
  responseSize: { path: ['response', 'size'], shape: 'whole' },
  cacheStatus: { path: ['response', 'headers', 'x-cache-status'], shape: 'whole' },
  retryAfter: { path: ['response', 'headers', 'retry-after'], shape: 'whole' },
  headerId: { path: ['response', 'headers', 'x-kong-request-id'], shape: 'fresh' },
  limits: { path: ['response', 'headers'], shape: { gather: ['ratelimit-limit', 'ratelimit-remaining'], prefixes: ['x-ratelimit-'] } },
} as const satisfies Record<string, Slot>

const proxySlots = {
  latency: { path: ['latencies', 'request'], shape: 'whole' },
  kong: { path: ['latencies', 'kong'], shape: 'whole' },
  proxy: { path: ['latencies', 'proxy'], shape: 'whole' },
  receive: { path: ['latencies', 'receive'], shape: 'whole' },
  service: { path: ['service'], shape: entity('name', 'host', 'id') },
  route: { path: ['route'], shape: entity('name', 'id') },
  consumer: { path: ['consumer'], shape: entity('username', 'custom_id', 'id') },
  credentialId: { path: ['authenticated_entity', 'id'], shape: 'whole' },
  credentialConsumer: { path: ['authenticated_entity', 'consumer_id'], shape: 'whole' },
  tries: { path: ['tries'], shape: 'count' },
  ip: { path: ['tries'], shape: { ofLast: 'ip' } },
  port: { path: ['tries'], shape: { ofLast: 'port' } },
  session: { path: ['session'], shape: 'object' },
  upstreamStatus: { path: ['upstream_status'], shape: 'whole' },
  source: { path: ['source'], shape: 'whole' },
  clientIp: { path: ['client_ip'], shape: 'whole' },
  startedAt: { path: ['started_at'], shape: 'whole' },
  upstreamUri: { path: ['upstream_uri'], shape: 'fresh' },
  correlationId: { path: ['correlation_id'], shape: 'fresh' },
} as const satisfies Record<string, Slot>

/** `trace_id` has one entry per propagation format. */
const traceSlots = {
  trace: { path: ['trace_id'], shape: 'object' },
  w3c: { path: ['trace_id', 'w3c'], shape: 'fresh' },
  b3: { path: ['trace_id', 'b3'], shape: 'fresh' },
  b3Single: { path: ['trace_id', 'b3-single'], shape: 'fresh' },
  ot: { path: ['trace_id', 'ot'], shape: 'fresh' },
  jaeger: { path: ['trace_id', 'jaeger'], shape: 'fresh' },
  gcp: { path: ['trace_id', 'gcp'], shape: 'fresh' },
  instana: { path: ['trace_id', 'instana'], shape: 'fresh' },
  aws: { path: ['trace_id', 'aws'], shape: 'fresh' },
  datadog: { path: ['trace_id', 'datadog'], shape: 'fresh' },
} as const satisfies Record<string, Slot>
