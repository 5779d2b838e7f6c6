/**
 * The access-log record, field by field as Kong's serializer writes it (kong/pdk/log.lua, `serialize`), for Kong 3.7 and
 * later. One difference, on purpose: credentials that the key-auth plugin reads are written as REDACTED here, in headers,
 * query string and addresses, where Kong writes them as they are.
 */
import type { Exchange } from './exchange.ts'
import { defaultWorkspace } from './ids.ts'
import { redactQuery } from './query.ts'
import { withoutPort } from './headers.ts'

const redacted = 'REDACTED'
const alwaysSecret = new Set(['authorization', 'proxy-authorization'])
const limit = 100

/** One record as a line of JSON, without a line end. Pure: reads the exchange, changes nothing. */
export function serialize (exchange: Exchange, secretNames: ReadonlySet<string>): string {
  const scrub = scrubber(exchange.secrets)
  const uri = scrub(redactUri(exchange.arrival.target.uri, secretNames))
  const { arrival, status, credential } = exchange
  // Put together as text: this runs for every request, and objects made only to be turned into text cost a sixth more.
  const request = `"id":"${exchange.id}","uri":${quote(uri)},"url":${quote(`http://${withoutPort(arrival.host)}:${arrival.port}${uri}`)},` +
    `"querystring":${queryString(exchange, secretNames, scrub)},"method":${quote(exchange.method)},` +
    `"headers":${requestHeaders(exchange, secretNames, scrub)},"size":${requestSize(exchange)}`
  const response = `"status":${status},"headers":${collect(exchange.sent, secretNames, scrub)},"size":${exchange.responseBytes}`
  const upstream = `"upstream_uri":${quote(scrub(redactUri(exchange.upstreamUri, secretNames)))},` +
    `"upstream_status":"${exchange.upstreamStatuses.join(', ')}"`
  const context = `"client_ip":${quote(arrival.clientIp)},"started_at":${exchange.startedAt},"source":"${exchange.source}",` +
    `"workspace":"${exchange.route?.workspace ?? defaultWorkspace}","workspace_name":"default"`
  return `{"request":{${request}},"response":{${response}},"latencies":${JSON.stringify(latencies(exchange))},${upstream},${context}${
    part('tries', exchange.route === undefined ? undefined : JSON.stringify(exchange.tries.map(tryOf)))}${
    part('authenticated_entity', credential && `{"id":"${credential.id}","consumer_id":"${credential.consumer.id}"}`)}${
    fields(exchange.fields)}${part('trace_id', exchange.trace && `{"w3c":"${exchange.trace.id}"}`)}${
    // The entities never change: their JSON is made once, at start.
    part('service', exchange.service?.json)}${part('route', exchange.route?.json)}${part('consumer', exchange.consumer?.json)}}`
}

function part (name: string, json: string | undefined): string {
  return json === undefined ? '' : `,"${name}":${json}`
}

function fields (extra: Record<string, unknown>): string {
  let text = ''
  for (const name in extra) text += part(name, JSON.stringify(extra[name]))
  return text
}

/** Most texts need no escape, and a look is cheaper than a call into the engine's serializer. */
function quote (text: string): string {
  return /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text)
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

function queryString (exchange: Exchange, names: ReadonlySet<string>, scrub: Scrub): string {
  if (exchange.arrival.target.query === undefined) return '{}'
  const parts: string[] = []
  const { query } = exchange
  for (const name in query) {
    const value = query[name] ?? true
    const secret = names.has(name.toLowerCase())
    const show = (one: string | true): string => one === true ? 'true' : secret ? quote(redacted) : quote(scrub(one))
    parts.push(`${quote(scrub(name))}:${Array.isArray(value) ? `[${value.map(show).join(',')}]` : show(value)}`)
  }
  return `{${parts.join(',')}}`
}

/** The client's headers with the changes that plugins made: what Kong finds when it looks at log time. */
function requestHeaders ({ request, upstreamHeaders }: Exchange, secretNames: ReadonlySet<string>, scrub: Scrub): string {
  const headers = new Map<string, string | string[]>()
  const list = request.rawHeaders
  for (let index = 0; index < list.length && index < limit * 2; index += 2) {
    const name = (list[index] ?? '').toLowerCase()
    if (!upstreamHeaders.has(name)) add(headers, name, list[index + 1] ?? '', secretNames, scrub)
  }
  for (const [name, change] of upstreamHeaders) if (change !== undefined) add(headers, name, change.value, secretNames, scrub)
  return joined(headers)
}

function collect (list: readonly string[], secretNames: ReadonlySet<string>, scrub: Scrub): string {
  const headers = new Map<string, string | string[]>()
  for (let index = 0; index < list.length && index < limit * 2; index += 2) {
    add(headers, (list[index] ?? '').toLowerCase(), list[index + 1] ?? '', secretNames, scrub)
  }
  return joined(headers)
}

type Headers = Map<string, string | string[]>

/** Values are kept as JSON; a header that comes again becomes a list. */
function add (headers: Headers, name: string, raw: string, secretNames: ReadonlySet<string>, scrub: Scrub): void {
  const value = quote(alwaysSecret.has(name) || secretNames.has(name) ? redacted : scrub(raw))
  const before = headers.get(name)
  if (before === undefined) headers.set(name, value)
  else if (typeof before === 'string') headers.set(name, [before, value])
  else before.push(value)
}

function joined (headers: Headers): string {
  let text = ''
  for (const [name, value] of headers) text += `${text === '' ? '' : ','}${quote(name)}:${typeof value === 'string' ? value : `[${value.join(',')}]`}`
  return `{${text}}`
}
