import type { Telemetry } from './contract.ts'

/** How full one bounded store of values in memory is, so that its share of the memory can be seen. */
export interface Cache {
  /** Value of the label `cache`. */
  name: string
  /** Values held now; bounded, whatever traffic arrives. */
  entries: () => number
  /** Values thrown out so far to make room. */
  evictions: () => number
}

/** Sets gatelens_cache_entries and gatelens_cache_evictions_total as they are at this moment. */
export function tellCaches (caches: readonly Cache[], telemetry: Pick<Telemetry, 'set'>): void {
  for (const { name, entries, evictions } of caches) {
    telemetry.set('gatelens_cache_entries', { cache: name }, entries())
    telemetry.set('gatelens_cache_evictions_total', { cache: name }, evictions())
  }
}
