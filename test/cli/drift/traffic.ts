/** Kong records that drift from the documents in `examples/openapi` in every way that there is. */

/** What differs between two records; the rest is the same. */
export interface Request {
  method?: string
  uri: string
  status?: number
  /** Who made the response, in Kong's words. */
  source?: 'upstream' | 'exit' | 'error'
  service?: string
  consumer?: string
  /** Epoch ms. */
  time: number
}

/** One record of the gateway's log, as a line. `number` makes its id. */
export function logLine (number: number, { method = 'GET', uri, status = 200, source = 'upstream', service = 'orders', consumer, time }: Request): string {
  const answered = source === 'upstream'
  return JSON.stringify({
    request: { id: number.toString(16).padStart(32, '0'), method, uri, size: 100, headers: { host: 'api.example.com' } },
    response: { status, size: 100, headers: {} },
    latencies: { kong: 1, proxy: answered ? 4 : -1, request: 5 },
    source,
    client_ip: '203.0.113.17',
    started_at: time,
    ...service === '' ? {} : { service: { name: service }, route: { name: `${service}-route` } },
    ...answered ? { upstream_uri: uri, upstream_status: String(status), tries: [{ ip: '10.0.0.1', port: 80 }] } : {},
    ...consumer === undefined ? {} : { consumer: { username: consumer } },
  })
}

/** A log of some days that ends at `end`: 17 requests, several of them in one group, and what must not count. */
export function driftingLog (end: number): string {
  const uuid = '8f14e45f-ceea-467f-a0e6-3f1c2b9d7a10'
  const day = 86_400_000
  const requests: Request[] = [
    { uri: '/v1/orders', consumer: 'acme-logistics', time: end - 2 * day },
    { uri: '/v1/orders', method: 'HEAD', consumer: 'acme-logistics', time: end - 50_000 },
    // Two undocumented paths; nobody ever got an answer from the second.
    { uri: `/v1/orders/${uuid}/invoice`, consumer: 'acme-logistics', time: end - 3 * day },
    { uri: `/v1/orders/${uuid}/invoice`, consumer: 'acme-logistics', time: end - day },
    { uri: `/v1/orders/${uuid}/invoice`, method: 'POST', status: 201, consumer: 'walk-in', time: end - 40_000 },
    { uri: '/v1/warehouse/42', status: 404, time: end - 30_000 },
    // Methods on declared paths: one that works, one that does not.
    { uri: '/v1/orders/17', method: 'PUT', consumer: 'globex-pay', time: end - 20_000 },
    { uri: '/v1/orders/17/status', method: 'DELETE', status: 405, consumer: 'globex-pay', time: end - 19_000 },
    { uri: '/v1/orders/17', method: 'OPTIONS', status: 204, time: end - 18_000 },
    // Statuses: of the backend, of the gateway, of a rate limit, declared as they are, a failure, nothing at all.
    { uri: '/v1/orders', method: 'POST', status: 409, consumer: 'acme-logistics', time: end - 17_000 },
    { uri: '/v1/orders', method: 'POST', status: 401, source: 'exit', time: end - 16_000 },
    { uri: '/v1/orders', method: 'POST', status: 429, source: 'exit', consumer: 'initech', time: end - 15_000 },
    { uri: '/v1/orders', method: 'POST', status: 422, consumer: 'initech', time: end - 14_000 },
    { uri: '/v1/orders', method: 'POST', status: 500, consumer: 'initech', time: end - 13_000 },
    // Deprecated, by two partners.
    { uri: '/v1/orders/17', method: 'DELETE', status: 204, consumer: 'acme-logistics', time: end - 2 * day },
    { uri: '/v1/orders/18', method: 'DELETE', status: 204, consumer: 'initech', time: end - 12_000 },
    // A scanner, whom the gateway sends away.
    { uri: '/.env', status: 404, source: 'exit', service: '', time: end - 11_000 },
  ]
  return requests.map((request, number) => `${logLine(number, request)}\n`).join('')
}
