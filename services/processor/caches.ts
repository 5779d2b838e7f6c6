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

/** Sets gatelens_cache_entries and gatelens_cache_evictions_total as they are at this moment; those of one name add up over threads. */
export function tellCaches (caches: readonly Cache[], telemetry: Pick<Telemetry, 'set'>): void {
  const sums = new Map<string, { entries: number, evictions: number }>()
  for (const { name, entries, evictions } of caches) {
    const sum = sums.get(name) ?? { entries: 0, evictions: 0 }
    sums.set(name, { entries: sum.entries + entries(), evictions: sum.evictions + evictions() })
  }
  for (const [cache, { entries, evictions }] of sums) {
    telemetry.set('gatelens_cache_entries', { cache }, entries)
    telemetry.set('gatelens_cache_evictions_total', { cache }, evictions)
  }
}
