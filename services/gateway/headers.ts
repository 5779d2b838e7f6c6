import type { Exchange } from './exchange.ts'
import { version } from '../runtime/package.ts'

/** How this gateway names itself in `Server` and `Via`. */
export const product = `gatelens/${version}`

// RFC 9110 §7.6.1, and `Proxy`, which CGI servers would take for a variable (CVE-2016-5385).
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'proxy'])
const replaced = new Set(['host', 'expect', 'via', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host',
  'x-forwarded-port', 'x-forwarded-path', 'x-forwarded-prefix', 'x-kong-request-id'])

/**
 * The headers to send upstream, name and value in turn: the client's without hop-by-hop ones, with the changes that
 * plugins made, and with what a proxy adds (`X-Forwarded-*`, `X-Real-IP`, `Via`, `X-Kong-Request-Id`).
 */
export function upstreamHeaders (exchange: Exchange, host: string): string[] {
  const { rawHeaders, headers, httpVersion } = exchange.request
  const named = connectionTokens(headers.connection)
  const result = ['Host', host]
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    if (hopByHop.has(lower) || replaced.has(lower) || named?.has(lower) === true || exchange.upstreamHeaders.has(lower)) continue
    result.push(name, rawHeaders[index + 1] ?? '')
  }
  for (const [lower, change] of exchange.upstreamHeaders) {
    if (change !== undefined && lower !== 'host') result.push(change.name, change.value)
  }
  result.push(...forwarded(exchange), 'X-Kong-Request-Id', exchange.id,
    'Via', `${headers.via === undefined ? '' : `${headers.via}, `}${httpVersion} ${product}`)
  return result
}

function forwarded (exchange: Exchange): string[] {
  const { headers } = exchange.request
  const before = (name: string): string | undefined => exchange.arrival.trusted && typeof headers[name] === 'string' ? headers[name] : undefined
  const name = before('x-forwarded-host') ?? withoutPort(exchange.arrival.host)
  const chain = headers['x-forwarded-for']
  const prefix = before('x-forwarded-prefix') ??
    (exchange.route?.entry.strip_path === true && exchange.matched !== '' && exchange.matched !== '/' ? exchange.matched : undefined)
  return [
    'X-Forwarded-For', chain === undefined ? exchange.arrival.clientIp : `${String(chain)}, ${exchange.arrival.peer}`,
    'X-Forwarded-Proto', before('x-forwarded-proto') ?? 'http',
    ...(name === '' ? [] : ['X-Forwarded-Host', name]),
    'X-Forwarded-Port', before('x-forwarded-port') ?? String(exchange.arrival.port),
    'X-Forwarded-Path', before('x-forwarded-path') ?? exchange.arrival.target.path,
    ...(prefix === undefined ? [] : ['X-Forwarded-Prefix', prefix]),
    'X-Real-IP', exchange.arrival.clientIp,
  ]
}

/**
 * The response headers to hand on, name and value in turn: the upstream's without hop-by-hop ones and the names in `extra`.
 * RFC 9110 §8.6: a 204 has no Content-Length, whatever the upstream says.
 */
export function downstreamHeaders (raw: ReadonlyArray<Buffer | string>, status: number, extra: ReadonlyMap<string, unknown>): string[] {
  const texts = raw.map((part) => typeof part === 'string' ? part : part.toString('latin1'))
  const named = connectionTokens(valueOf(texts, 'connection'))
  const result: string[] = []
  for (let index = 0; index < texts.length; index += 2) {
    const name = texts[index] ?? ''
    const lower = name.toLowerCase()
    if (hopByHop.has(lower) || lower === 'via' || named?.has(lower) === true || extra.has(lower)) continue
    if (status === 204 && lower === 'content-length') continue
    result.push(name, texts[index + 1] ?? '')
  }
  const via = valueOf(texts, 'via')
  result.push('Via', `${via === undefined ? '' : `${via}, `}1.1 ${product}`)
  if (valueOf(texts, 'server') === undefined) result.push('Server', product)
  return result
}

/** The first value of a header in a list of names and values; the name is lower case. */
export function valueOf (list: readonly string[], name: string): string | undefined {
  for (let index = 0; index < list.length; index += 2) {
    if (list[index]?.length === name.length && list[index]?.toLowerCase() === name) return list[index + 1]
  }
  return undefined
}

/** `host`, `host:port`, `[v6]:port` without the port. */
export function withoutPort (host: string): string {
  return host.replace(/:\d*$/, '')
}

function connectionTokens (value: string | undefined): Set<string> | undefined {
  if (value === undefined || value.length === 0 || /^(?:keep-alive|close|upgrade)$/i.test(value)) return undefined
  return new Set(value.toLowerCase().split(',').map((token) => token.trim()))
}
