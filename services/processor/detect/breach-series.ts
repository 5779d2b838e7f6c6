import type { Telemetry } from '../contract.ts'
import type { Breach } from './breach.ts'
import { quotaOf } from './rule.ts'
import type { Rule } from './rule.ts'

/** Shows open breaches as series: 1 while a breach is open, and what an alert tells of it. */
export class BreachSeries {
  readonly #telemetry: Pick<Telemetry, 'set'>
  /** Labels of the series that stand at 1, by breach. */
  #shown = new Map<string, Record<string, string>>()

  constructor (telemetry: Pick<Telemetry, 'set'>) {
    this.#telemetry = telemetry
  }

  /** Shows exactly these breaches, each with the rule that it exceeds. */
  show (active: ReadonlyArray<{ rule: Rule, breach: Breach }>): void {
    const shown = new Map(active.map(({ rule, breach }) => [breach.breach_id, { labels: labelsOf(rule, breach), breach }]))
    const current = new Set([...shown.values()].map(({ labels }) => JSON.stringify(labels)))
    for (const labels of this.#shown.values()) if (!current.has(JSON.stringify(labels))) this.#telemetry.set('gatelens_breach_active', labels, 0)
    for (const { labels, breach } of shown.values()) {
      this.#telemetry.set('gatelens_breach_active', labels, 1)
      this.#telemetry.set('gatelens_breach_value', labels, breach.observed)
      this.#telemetry.set('gatelens_breach_threshold', labels, breach.threshold)
      this.#telemetry.set('gatelens_breach_opened_timestamp_seconds', labels, breach.opened_at / 1000)
    }
    this.#shown = new Map([...shown].map(([id, { labels }]) => [id, labels]))
  }
}

function labelsOf (rule: Rule, { severity, service, route, partner, owner, contact }: Breach): Record<string, string> {
  const quota = typeof rule.above === 'number' ? '' : quotaOf[rule.above].quota
  return { rule: rule.name, severity, measure: rule.measure, quota, api_service: service, route, partner, owner, contact }
}
