import type { CatalogStatus } from './catalog/live/health.ts'
import type { Telemetry } from './contract.ts'
import type { MetricName } from './observe/metrics.ts'

/** How one input stands; null is what it has not told. */
export interface InputStatus {
  lag_bytes: number | null
  lag_records: number | null
  lag_seconds: number | null
  stalled_seconds: number
  unreadable: number
}

/** What `/readyz` answers: one word for the whole, and the state of each part. */
export interface Status {
  /**
   * `ready`; `degraded`: the store is away and batches wait on disk, or something of an input cannot be read; `blocked`: an
   * input waits, because no room is left in the spool or on the disk, or nothing of it was committed for a minute though records wait.
   */
  status: 'ready' | 'degraded' | 'blocked'
  /** By the ids of the inputs. */
  inputs: Record<string, InputStatus>
  store: { up: boolean }
  spool: { bytes: number, max_bytes: number }
  state: { writable: boolean }
  /** A stale catalog does not keep the processor from being ready: old labels are better than none. */
  catalog: CatalogStatus
  detection: { seconds: number | null }
}

export interface Gauges extends Telemetry {
  /** True while every input has been read to its end and all of it is in the store. */
  isCaughtUp (): boolean
  /** The state as the gauges have it now. */
  status (known: { spoolBytes: number, catalog: CatalogStatus }): Status
}

/**
 * Passes telemetry on and remembers the newest value of every gauge, those of inputs apart: what is ready is told by the
 * metrics themselves. `inputs` are the ids of all inputs; one that has told nothing yet is not caught up.
 */
export function createGauges (telemetry: Telemetry, inputs: readonly string[]): Gauges {
  const newest = new Map<string, number>()
  const valueOf = (metric: MetricName, input?: string): number | null => newest.get(keyOf(metric, input)) ?? null
  const statusOf = (input: string): InputStatus => ({
    lag_bytes: valueOf('gatelens_input_lag_bytes', input),
    lag_records: valueOf('gatelens_input_lag_records', input),
    lag_seconds: valueOf('gatelens_input_lag_seconds', input),
    stalled_seconds: valueOf('gatelens_input_stalled_seconds', input) ?? 0,
    unreadable: valueOf('gatelens_input_unreadable', input) ?? 0,
  })
  return {
    add: (metric, labels, value) => telemetry.add(metric, labels, value),
    record: (metric, labels, seconds) => telemetry.record(metric, labels, seconds),
    set: (metric, labels, value) => {
      newest.set(keyOf(metric, labels.input), value)
      telemetry.set(metric, labels, value)
    },
    isCaughtUp: () => inputs.map(statusOf).every(isAtItsEnd) && valueOf('gatelens_spool_bytes') === 0 &&
      valueOf('gatelens_store_up') === 1 && valueOf('gatelens_state_writable') !== 0,
    status: ({ spoolBytes, catalog }) => {
      const states = inputs.map(statusOf)
      const up = valueOf('gatelens_store_up') === 1
      const writable = valueOf('gatelens_state_writable') !== 0
      const waiting = valueOf('gatelens_spool_bytes') ?? 0
      const isStalled = states.some((state) => state.stalled_seconds > stalledSeconds)
      const isBlocked = !writable || isStalled || (!up && waiting >= spoolBytes * nearlyFull)
      return {
        status: isBlocked ? 'blocked' : up && states.every(({ unreadable }) => unreadable === 0) ? 'ready' : 'degraded',
        inputs: Object.fromEntries(inputs.map((input, index) => [input, states[index]!])),
        store: { up },
        spool: { bytes: waiting, max_bytes: spoolBytes },
        state: { writable },
        catalog,
        detection: { seconds: valueOf('gatelens_detect_seconds') },
      }
    },
  }
}

function keyOf (metric: MetricName, input = ''): string {
  return `${metric} ${input}`
}

/**
 * True once an input has told that nothing of it waits. A file that cannot be read keeps its lag; of a group that cannot be
 * asked nobody knows it.
 */
function isAtItsEnd ({ lag_bytes: bytes, lag_records: records, unreadable }: InputStatus): boolean {
  return (bytes ?? records) !== null && (bytes ?? 0) === 0 && (records ?? 0) === 0 && !(records !== null && unreadable === 1)
}

/** How long nothing may be committed while records wait; a batch that a slow store takes its time for is no standstill. */
const stalledSeconds = 60

/** The next batch may not fit although some bytes are left. */
const nearlyFull = 0.95
