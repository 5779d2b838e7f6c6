/** Detection as a part of the processor: it runs once the store is ready, with the rules in use. */
import type { ClickHouseClient } from '@clickhouse/client'
import { startDetector } from './detect/detector.ts'
import type { Detector, DetectorOptions } from './detect/detector.ts'
import type { Rule } from './detect/rule.ts'

export interface DetectionOptions extends Omit<DetectorOptions, 'client'> {
  /** Makes a client of detection's own. */
  connect: () => ClickHouseClient
}

export class Detection {
  readonly #options: DetectionOptions
  #rules: readonly Rule[]
  #running: { detector: Detector, client: ClickHouseClient } | undefined

  constructor (options: DetectionOptions) {
    this.#options = options
    this.#rules = options.rules
  }

  /** Starts evaluating; the tables must be there. Later calls do nothing. Throws RULE_INVALID. */
  start (): void {
    if (this.#running !== undefined) return
    const client = this.#options.connect()
    this.#running = { detector: startDetector({ ...this.#options, rules: this.#rules, client }), client }
  }

  /** Puts other rules into use. Throws RULE_INVALID, and keeps the old ones. */
  use (rules: readonly Rule[]): void {
    this.#running?.detector.use(rules)
    this.#rules = rules
  }

  async close (): Promise<void> {
    await this.#running?.detector.close()
    await this.#running?.client.close()
  }
}
