import type { EnrichedEvent } from '../../services/processor/event.ts'
import { normalizedEvent } from './event.ts'

/** An event with every field set; `given` replaces some. */
export function makeEvent (given: Partial<EnrichedEvent> = {}): EnrichedEvent {
  return {
    ...normalizedEvent(),
    request_id: 'request-1',
    target: '/v1/orders/7?expand=items',
    upstream_target: '/orders/7',
    gateway_route: 'orders',
    consumer: 'acme',
    consumer_id: 'consumer-1',
    consumer_custom_id: 'PARTNER-1',
    credential_id: 'credential-1',
    user_agent_original: 'acme-erp/4.2.1',
    gateway_ms: 6,
    upstream_address: '10.0.0.1:8080',
    source: 'file:0123456789abcdef',
    route: '/v1/orders/{id}',
    api: 'orders',
    api_version: '1.0.0',
    catalog: '0123456789ab',
    path_params: { id: '7' },
    owner: 'team-orders',
    system: 'shop',
    domain: 'sales',
    lifecycle: 'production',
    partner: 'acme',
    partner_tier: 'gold',
    credential: 'aabbccddeeff',
    client_address: '203.0.113.0/24',
    user_agent: 'acme-erp/4',
    path: '/v1/orders/0a1b2c3d4e5f',
    params: { id: '0a1b2c3d4e5f' },
    ...given,
  }
}

/** Some events of one minute, each with its own id, at increasing offsets. */
export function makeEvents (count: number, given: (index: number) => Partial<EnrichedEvent> = () => ({})): EnrichedEvent[] {
  return Array.from({ length: count }, (_, index) =>
    makeEvent({ event_id: index.toString(16).padStart(32, '0'), source_offset: index * 600, ...given(index) }))
}
