/** Records of Kong, and of our gateway, which writes as Kong does, and all the places of them in which a secret may stand. */

type Json = Record<string, unknown>

/** A record in which nothing is secret. */
export function kongRecord (): Json {
  return {
    request: {
      id: '6b4d4233eeb6a1f6f14330dd07e57c98',
      uri: '/v1/orders/42',
      url: 'https://api.example.com:443/v1/orders/42',
      querystring: {},
      method: 'GET',
      size: 412,
      headers: { host: 'api.example.com', 'user-agent': 'curl/8.5.0', accept: '*/*' },
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', client_verify: 'NONE' },
    },
    response: { status: 200, size: 900, headers: { 'content-type': 'application/json', 'x-ratelimit-limit-minute': '60', 'x-ratelimit-remaining-minute': '59' } },
    latencies: { kong: 4, proxy: 41, request: 47, receive: 2 },
    upstream_uri: '/orders/42',
    upstream_status: '200',
    client_ip: '203.0.113.17',
    started_at: 1787220930123,
    source: 'upstream',
    service: { id: '7f4dbe3a-3b1c-4c1e-9f5a-0d6f4b3c2a11', name: 'orders-api', host: 'orders.internal', path: '/orders' },
    route: { id: '0b5cf4a2-8c7d-4b1e-a9f3-6e2d1c0b9a22', name: 'orders-v1', paths: ['/v1/orders'], hosts: ['api.example.com'] },
    consumer: { id: 'c0ffee00-0000-4000-8000-000000000001', username: 'acme-logistics', custom_id: 'PARTNER-0001' },
    authenticated_entity: { id: 'd1ffee00-0000-4000-8000-000000000002' },
    tries: [{ ip: '10.20.0.12', port: 8080, balancer_latency: 0 }],
    workspace: '0dc6f45b-8f8d-40d2-a504-473544ee190b',
    workspace_name: 'default',
  }
}

/** The same as the embedded gateway writes it. */
export function gatewayRecord (): Json {
  const { request, tries: _tries, ...record } = kongRecord()
  const { tls: _tls, ...rest } = request as Json
  return {
    ...record,
    request: { ...rest, url: 'http://api.example.com:8000/v1/orders/42' },
    latencies: { kong: 0.412, proxy: 1.275, request: 1.687, receive: 0 },
    authenticated_entity: { id: 'd1ffee00-0000-4000-8000-000000000002', consumer_id: 'c0ffee00-0000-4000-8000-000000000001' },
    trace_id: { w3c: '4bf92f3577b34da6a3ce929d0e0e4736' },
    tries: [{ balancer_start: 1787220930123, balancer_start_ns: 1787220930123000000, ip: '127.0.0.1', port: 9000, balancer_latency: 0, balancer_latency_ns: 0 }],
  }
}

/** Puts a secret into a record. */
export type Place = (record: Json, secret: string) => void

const set = (path: string, write = (secret: string): unknown => secret): Place => (record, secret) => {
  const keys = path.split('.')
  const last = keys.pop()!
  const parent = keys.reduce<Json>((object, key) => object[key] as Json ?? (object[key] = {}), record)
  parent[last] = write(secret)
}
const headers = (name: string, write?: (secret: string) => unknown): Place => inHeaders('request', name, write)
const answered = (name: string, write?: (secret: string) => unknown): Place => inHeaders('response', name, write)
function inHeaders (side: string, name: string, write = (secret: string): unknown => secret): Place {
  return (record, secret) => { ((record[side] as Json).headers as Json)[name] = write(secret) }
}
/** A path, declared or not; what a URI cannot hold is escaped, as clients do. */
const path = (write: (secret: string) => string): Place => (record, secret) => {
  const uri = write(escape(secret))
  set('request.uri')(record, uri)
  set('request.url')(record, `https://api.example.com:443${uri}`)
  set('upstream_uri')(record, uri)
}
const escape = (text: string): string => encodeURIComponent(text).replace(/%(?:40|2B|3D|2C|3A|24)/g, decodeURIComponent)
const all = (...places: Place[]): Place => (record, secret) => { for (const place of places) place(record, secret) }
const remove = (name: string): Place => (record) => { Reflect.deleteProperty(record, name) }
const noRoute = all(remove('route'), remove('service'))

