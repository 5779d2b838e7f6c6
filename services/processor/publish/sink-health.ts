import { GatelensError, messageOf } from '../../runtime/errors.ts'
import type { ErrorCode } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import type { Readiness, SinkState, Telemetry } from '../contract.ts'

/** Who is told how a sink stands. */
export interface SinkHealthOptions {
  /** Label of its metrics. */
  name: string
  /** The code under which it is said that the destination takes nothing. */
  unavailable: ErrorCode
  telemetry: Pick<Telemetry, 'add'>
  readiness: Pick<Readiness, 'sink'>
  log: Logger
}

/**
 * How a sink stands: it tells that, and writes it to the log when it changes. `changed` is told when the sink takes batches, or takes
 * them no longer.
 */
export class SinkHealth {
  readonly #options: SinkHealthOptions
  readonly #changed: () => void
  readonly #labels: { sink: string }
  #up = false
  /** What is wrong, as it was said last; '' when nothing is. */
  #wrong = ''
  #isDropping = false
  #isWaiting = false
  /** Since when batches wait and none was delivered, epoch ms. */
  #still: number | undefined

  constructor (options: SinkHealthOptions, changed: () => void) {
    this.#options = options
    this.#changed = changed
    this.#labels = { sink: options.name }
    options.telemetry.add('gatelens_sink_dropped_rows_total', this.#labels, 0)
    this.#setUp(false)
    this.tell()
  }

  /** Whether the destination takes batches, as far as anybody knows. */
  get up (): boolean {
    return this.#up
  }

  /** The destination takes batches. */
  takes (): void {
    if (this.#wrong !== '') this.#options.log.info({ sink: this.#options.name }, 'the sink takes batches again')
    this.#wrong = ''
    this.#setUp(true)
  }

  /** A batch was delivered. */
  delivered (): void {
    this.#still = this.#isWaiting ? Date.now() : undefined
    this.#isDropping = false
    this.takes()
  }

  /** The destination takes nothing now. Said once, until it is something else. */
  fails (error: unknown): void {
    if (this.#up) this.#setUp(false)
    const { name: sink, unavailable, log } = this.#options
    const reason = messageOf(error).slice(0, 300)
    const code = error instanceof GatelensError ? error.code : unavailable
    if (reason !== this.#wrong) log.warn({ sink, code, reason }, 'the sink takes nothing; trying again')
    this.#wrong = reason
  }

  /** Rows were thrown away. Said once, until a batch is delivered. */
  dropped (rows: number, reason: string): void {
    const { name: sink, telemetry, log } = this.#options
    telemetry.add('gatelens_sink_dropped_rows_total', this.#labels, rows)
    if (!this.#isDropping) log.error({ sink, reason }, 'the sink drops what waits longest, as when_full says')
    this.#isDropping = true
  }

  /** So many bytes wait in the spool. */
  spooled (bytes: number): void {
    this.#isWaiting = bytes > 0
    this.#still = this.#isWaiting ? this.#still ?? Date.now() : undefined
    this.#tell({ spool_bytes: bytes })
  }

  /** Tells what changes while nothing happens. */
  tell (): void {
    const now = Date.now()
    this.#tell({ stalled_seconds: (now - (this.#still ?? now)) / 1000 })
  }

  /** The sink is closed: nobody shall wait for its destination. */
  end (): void {
    this.#setUp(false)
  }

  #setUp (up: boolean): void {
    this.#up = up
    this.#tell({ up })
    this.#changed()
  }

  #tell (state: Partial<SinkState>): void {
    this.#options.readiness.sink(this.#options.name, state)
  }
}
