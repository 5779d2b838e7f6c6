import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { makeEvent } from '../event-fixture.ts'

const ordinary = makeEvent({
  time: Date.UTC(2026, 0, 5, 10),
  event_id: '0'.repeat(32),
  request_id: '',
  target: '/v1/orders/1',
  upstream_target: '',
  gateway_service: 'orders',
  consumer_id: '',
  consumer_custom_id: '',
  credential_id: '',
  client_ip: '192.0.2.1',
  user_agent_original: '',
  duration_ms: 20,
  upstream_ms: 15,
  gateway_ms: 5,
  request_bytes: 100,
  response_bytes: 1000,
  upstream_address: '192.0.2.10:8080',
  tls_version: '',
  source: 'kong:1',
  api_version: '1',
  declared_statuses: ['200', '4XX', '5XX'],
  path_params: {},
  system: '',
  domain: '',
  lifecycle: '',
  credential: '',
  client_address: '192.0.2.0/24',
  user_agent: '',
  path: '/v1/orders/{id}',
  params: {},
})

/** An ordinary request of the trace, with what a test cares about replaced. */
export function request (changes: Partial<EnrichedEvent> = {}): EnrichedEvent {
  return { ...ordinary, ...changes }
}
