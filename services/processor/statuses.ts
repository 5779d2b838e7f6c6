/** When a status says something of what an API document declares. The table `drift_1d` and its views follow the same rules. */
import type { AccessEvent, NormalizedEvent } from './event.ts'

/** True when the status is not the backend's: the gateway refused, limited or gave up, or changed what the backend said. */
export function isByGateway ({ response_source, rate_limited, status, upstream_status }: AccessEvent): boolean {
  return response_source === 'gateway' || rate_limited || status === 0 || (upstream_status !== null && upstream_status !== status)
}

/**
 * True when the responses of an operation cover a status: exactly, by a range (`4XX`), by `default`, or by saying nothing at
 * all (OpenAPI 3.1, Responses Object).
 */
export function declaresStatus (declared: readonly string[], status: number): boolean {
  if (declared.length === 0) return true
  const exact = String(status)
  return declared.includes(exact) || declared.some((name) => isRangeOf(name, exact) || name.toLowerCase() === 'default')
}

/** True when the backend answered with a status that the operation does not declare. */
export function isUndeclared (event: NormalizedEvent): boolean {
  return !declaresStatus(event.declared_statuses, event.status) && !isByGateway(event)
}

function isRangeOf (name: string, status: string): boolean {
  return name.length === 3 && name[0] === status[0] && name.slice(1).toUpperCase() === 'XX'
}
