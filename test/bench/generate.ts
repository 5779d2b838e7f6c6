/**
 * Makes Kong access logs of any length for benches: the same seed gives the same bytes. A record takes about 2.5 KB, as
 * real ones with their headers, route and service entities do.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { scenario } from '../../services/cli/demo/scenario.ts'
import type { DemoRequest } from '../../services/cli/demo/scenario.ts'
import { createRandom, hex, uuid } from '../../services/cli/demo/random.ts'
import type { Random } from '../../services/cli/demo/random.ts'

export interface GenerateOptions { records: number, seed?: number, /** Requests a second of event time. */ rate?: number }

const start = Date.UTC(2026, 7, 20, 10, 0, 0)

/** Writes a log to `path`, piece by piece. Resolves with its size in bytes. */
export async function generateLog (path: string, { records, seed = 1, rate = 500 }: GenerateOptions): Promise<number> {
  const stream = createWriteStream(path, { highWaterMark: 1024 * 1024 })
  let bytes = 0
  for (const piece of generateLines({ records, seed, rate })) {
    bytes += piece.length
    if (!stream.write(piece)) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'finish')
  return bytes
}

/** The same log as pieces of 200 lines. */
export function * generateLines ({ records, seed = 1, rate = 500 }: GenerateOptions): Generator<Buffer> {
  const requests = scenario(seed)
  const random = createRandom(seed + 1)
  let lines = ''
  for (let index = 0; index < records; index++) {
    const time = start + Math.round((index * 1000 + 400 * random()) / rate)
    lines += `${JSON.stringify(recordOf(requests.next().value, time, random))}\n`
    if ((index + 1) % 200 !== 0 && index + 1 !== records) continue
    yield Buffer.from(lines)
    lines = ''
  }
}

const services = [
  { prefix: '/v1/orders', name: 'orders', route: 'orders-v1' },
  { prefix: '/v1/payments', name: 'payments', route: 'payments-v1' },
  { prefix: '/v1/customers', name: 'payments', route: 'customers-v1' },
  { prefix: '/fhir/r4', name: 'patients', route: 'fhir-r4' },
  { prefix: '/v1/', name: 'catalog', route: 'catalog-v1' },
] as const
const ids = createRandom(99)
const entities = new Map(services.map((service) => [service, { route: uuid(ids), service: uuid(ids) }]))
interface Consumer { username: string, id: string, credential: string }
const consumers: Record<string, Consumer> = Object.fromEntries([
  ['acme', 'acme-logistics'], ['initech', 'initech'], ['globex', 'globex-pay'], ['umbrella', 'umbrella-health'],
  ['wayne', 'wayne-pharmacy'], ['hooli', 'hooli-retail'], ['stark', 'stark-fulfilment'], ['soylent', 'soylent-grocers'],
].map(([key, username]) => [`demo-key-${key}`, { username: username ?? '', id: uuid(ids), credential: uuid(ids) }]))

/** One record as Kong's serializer writes it (kong/pdk/log.lua), for a request of the demo's story. */
function recordOf (request: DemoRequest, time: number, random: Random): Record<string, unknown> {
  const service = services.find(({ prefix }) => request.target.startsWith(prefix))
  const consumer = consumers[request.key]
  const proxied = service !== undefined && consumer !== undefined
  const status = service === undefined ? 404 : consumer === undefined ? 401 : request.status
  const upstream = Math.round(request.delay_ms)
  const kong = 1 + Math.floor(random() * 5)
  const id = hex(random, 32)
  return {
    request: requestOf(request, consumer, id, random),
    response: responseOf(status, id, upstream, kong, random),
    latencies: { kong, proxy: proxied ? upstream : -1, request: kong + (proxied ? upstream + 1 : 0), receive: proxied ? 1 : 0 },
    upstream_uri: service === undefined ? '' : request.target,
    upstream_status: proxied ? String(status) : '',
    client_ip: `203.0.113.${Math.floor(random() * 250)}`,
    started_at: time,
    source: proxied ? 'upstream' : 'kong',
    workspace: '6f2d1c7e-0b5a-4d52-9a4e-2f1f0a5be001',
    workspace_name: 'default',
    ...(service === undefined ? {} : entitiesOf(service)),
    ...(proxied ? { tries: [tryAt(time + kong)] } : {}),
    ...(consumer === undefined
      ? {}
      : {
          consumer: { id: consumer.id, username: consumer.username, created_at: 1771000200, updated_at: 1771000200, tags: ['partner'] },
          authenticated_entity: { id: consumer.credential },
        }),
    trace_id: { w3c: hex(random, 32) },
  }
}

function tryAt (time: number): unknown {
  return { balancer_start: time, balancer_start_ns: time * 1e6, ip: '10.20.0.12', port: 8080, balancer_latency: 0, balancer_latency_ns: 31488 }
}

function requestOf (request: DemoRequest, consumer: Consumer | undefined, id: string, random: Random): unknown {
  return {
    id,
    uri: request.target,
    url: `https://api.example.com:443${request.target}`,
    querystring: Object.fromEntries(new URLSearchParams(request.target.split('?')[1] ?? '')),
    method: request.method,
    headers: {
      host: 'api.example.com',
      'user-agent': request.agent,
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'content-type': 'application/json',
      'x-forwarded-for': '203.0.113.17, 10.1.0.4',
      traceparent: `00-${hex(random, 32)}-${hex(random, 16)}-01`,
      ...(consumer === undefined ? {} : { 'x-consumer-id': consumer.id, 'x-consumer-username': consumer.username, 'x-credential-identifier': consumer.credential }),
    },
    size: 300 + Math.floor(random() * 900),
    tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', client_verify: 'NONE' },
  }
}

function responseOf (status: number, id: string, upstream: number, kong: number, random: Random): unknown {
  const size = 200 + Math.floor(random() * 4000)
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(size),
      date: 'Thu, 20 Aug 2026 10:15:30 GMT',
      vary: 'Accept-Encoding',
      'x-kong-request-id': id,
      'x-kong-upstream-latency': String(upstream),
      'x-kong-proxy-latency': String(kong),
      'x-ratelimit-limit-minute': '6000',
      'x-ratelimit-remaining-minute': String(Math.floor(random() * 6000)),
      via: '1.1 kong/3.9.1',
      connection: 'keep-alive',
    },
    size: size + 600,
  }
}

function entitiesOf (service: typeof services[number]): Record<string, unknown> {
  const found = entities.get(service)
  return {
    service: {
      id: found?.service, name: service.name, host: `${service.name}.svc.internal`, port: 8080, protocol: 'http', retries: 5, connect_timeout: 60000, read_timeout: 8000, write_timeout: 60000, enabled: true, created_at: 1771000000, updated_at: 1786000000, tags: [`team:${service.name}`],
    },
    route: {
      id: found?.route, name: service.route, paths: [service.prefix], protocols: ['http', 'https'], strip_path: false, preserve_host: false, path_handling: 'v0', regex_priority: 0, https_redirect_status_code: 426, request_buffering: true, response_buffering: true, service: { id: found?.service }, created_at: 1771000100, updated_at: 1786000100, tags: [],
    },
  }
}
