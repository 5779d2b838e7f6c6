/** A small Kong record (about 600 bytes) with an id of its own, at `time` (epoch ms). */
export function kongRecord (number: number, time = Date.UTC(2026, 7, 20, 10)): string {
  const id = number.toString(16).padStart(32, '0')
  return JSON.stringify({
    request: {
      id,
      method: 'GET',
      uri: `/v1/orders/${number}`,
      url: `https://api.example.com:443/v1/orders/${number}`,
      size: 412,
      querystring: {},
      headers: { host: 'api.example.com', 'user-agent': 'acme-erp/4.2.1' },
    },
    response: { status: 200, size: 1893, headers: { 'content-type': 'application/json' } },
    latencies: { kong: 4, proxy: 41, request: 47, receive: 2 },
    upstream_uri: `/orders/${number}`,
    upstream_status: '200',
    client_ip: '203.0.113.17',
    started_at: time,
    service: { id: 'service-1', name: 'orders-api' },
    route: { id: 'route-1', name: 'orders' },
    consumer: { id: 'consumer-1', username: 'acme' },
    tries: [{ balancer_latency: 0, port: 8080, ip: '10.0.0.1' }],
  })
}
