import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { request } from '../observe/request.ts'

/** When the trace begins: 22:30 UTC, so that it crosses a day and a month. */
export const traceStart = Date.UTC(2026, 0, 31, 22, 30)

const routes = [
  { service: 'orders', route: '/v1/orders' },
  { service: 'orders', route: '/v1/orders/{id}' },
  { service: 'payments', route: '/v1/payments/{id}' },
] as const
const partners = ['acme', 'globex', 'ini\'tech\\', '']

/**
 * Three hours of seeded traffic: acme floods for some minutes, orders fails for a while, payments is slow for a while,
 * globex calls what is not declared and is refused.
 */
export function seededTrace (): EnrichedEvent[] {
  const random = seeded(42)
  const events: EnrichedEvent[] = []
  for (let minute = 0; minute < 180; minute++) {
    const flood = minute >= 40 && minute < 47
    for (let index = 0; index < (flood ? 160 : 60); index++) {
      const time = traceStart + minute * 60_000 + Math.floor(random() * 60_000)
      const place = routes[Math.floor(random() * routes.length)] ?? routes[0]
      const partner = flood && random() < 0.7 ? 'acme' : partners[Math.floor(random() * partners.length)] ?? ''
      const failing = place.route === '/v1/orders/{id}' && minute >= 60 && minute < 75
      const slow = place.service === 'payments' && minute >= 100 && minute < 110
      const undocumented = partner === 'globex' && minute >= 120 && minute < 124
      const refused = partner === 'globex' && minute >= 130 && minute < 135 && random() < 0.8
      const duration = (slow ? 900 : 40) * (0.9 + 0.2 * random())
      events.push(request({
        ...place,
        time,
        partner,
        event_id: `${minute}`.padStart(16, '0') + `${index}`.padStart(16, '0'),
        request_id: `r-${minute}-${index}`,
        status: refused ? 429 : failing && random() < 0.6 ? random() < 0.5 ? 503 : 0 : 200,
        outcome: undocumented ? 'inferred' : 'matched',
        rate_limited: refused,
        duration_ms: duration,
        upstream_ms: random() < 0.1 ? null : duration * 0.9,
        gateway_ms: duration * 0.1,
        request_bytes: index % 7 === 0 ? null : 100,
        response_bytes: unsized(index, Math.floor(random() * 2000)),
      }))
    }
  }
  return events
}

/** Some records lack their sizes. */
function unsized (index: number, bytes: number): number | null {
  return index % 5 === 0 ? null : bytes
}

function seeded (seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
