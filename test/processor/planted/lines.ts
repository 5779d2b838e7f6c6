/** Lines of NGINX's log, and all the places of them in which a secret may stand. */

type Write = (secret: string) => string

/** A log format, and lines of it by the place in which a secret stands. */
interface Lines { logFormat: string, sources: Readonly<Record<string, Write>> }

const plain: Readonly<Record<string, string>> = {
  remote_addr: '203.0.113.17',
  remote_user: 'acme-logistics',
  time_local: '20/Aug/2026:10:15:30 +0000',
  host: 'api.example.com',
  request: 'GET /v1/orders/42 HTTP/1.1',
  status: '200',
  bytes_sent: '900',
  request_time: '0.047',
  upstream_addr: '10.20.0.12:8080',
  upstream_status: '200',
  http_referer: '-',
  http_user_agent: 'curl/8.5.0',
  http_traceparent: '-',
  upstream_cache_status: 'MISS',
  sent_http_x_ratelimit_limit_minute: '60',
  ssl_protocol: 'TLSv1.3',
  hostname: 'gw-1',
  map_of_the_owner: 'x',
  request_id: '6b4d4233eeb6a1f6f14330dd07e57c98',
}
const names = Object.keys(plain)

/** Place: variable and value. Places that Kong's records have, too, have the same names. */
const planted: Readonly<Record<string, readonly [string, Write]>> = {
  'client address': ['remote_addr', (s) => s],
  'consumer.username': ['remote_user', (s) => s],
  'whole time': ['time_local', (s) => s],
  'label of a host': ['host', (s) => `${s}.example.com`],
  'parameter of a declared path': ['request', (s) => `GET /v1/orders/${s} HTTP/1.1`],
  'undeclared path': ['request', (s) => `GET /zone/${s} HTTP/1.1`],
  'query value': ['request', (s) => `GET /v1/orders/42?api_key=${s}&page=2 HTTP/1.1`],
  'user of an absolute target': ['request', (s) => `GET http://${s}:x@api.example.com/zone HTTP/1.1`],
  'request.method': ['request', (s) => `${s} /v1/orders/42 HTTP/1.1`],
  'whole request line': ['request', (s) => s],
  'whole status': ['status', (s) => s],
  'response.size': ['bytes_sent', (s) => s],
  'latencies.request': ['request_time', (s) => s],
  'address of a try': ['upstream_addr', (s) => s],
  'upstream status': ['upstream_status', (s) => s],
  referer: ['http_referer', (s) => s],
  'user agent': ['http_user_agent', (s) => s],
  'comment of a user agent': ['http_user_agent', (s) => `curl/8.5 (${s})`],
  'trace of a traceparent': ['http_traceparent', (s) => `00-${s}-c909dfdb3d83937e-01`],
  'cache status': ['upstream_cache_status', (s) => s],
  'answered x-ratelimit-limit-minute': ['sent_http_x_ratelimit_limit_minute', (s) => s],
  'tls version': ['ssl_protocol', (s) => s],
  'variable that nobody reads': ['map_of_the_owner', (s) => s],
  'request id': ['request_id', (s) => s],
}

function linesOf (logFormat: string, escape: (text: string) => string): Lines {
  const sources = Object.entries(planted).map(([place, [variable, write]]): [string, Write] => [place, (secret) =>
    logFormat.replace(/\$(\w+)/g, (_, name: string) => escape(name === variable ? write(secret) : plain[name] ?? ''))])
  return { logFormat, sources: Object.fromEntries(sources) }
}

/** A line of text, with nginx's own escapes. */
export const nginxText = linesOf(names.map((name) => name === 'time_local' ? `[$${name}]` : `"$${name}"`).join(' '), (text) =>
  [...Buffer.from(text)].map((byte) => byte < 0x20 || byte > 0x7E || byte === 0x22 || byte === 0x5C
    ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
    : String.fromCharCode(byte)).join(''))

/** A line of JSON. */
export const nginxJson = linesOf(`{${names.map((name) => `"${name}":"$${name}"`).join(',')}}`, (text) => JSON.stringify(text).slice(1, -1))
