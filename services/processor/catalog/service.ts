import type { BackstageApi } from '../../../normalizer/index.ts'

/** A backend, and who answers for it. '' where the catalog does not say. */
export interface Service { name: string, owner: string, system: string, domain: string, lifecycle: string, contact: string }

/** What API documents say of a service by themselves. */
export type Hints = ReadonlyMap<string, { owner: string, contact: string }>

/**
 * All services by name: those that sources declare, then API entities that no service provides, then services that only an
 * API document names. What an earlier one leaves empty, a later one fills.
 */
export function collectServices (declared: readonly Service[], apis: readonly BackstageApi[], hints: Hints): Map<string, Service> {
  const services = new Map<string, Service>()
  for (const service of declared) add(services, { ...service })
  for (const { name, owner, system, domain, lifecycle, providers } of apis) {
    if (providers.length === 0) add(services, { name, owner, system, domain, lifecycle, contact: '' })
  }
  for (const [name, { owner, contact }] of hints) add(services, { name, owner, system: '', domain: '', lifecycle: '', contact })
  return services
}

function add (services: Map<string, Service>, service: Service): void {
  const known = services.get(service.name)
  if (known === undefined) {
    services.set(service.name, service)
    return
  }
  for (const key of ['owner', 'system', 'domain', 'lifecycle', 'contact'] as const) known[key] ||= service[key]
}
