/** How the processor stands: what its parts tell, as gauges and as the answer of /readyz. */
import type { CatalogStatus } from './catalog/live/health.ts'
import type { InputState, Readiness, SinkState, Telemetry } from './contract.ts'
import type { MetricName } from './observe/metrics.ts'

/** How one input stands; null is what it has not told. */
export interface InputStatus {
  lag_bytes: number | null
  lag_records: number | null
  lag_seconds: number | null
  stalled_seconds: number
  unreadable: number
}

/** What waits on disk for a sink. */
export interface SpoolStatus { bytes: number, max_bytes: number }

/** What `/readyz` answers: one word for the whole, and the state of each part. */
export interface Status {
  /**
   * `ready`; `degraded`: a sink is away and batches wait on disk, or something of an input cannot be read; `blocked`: an
   * input waits, because no room is left in a spool or on the disk, or nothing of it was committed for a minute though records wait.
   */
  status: 'ready' | 'degraded' | 'blocked'
  /** By the ids of the inputs. */
  inputs: Record<string, InputStatus>
  store: { up: boolean }
  /** That of the store. */
  spool: SpoolStatus
  /** The further sinks, by their names. */
  sinks: Record<string, { up: boolean, stalled_seconds: number, spool: SpoolStatus }>
  state: { writable: boolean }
  /** A stale catalog does not keep the processor from being ready: old labels are better than none. */
  catalog: CatalogStatus
  detection: { seconds: number | null }
}

/** A sink whose state counts; one that drops what it has no room for holds nobody up. */
export interface KnownSink { name: string, maxBytes: number, whenFull: 'block' | 'drop' }

/** The parts that there are. One that has told nothing yet is neither up nor at its end. */
export interface Parts {
  /** The ids of all inputs. */
  inputs: readonly string[]
  store: KnownSink
  sinks: readonly KnownSink[]
}

/** Collects what the parts tell, passes it on as gauges, and says what follows from it. */
export class ToldReadiness implements Readiness {
  readonly #telemetry: Pick<Telemetry, 'set'>
  readonly #parts: Parts
  readonly #inputs = new Map<string, Partial<InputState>>()
  readonly #sinks = new Map<string, Partial<SinkState>>()
  readonly #unwritable = new Set<string>()
  #seconds: number | null = null

  constructor (telemetry: Pick<Telemetry, 'set'>, parts: Parts) {
    this.#telemetry = telemetry
    this.#parts = parts
    telemetry.set('gatelens_state_writable', {}, 1)
    for (const { name, maxBytes } of this.#allSinks) telemetry.set('gatelens_spool_max_bytes', { sink: name }, maxBytes)
  }

  input (id: string, told: Partial<InputState>): void {
    this.#inputs.set(id, { ...this.#inputs.get(id), ...told })
    for (const [key, value] of entriesOf(told)) this.#telemetry.set(inputGauges[key], { input: id }, value)
  }

  sink (name: string, told: Partial<SinkState>): void {
    this.#sinks.set(name, { ...this.#sinks.get(name), ...told })
    for (const [key, value] of entriesOf(told)) this.#telemetry.set(sinkGauges[key], { sink: name }, Number(value))
  }

  state (what: string, isWritable: boolean): void {
    if (isWritable) this.#unwritable.delete(what)
    else this.#unwritable.add(what)
    this.#telemetry.set('gatelens_state_writable', {}, Number(this.#isWritable))
  }

  detection (seconds: number): void {
    this.#seconds = seconds
    this.#telemetry.set('gatelens_detect_seconds', {}, seconds)
  }

  /** True while every input has been read to its end and all of it is in the store. */
  isCaughtUp (): boolean {
    const { up, spool } = this.#sinkOf(this.#parts.store)
    return this.#parts.inputs.every((id) => isAtItsEnd(this.#inputOf(id))) && up && spool.bytes === 0 && this.#isWritable
  }

  /** The state of everything, as it was told last. */
  status (catalog: CatalogStatus): Status {
    const { inputs, store, sinks } = this.#parts
    const { up, spool } = this.#sinkOf(store)
    return {
      status: this.#isBlocked ? 'blocked' : this.#isReady ? 'ready' : 'degraded',
      inputs: Object.fromEntries(inputs.map((id) => [id, this.#inputOf(id)])),
      store: { up },
      spool,
      sinks: Object.fromEntries(sinks.map((sink) => [sink.name, this.#sinkOf(sink)])),
      state: { writable: this.#isWritable },
      catalog,
      detection: { seconds: this.#seconds },
    }
  }

  get #allSinks (): KnownSink[] {
    return [this.#parts.store, ...this.#parts.sinks]
  }

  get #isWritable (): boolean {
    return this.#unwritable.size === 0
  }

  get #isBlocked (): boolean {
    const isStalled = this.#parts.inputs.some((id) => this.#inputOf(id).stalled_seconds > stalledSeconds)
    return !this.#isWritable || isStalled || this.#allSinks.some((sink) => this.#holdsUp(sink))
  }

  get #isReady (): boolean {
    return this.#allSinks.every((sink) => this.#sinkOf(sink).up) && this.#parts.inputs.every((id) => this.#inputOf(id).unreadable === 0)
  }

  #holdsUp (sink: KnownSink): boolean {
    const { up, spool } = this.#sinkOf(sink)
    return sink.whenFull === 'block' && !up && spool.bytes >= spool.max_bytes * nearlyFull
  }

  #inputOf (id: string): InputStatus {
    return { ...silent, ...this.#inputs.get(id) }
  }

  #sinkOf ({ name, maxBytes }: KnownSink): SinkStatus {
    const { up = false, spool_bytes: bytes = 0, stalled_seconds: stalled = 0 } = this.#sinks.get(name) ?? {}
    return { up, stalled_seconds: stalled, spool: { bytes, max_bytes: maxBytes } }
  }
}

type SinkStatus = Status['sinks'][string]

const silent: InputStatus = { lag_bytes: null, lag_records: null, lag_seconds: null, stalled_seconds: 0, unreadable: 0 }

const inputGauges: Readonly<Record<keyof InputState, MetricName>> = {
  lag_bytes: 'gatelens_input_lag_bytes',
  lag_records: 'gatelens_input_lag_records',
  lag_seconds: 'gatelens_input_lag_seconds',
  stalled_seconds: 'gatelens_input_stalled_seconds',
  unreadable: 'gatelens_input_unreadable',
}

const sinkGauges: Readonly<Record<keyof SinkState, MetricName>> = {
  up: 'gatelens_sink_up', spool_bytes: 'gatelens_spool_bytes', stalled_seconds: 'gatelens_sink_stalled_seconds',
}

function entriesOf<T extends object> (told: T): Array<[keyof T, Exclude<T[keyof T], undefined>]> {
  return Object.entries(told) as Array<[keyof T, Exclude<T[keyof T], undefined>]>
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
