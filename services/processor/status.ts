import type { CatalogStatus } from './catalog/health.ts'
import type { Telemetry } from './contract.ts'
import type { MetricName } from './observe/metrics.ts'

/** What `/readyz` answers: one word for the whole, and the state of each part. */
export interface Status {
  /**
   * `ready`; `degraded`: the store is away and batches wait on disk, or something of the input cannot be read; `blocked`: the
   * input waits, because no room is left in the spool or on the disk, or nothing was committed for a minute though records wait.
   */
  status: 'ready' | 'degraded' | 'blocked'
  input: { lag_bytes: number | null, lag_seconds: number | null, stalled_seconds: number, unreadable: number }
  store: { up: boolean }
  spool: { bytes: number, max_bytes: number }
  state: { writable: boolean }
  /** A stale catalog does not keep the processor from being ready: old labels are better than none. */
  catalog: CatalogStatus
  detection: { seconds: number | null }
}

export interface Board extends Telemetry {
  /** True while the inputs have been read to their ends and all of it is in the store. */
  isCaughtUp (): boolean
  /** The state as the gauges have it now. */
  status (known: { spoolBytes: number, catalog: CatalogStatus }): Status
}

/** Passes telemetry on and remembers the newest value of every gauge: what is ready is told by the metrics themselves. */
export function createBoard (telemetry: Telemetry): Board {
  const gauges = new Map<MetricName, number>()
  const valueOf = (metric: MetricName): number | null => gauges.get(metric) ?? null
  return {
    add: (metric, labels, value) => telemetry.add(metric, labels, value),
    record: (metric, labels, seconds) => telemetry.record(metric, labels, seconds),
    set: (metric, labels, value) => {
      gauges.set(metric, value)
      telemetry.set(metric, labels, value)
    },
    isCaughtUp: () => {
      const waiting = [valueOf('gatelens_input_lag_bytes'), valueOf('gatelens_input_lag_records')].filter((lag) => lag !== null)
      // A file that cannot be read keeps its lag; of a group that cannot be asked nobody knows it.
      const isAway = valueOf('gatelens_input_lag_records') !== null && valueOf('gatelens_input_unreadable') === 1
      return waiting.length > 0 && waiting.every((lag) => lag === 0) && valueOf('gatelens_spool_bytes') === 0 &&
        valueOf('gatelens_store_up') === 1 && valueOf('gatelens_state_writable') !== 0 && !isAway
    },
    status: ({ spoolBytes, catalog }) => {
      const up = valueOf('gatelens_store_up') === 1
      const writable = valueOf('gatelens_state_writable') !== 0
      const waiting = valueOf('gatelens_spool_bytes') ?? 0
      const stalled = valueOf('gatelens_input_stalled_seconds') ?? 0
      const unreadable = valueOf('gatelens_input_unreadable') ?? 0
      const isBlocked = !writable || stalled > stalledSeconds || (!up && waiting >= spoolBytes * nearlyFull)
      return {
        status: isBlocked ? 'blocked' : up && unreadable === 0 ? 'ready' : 'degraded',
        input: {
          lag_bytes: valueOf('gatelens_input_lag_bytes'), lag_seconds: valueOf('gatelens_input_lag_seconds'), stalled_seconds: stalled, unreadable,
        },
        store: { up },
        spool: { bytes: waiting, max_bytes: spoolBytes },
        state: { writable },
        catalog,
        detection: { seconds: valueOf('gatelens_detect_seconds') },
      }
    },
  }
}

/** How long nothing may be committed while records wait; a batch that a slow store takes its time for is no standstill. */
const stalledSeconds = 60

/** The next batch may not fit although some bytes are left. */
const nearlyFull = 0.95