const paths: Record<string, Place> = {
  'parameter of a declared path': path((s) => `/v1/orders/${s}`),
  'second parameter of a declared path': path((s) => `/v1/orders/42/items/${s}`),
  'behind a declared path': path((s) => `/v1/orders/42/${s}`),
  'undeclared path': path((s) => `/zone/${s}`),
  'first segment': path((s) => `/${s}`),
  'amid an undeclared path': path((s) => `/zone/${s}/settings`),
  'segment with an ending': path((s) => `/files/${s}.json`),
  'segment with a verb': path((s) => `/zone/${s}:cancel`),
  'function of a path': path((s) => `/zone/Users(${s})`),
  'matrix parameter': path((s) => `/zone/cart;sid=${s}`),
  'name of a matrix parameter': path((s) => `/zone/cart;${s}=1`),
  'all segments': path((s) => `/${s}/${s}/${s}`),
  'path that no gateway took': all(path((s) => `/${s}/login`), noRoute, set('response.status', () => 404)),
  'query value': path((s) => `/v1/orders/42?api_key=${s}&page=2`),
  'query name': path((s) => `/zone/open?${s}=1`),
  fragment: path((s) => `/zone/open#${s}`),
  'user of an absolute target': path((s) => `http://${s}:x@api.example.com/zone`),
  'host of an absolute target': path((s) => `http://${s}/zone`),
}

const requests: Record<string, Place> = {
  'request id': set('request.id'),
  'request.url': set('request.url'),
  'user of request.url': set('request.url', (s) => `https://${s}@api.example.com/zone`),
  'value of querystring': set('request.querystring.token'),
  'name of querystring': (record, s) => set('request.querystring', () => ({ [s]: true }))(record, s),
  'request.method': set('request.method'),
  'request.size': set('request.size'),
  'tls version': set('request.tls.version'),
  'tls cipher': set('request.tls.cipher'),
  'subject of a certificate': set('request.tls.client_verify'),
  'request body': set('request.body'),
  host: headers('host'),
  'label of a host': headers('host', (s) => `${s}.example.com`),
  'label of another host': headers('host', (s) => `${s}.tenants.shop.example`),
  'user of a host': headers('host', (s) => `${s}@api.example.com`),
  'port of a host': headers('host', (s) => `api.example.com:${s}`),
  'user agent': headers('user-agent'),
  'product of a user agent': headers('user-agent', (s) => `${s}/1.0`),
  'comment of a user agent': headers('user-agent', (s) => `curl/8.5 (${s})`),
  'version of a user agent': headers('user-agent', (s) => `curl/${s}`),
  ...Object.fromEntries(['authorization', 'proxy-authorization', 'cookie', 'apikey', 'x-api-key', 'x-forwarded-for', 'x-real-ip', 'referer', 'origin', 'x-anonymous-consumer', 'x-consumer-username',
    'x-request-id', 'x-correlation-id', 'traceparent', 'tracestate', 'baggage', 'x-b3-traceid', 'accept', 'content-type', 'x-unknown'].map((name) => [`header ${name}`, headers(name)])),
  'trace of a traceparent': headers('traceparent', (s) => `00-${s.padStart(32, '0')}-c909dfdb3d83937e-01`),
  'span of a traceparent': headers('traceparent', (s) => `00-4bf92f3577b34da6a3ce929d0e0e4736-${s.padStart(16, '0')}-01`),
  'name of a header': (record, s) => headers(s, () => 'x')(record, s),
  'list of headers': headers('x-api-key', (s) => [s, s]),
}

const responses: Record<string, Place> = {
  'response.status': set('response.status'),
  'response.size': set('response.size'),
  'response body': set('response.body'),
  ...Object.fromEntries(['set-cookie', 'location', 'x-cache-status', 'x-kong-request-id', 'retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'x-ratelimit-limit-minute', 'x-ratelimit-remaining-minute',
    'via', 'server', 'www-authenticate', 'x-unknown'].map((name) => [`answered ${name}`, answered(name)])),
  'answered request id alone': all(set('request.id', () => undefined), answered('x-kong-request-id')),
  'name of a limit': (record, s) => all(set('response.headers', () => ({})), answered(`x-ratelimit-limit-${s}`, () => '60'))(record, s),
}

