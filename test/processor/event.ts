import type { NormalizedEvent } from '../../services/processor/event.ts'

/** A normalized event with ordinary values; what a test does not care about. */
export function normalizedEvent (changes: Partial<NormalizedEvent> = {}): NormalizedEvent {
  return {
    time: 1787220930123,
    gateway: 'kong',
    node: '',
    event_id: '0123456789abcdef0123456789abcdef',
    request_id: '0123456789abcdef0123456789abcdef',
    trace_id: '',
    span_id: '',
    method: 'GET',
    scheme: 'https',
    host: 'api.example.com',
    target: '/v1/orders/4711',
    upstream_target: '/v1/orders/4711',
    gateway_service: 'orders-api',
    gateway_route: 'orders-v1',
    consumer: '',
    consumer_id: '',
    consumer_custom_id: '',
    anonymous: false,
    credential_id: '',
    client_ip: '203.0.113.17',
    user_agent_original: 'curl/8.7.1',
    status: 200,
    upstream_status: 200,
    response_source: 'upstream',
    duration_ms: 47,
    upstream_ms: 41,
    gateway_ms: 4,
    request_bytes: 412,
    response_bytes: 1893,
    attempts: 1,
    upstream_address: '10.20.0.12:8080',
    rate_limited: false,
    limit_name: '',
    limit: null,
    remaining: null,
    cache_status: '',
    plugins: {},
    tls_version: 'TLSv1.3',
    labels: {},
    source: 'access.log',
    source_offset: 0,
    ...ordinaryPlace(),
    ...changes,
  }
}

function ordinaryPlace () {
  return {
    route: '/v1/orders/{orderId}',
    outcome: 'matched' as const,
    operation_id: 'getOrder',
    api: 'Orders',
    api_version: '1.0',
    service: 'orders',
    deprecated: false,
    declared_statuses: ['200', '4XX'],
    path_params: { orderId: '4711' },
  }
}
