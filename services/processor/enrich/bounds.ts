import type { EnrichedEvent } from '../event.ts'
import { createBudget } from './budget.ts'
import type { Budget } from './budget.ts'

/** The published texts that clients or many entities may spread, with how many values each may have. */
export const boundedFields = {
  host: 1000,
  user_agent: 1000,
  service: 5000,
  gateway_route: 20_000,
  upstream_address: 20_000,
  consumer: 100_000,
  limit_name: 200,
} as const satisfies Partial<Record<keyof EnrichedEvent, number>>

export type BoundedField = keyof typeof boundedFields

/** A budget for each of these fields: one set of them a process. */
export type Budgets = Readonly<Record<BoundedField, Budget>>

/** Keeps the bounded fields of events within their budgets. */
export interface Bounds {
  /**
   * Called once for each event, whose bounded fields hold safe texts. `trusted` says that something vouches for the request. The fields
   * are as they may leave once `settle` was called.
   */
  admit (event: EnrichedEvent, trusted: boolean): void
  /** Called after the last event of a portion. */
  settle (): void
}

/** Makes the budgets of a process. */
export function createBudgets (): Budgets {
  const budgets = Object.entries(boundedFields).map(([field, size]) => [field, createBudget(size)])
  return Object.fromEntries(budgets) as Record<BoundedField, Budget>
}

/** Bounds over budgets of the same thread. */
export function createBounds (budgets: Budgets): Bounds {
  return {
    admit: (event, trusted) => {
      event.host = budgets.host(event.host, trusted)
      event.user_agent = budgets.user_agent(event.user_agent, trusted)
      event.service = budgets.service(event.service, trusted)
      event.gateway_route = budgets.gateway_route(event.gateway_route, trusted)
      event.upstream_address = budgets.upstream_address(event.upstream_address, trusted)
      // Names of consumers and limits come from the gateway alone.
      event.consumer = budgets.consumer(event.consumer, true)
      event.limit_name = budgets.limit_name(event.limit_name, true)
    },
    settle: () => {},
  }
}
