/**
 * The access-log record, field by field as Kong's serializer writes it (kong/pdk/log.lua, `serialize`), for Kong 3.7 and
 * later. One difference, on purpose: credentials that the key-auth plugin reads are written as REDACTED here, in headers,
 * query string and addresses, where Kong writes them as they are.
 */
import type { Exchange } from './exchange.ts'
import { defaultWorkspace } from './ids.ts'
import { redactQuery } from './query.ts'
import type { Query } from './query.ts'
import { withoutPort } from './headers.ts'

const redacted = 'REDACTED'
const alwaysSecret = new Set(['authorization', 'proxy-authorization'])
const limit = 100

/** One record as a line of JSON, without a line end. Pure: reads the exchange, changes nothing. */
export function serialize (exchange: Exchange, secretNames: ReadonlySet<string>): string {
  const scrub = scrubber(exchange.secrets)
  const uri = scrub(redactUri(exchange.arrival.target.uri, secretNames))
  const text = JSON.stringify({
    request: {
      id: exchange.id,
      uri,
      url: `http://${withoutPort(exchange.arrival.host)}:${exchange.arrival.port}${uri}`,
      querystring: redactParameters(exchange.query, secretNames, scrub),
      method: exchange.method,
      headers: requestHeaders(exchange, secretNames, scrub),
      size: requestSize(exchange),
    },
    response: {
      status: exchange.status,
      headers: collect(exchange.sent, secretNames, scrub),
      size: exchange.responseBytes,
    },
    latencies: latencies(exchange),
    upstream_uri: scrub(redactUri(exchange.upstreamUri, secretNames)),
    upstream_status: exchange.upstreamStatuses.join(', '),
    client_ip: exchange.arrival.clientIp,
    started_at: exchange.startedAt,
    source: exchange.source,
    workspace: exchange.route?.workspace ?? defaultWorkspace,
    workspace_name: 'default',
    tries: exchange.route === undefined ? undefined : exchange.tries.map(tryOf),
    authenticated_entity: exchange.credential === undefined
      ? undefined
      : { id: exchange.credential.id, consumer_id: exchange.credential.consumer.id },
    ...exchange.fields,
    trace_id: exchange.trace === undefined ? undefined : { w3c: exchange.trace.id },
  })
  // The entities never change: their JSON is made once, at start.
  return `${text.slice(0, -1)}${entity('service', exchange.service?.json)}${entity('route', exchange.route?.json)}${
    entity('consumer', exchange.consumer?.json)}}`
}

function entity (name: string, json: string | undefined): string {
  return json === undefined ? '' : `,"${name}":${json}`
}

/** Whole milliseconds, as Kong counts them. */
function latencies (exchange: Exchange): Record<string, number> {
  const { start, balanced, headersAt, endedAt, proxied } = exchange
  const first = headersAt || endedAt
  const whole = (ms: number): number => Math.max(0, Math.round(ms))
  return {
    kong: whole((balanced || first) - start),
    proxy: proxied ? whole(first - (balanced || first)) : -1,
    request: whole(endedAt - start),
    receive: proxied && headersAt > 0 ? whole(endedAt - headersAt) : 0,
  }
}

function tryOf (attempt: Exchange['tries'][number]): Record<string, unknown> {
  const { ip, port, balancer_start, balancer_latency, state, code } = attempt
  const latency = { balancer_latency: Math.round(balancer_latency), balancer_latency_ns: Math.round(balancer_latency * 1e6) }
  return { balancer_start, balancer_start_ns: balancer_start * 1e6, ip, port, ...latency, state, code }
}

/** The size of the request in bytes: request line, headers, and as much of the body as was read. */
function requestSize ({ request, requestBodyBytes }: Exchange): number {
  let size = (request.method?.length ?? 0) + (request.url?.length ?? 0) + 14
  for (const text of request.rawHeaders) size += text.length + 2
  return size + requestBodyBytes
}

type Scrub = (text: string) => string

/** Takes credentials out of any text; shorter ones than six characters only where their name gives them away. */
function scrubber (all: readonly string[]): Scrub {
  const secrets = all.filter((secret) => secret.length >= 6)
  if (secrets.length === 0) return (text) => text
  return (text) => secrets.reduce((rest, secret) => rest.includes(secret) ? rest.replaceAll(secret, redacted) : rest, text)
}

function redactUri (uri: string, names: ReadonlySet<string>): string {
  const mark = uri.indexOf('?')
  return mark === -1 ? uri : `${uri.slice(0, mark + 1)}${redactQuery(uri.slice(mark + 1), names)}`
}

function redactParameters (query: Query, names: ReadonlySet<string>, scrub: Scrub): Query {
  const hide = (value: string | true): string | true => value === true ? value : scrub(value)
  return Object.fromEntries(Object.entries(query).map(([name, value]) => {
    if (names.has(name.toLowerCase())) return [name, Array.isArray(value) ? value.map(() => redacted) : value === true ? value : redacted]
    return [name, Array.isArray(value) ? value.map(hide) : hide(value)]
  }))
}

function requestHeaders (exchange: Exchange, secretNames: ReadonlySet<string>, scrub: Scrub): Record<string, string | string[]> {
  const list = exchange.request.rawHeaders
  if (exchange.upstreamHeaders.size === 0) return collect(list, secretNames, scrub)
  const kept = list.flatMap((text, index) => index % 2 === 0 && !exchange.upstreamHeaders.has(text.toLowerCase()) ? [text, list[index + 1] ?? ''] : [])
  for (const change of exchange.upstreamHeaders.values()) if (change !== undefined) kept.push(change.name, change.value)
  return collect(kept, secretNames, scrub)
}

function collect (list: readonly string[], secretNames: ReadonlySet<string>, scrub: Scrub): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (let index = 0; index < Math.min(list.length, limit * 2); index += 2) {
    const name = (list[index] ?? '').toLowerCase()
    const value = alwaysSecret.has(name) || secretNames.has(name) ? redacted : scrub(list[index + 1] ?? '')
    const before = headers[name]
    if (name === '__proto__') continue
    headers[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return headers
}
