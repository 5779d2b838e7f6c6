import type { Breach } from '../../processor/detect/breach.ts'
import type { BreachShape } from './shape.ts'

/** A breach in the report's public shape. */
export function shapeBreach (breach: Breach): BreachShape {
  const { rule, severity, service, route, partner, owner, threshold, peak, requests } = breach
  const opened_at = new Date(breach.opened_at).toISOString()
  const closed_at = breach.closed_at === null ? null : new Date(breach.closed_at).toISOString()
  return { rule, severity, service, route, partner, owner, opened_at, closed_at, threshold, peak, requests }
}
