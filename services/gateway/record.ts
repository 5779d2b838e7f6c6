/**
 * The access-log record, field by field as Kong's serializer writes it (kong/pdk/log.lua, `serialize`), for Kong 3.7 and
 * later. Two differences, on purpose: credentials that the key-auth plugin reads are written as REDACTED here, in headers,
 * query string and addresses, where Kong writes them as they are; and latencies have three decimals, because what this
 * gateway takes is a fraction of a millisecond, which Kong's whole numbers would show as 0.
 */
import type { Exchange, Try } from './exchange.ts'
import { withoutPort } from './headers.ts'
import { defaultWorkspace } from './ids.ts'
import { quote } from './json.ts'
import { redactQuery } from './query.ts'
import { redacted, scrubRecord } from './redact.ts'
import { createHeaderWriter } from './record-headers.ts'
import type { HeaderWriter } from './record-headers.ts'

/** One record as a line of JSON, without a line end. Reads the exchange, changes nothing. */
export type Serializer = (exchange: Exchange) => string

/** A serializer that keeps the values of these header and parameter names (lower case) out of the record. */
export function createSerializer (secretNames: ReadonlySet<string>): Serializer {
  const headers = createHeaderWriter(secretNames)
  // Most queries hold none of the names, in plain or in percent-encoded letters; only the others are taken apart.
  const suspicious = new RegExp(['%', '\\+', ...secretNames].join('|'), 'i')
  const redactUri = (uri: string): string => {
    const mark = uri.indexOf('?')
    return mark === -1 || !suspicious.test(uri) ? uri : `${uri.slice(0, mark + 1)}${redactQuery(uri.slice(mark + 1), secretNames)}`
  }
  return (exchange) => {
    const { service, route, consumer } = exchange
    const own = ownPart(exchange, headers, redactUri, secretNames)
    // The entities never change: their JSON is made once, at start.
    const line = `${own}${part('service', service?.json)}${part('route', route?.json)}${part('consumer', consumer?.json)}}`
    return scrubRecord(line, exchange.secrets)
  }
}

/** Put together as text: this runs for every request, and objects made only to be turned into text cost several times more. */
function ownPart (exchange: Exchange, headers: HeaderWriter, redactUri: (uri: string) => string, names: ReadonlySet<string>): string {
  const { id, arrival, credential, route, trace, request } = exchange
  const uri = quote(redactUri(arrival.target.uri))
  const upstreamUri = exchange.upstreamUri === arrival.target.uri ? uri : quote(redactUri(exchange.upstreamUri))
  const origin = quote(`http://${withoutPort(arrival.host)}:${arrival.port}`)
  return `{"request":{"id":"${id}","uri":${uri},"url":${origin.slice(0, -1)}${uri.slice(1)},"querystring":${queryString(exchange, names)},"method":${
    quote(exchange.method)},"headers":${headers(request.rawHeaders, exchange.upstreamHeaders)},"size":${requestSize(exchange)
    }},"response":{"status":${exchange.status},"headers":${headers(exchange.sent)},"size":${exchange.responseBytes}},"latencies":${latencies(exchange)
    },"upstream_uri":${upstreamUri},"upstream_status":"${exchange.upstreamStatuses.join(', ')}","client_ip":${quote(arrival.clientIp)
    },"started_at":${exchange.startedAt},"source":"${exchange.source}","workspace":"${route?.workspace ?? defaultWorkspace
    }","workspace_name":"default"${part('tries', route && `[${exchange.tries.map(tryOf).join(',')}]`)}${
    part('authenticated_entity', credential && `{"id":"${credential.id}","consumer_id":"${credential.consumer.id}"}`)}${
    fields(exchange.fields)}${part('trace_id', trace && `{"w3c":"${trace.id}"}`)}`
}

function part (name: string, json: string | undefined): string {
  return json === undefined ? '' : `,"${name}":${json}`
}

function fields (extra: Record<string, unknown>): string {
  let text = ''
  for (const name in extra) text += part(name, JSON.stringify(extra[name]))
  return text
}

function latencies ({ start, balanced, headersAt, endedAt, proxied }: Exchange): string {
  const first = headersAt || endedAt
  const proxy = proxied ? decimals(first - (balanced || first)) : -1
  const receive = proxied && headersAt > 0 ? decimals(endedAt - headersAt) : 0
  return `{"kong":${decimals((balanced || first) - start)},"proxy":${proxy},"request":${decimals(endedAt - start)},"receive":${receive}}`
}

/** Milliseconds to the microsecond. */
function decimals (ms: number): number {
  return Math.max(0, Math.round(ms * 1000) / 1000)
}

function tryOf ({ ip, port, balancer_start: start, balancer_latency: latency, state, code }: Try): string {
  return `{"balancer_start":${start},"balancer_start_ns":${start * 1e6},"ip":${quote(ip)},"port":${port},"balancer_latency":${
    Math.round(latency)},"balancer_latency_ns":${Math.round(latency * 1e6)}${state === undefined ? '' : `,"state":"${state}","code":${code}`}}`
}

/** The size of the request in bytes: request line, headers, and as much of the body as was read. */
function requestSize ({ request, requestBodyBytes }: Exchange): number {
  let size = (request.method?.length ?? 0) + (request.url?.length ?? 0) + 14
  for (const text of request.rawHeaders) size += text.length + 2
  return size + requestBodyBytes
}

function queryString (exchange: Exchange, names: ReadonlySet<string>): string {
  if (exchange.arrival.target.query === undefined) return '{}'
  let text = ''
  const { query } = exchange
  for (const name in query) {
    const value = query[name] ?? true
    const secret = names.has(name.toLowerCase())
    const show = (one: string | true): string => one === true ? 'true' : quote(secret ? redacted : one)
    text += `${text === '' ? '' : ','}${quote(name)}:${Array.isArray(value) ? `[${value.map(show).join(',')}]` : show(value)}`
  }
  return `{${text}}`
}