const entities: Record<string, Place> = {
  ...Object.fromEntries(['latencies.kong', 'latencies.proxy', 'latencies.request', 'latencies.receive', 'upstream_uri', 'upstream_status', 'client_ip', 'started_at', 'source', 'trace_id', 'trace_id.w3c',
    'trace_id.datadog', 'correlation_id', 'workspace', 'workspace_name', 'service', 'route', 'consumer', 'service.name', 'service.id', 'service.host', 'service.path', 'route.name', 'route.id', 'consumer.username',
    'consumer.custom_id', 'consumer.id', 'authenticated_entity.id', 'authenticated_entity.consumer_id', 'error', 'error.message', 'message', 'plugin.note', 'session'].map((name) => [name, set(name)])),
  'service without a name': set('service', (s) => ({ host: s })),
  'service of an id alone': set('service', (s) => ({ id: s })),
  'route of an id alone': set('route', (s) => ({ id: s })),
  'route in the form of a template': set('route.name', (s) => `get-/zone/${escape(s)}/open`),
  'consumer of a custom id alone': set('consumer', (s) => ({ custom_id: s })),
  'consumer of an id alone': set('consumer', (s) => ({ id: s })),
  'tags of a consumer': set('consumer.tags', (s) => [s]),
  'paths of a route': set('route.paths', (s) => [s]),
  'hosts of a route': set('route.hosts', (s) => [s]),
  'address of a try': set('tries', (s) => [{ ip: s, port: 8080 }]),
  'port of a try': set('tries', (s) => [{ ip: '10.0.0.1', port: s }]),
  'state of a try': set('tries', (s) => [{ ip: '10.0.0.1', state: s, code: s }]),
  'status of upstreams': set('upstream_status', (s) => [s, '200']),
  'correlation id alone': all(set('request.id', () => undefined), set('correlation_id')),
  'unknown field': set('note'),
  'name of an unknown field': (record, s) => { record[s] = 1 },
}

const undeclared = Object.fromEntries(Object.entries(entities).map(([name, place]) => [`${name}, undeclared path`, all(path(() => '/zone/open'), place)]))

/** Every place by name. */
export const places: Readonly<Record<string, Place>> = { ...paths, ...requests, ...responses, ...entities, ...undeclared }

/** Lines that are no requests, with a secret in each. */
export const broken: Readonly<Record<string, (secret: string) => string>> = {
  'cut off': (s) => JSON.stringify({ ...kongRecord(), note: s, request: { uri: `/zone/${s}` } }).slice(0, -20),
  'cut off inside': (s) => `{"request":{"uri":"/zone/${s}`,
  'no start': (s) => JSON.stringify({ ...kongRecord(), started_at: undefined, note: s }),
  'start that is none': (s) => JSON.stringify({ ...kongRecord(), started_at: s }),
  'status that is none': (s) => JSON.stringify({ ...kongRecord(), response: { status: s } }),
  'method that is none': (s) => JSON.stringify({ ...kongRecord(), request: { method: [s], uri: `/zone/${s}` } }),
  'text alone': (s) => s.replaceAll('\n', ' '),
  'text of JSON': (s) => JSON.stringify(s),
  'array of texts': (s) => JSON.stringify([s, s]),
  'line of nginx': (s) => `203.0.113.9 - ${s} [20/Aug/2026:10:15:30 +0000] "GET /zone/${escape(s)} HTTP/1.1" 200 12 "-" "${s}"`,
  'line of syslog': (s) => `<134>Aug 20 10:15:30 edge-1 kong[12]: ${s.replaceAll('\n', ' ')}`,
  'container wrapper': (s) => JSON.stringify({ log: `${s}\n`, stream: 'stdout', time: '2026-08-20T10:15:30Z', attrs: { tag: s } }),
  'name that is repeated': (s) => `{"request":1,"request":${JSON.stringify(s)},${JSON.stringify(s)}:2}`,
  'stream session': (s) => JSON.stringify({ session: { sni: s, tls: { cipher: s } }, started_at: 1787220930123, client_ip: s }),
}
