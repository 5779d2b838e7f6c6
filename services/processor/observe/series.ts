import type { HrTime } from '@opentelemetry/api'
import type { CollectionResult, MetricData, MetricProducer } from '@opentelemetry/sdk-metrics'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { Observer, Telemetry } from '../contract.ts'
import { rejectReasons } from '../event.ts'
import type { Outcome } from '../event.ts'
import type { Columns } from './columns.ts'
import { createFamilies, pool, recordMs } from './families.ts'
import type { Families } from './families.ts'
import { createLabels, other } from './labels.ts'
import type { Labels } from './labels.ts'
import { metrics } from './metrics.ts'
import type { Metric, MetricName } from './metrics.ts'
import { metricsSchema } from './options.ts'
import type { MetricsConfig } from './options.ts'
import { processFigures } from './process.ts'
import { quotaNames } from './quota.ts'
import type { QuotaName, Quotas } from './quota.ts'
import { knownUntil } from './scrapers.ts'
import { Traffic } from './traffic.ts'

export interface SeriesOptions {
  budgets?: Partial<MetricsConfig['budgets']>
  maxSeries?: number
  /** Ids of the inputs: their counters stand at 0 before their first record. */
  inputs?: readonly string[]
  /** Partners of the catalog in use: their quotas become series once they are seen. */
  partners?: () => ReadonlyArray<{ name: string, quotas: Quotas }>
  /** Wall clock in epoch ms; events far ahead of it do not move the live windows. */
  clock?: () => number
}

/** The processor's series: fed per batch with events and by the pipeline's own telemetry; read by an OpenTelemetry reader. */
export interface Series extends Telemetry, MetricProducer {
  observe: Observer
  /** The same for the requests of a batch that went through the stages on another thread. */
  observeColumns (columns: Columns): void
  /** Adds to a live quota window what the store knows of it: after a restart, before the first batch. `start` is epoch ms. */
  restoreQuota (partner: string, quota: QuotaName, start: number, requests: number): void
}

/**
 * Creates the in-memory aggregator of every series in the registry. Counters are cumulative from now on; memory is
 * bounded by `budgets` and `maxSeries`, whatever traffic arrives; no method throws.
 */
export function createSeries (options: SeriesOptions = {}): Series {
  const config = metricsSchema.parse({ budgets: options.budgets, max_series: options.maxSeries })
  const labels = createLabels(config.budgets, pools)
  const families = createFamilies(labels, config.max_series)
  const traffic = new Traffic(families, labels)
  const clock = options.clock ?? Date.now
  const start = hrTime(clock())
  zeroCounters(families)
  for (const input of options.inputs ?? []) startInput(families, input, clock())
  const valuesOf = (name: MetricName, given: Record<string, string>): string[] => metrics[name].labels.map((label) => given[label] ?? '')
  return {
    observe: (events) => traffic.observe(events, clock()),
    observeColumns: (columns) => traffic.observeColumns(columns, clock()),
    restoreQuota: (partner, quota, from, requests) => traffic.restore(partner, quota, from, requests),
    add: (name, given, value) => { families.value(name, valuesOf(name, given)).point.value += value },
    set: (name, given, value) => { families.value(name, valuesOf(name, given)).point.value = value },
    record: (name, given, seconds) => recordMs(families.histogram(name, valuesOf(name, given)).point, seconds * 1000),
    collect: async () => {
      setGauges(families, traffic, options.partners?.() ?? [])
      setOwn(families, labels)
      return collection(families.snapshot(start, hrTime(clock()), knownUntil.getStore() ?? Infinity))
    },
  }
}

/** Label pools that exist from the start, so that an overflow is an increase from 0. */
const pools = [...new Set(Object.values<Metric>(metrics).flatMap((metric) => metric.labels.map(pool))), 'series']
  .filter((name) => !['label', 'outcome', 'reason', 'stage', 'quota', 'measure', 'status_class', 'severity', 'method', 'cache'].includes(name))

const outcomes: Record<Outcome, true> = {
  matched: true, method_not_declared: true, ambiguous: true, inferred: true, unmatched: true, malformed: true,
}

function zeroCounters (families: Families): void {
  const zero: Array<[MetricName, readonly string[]]> = [
    ['gatelens_matches_total', Object.keys(outcomes)],
    ['gatelens_stage_seconds_total', ['decode', 'normalize', 'filter', 'enrich', 'observe', 'encode', 'publish']],
    ['gatelens_catalog_refreshes_total', ['swapped', 'unchanged', 'failed']],
  ]
  for (const [name, values] of zero) for (const value of values) families.value(name, [value])
}

/** `now` is epoch ms. */
function startInput (families: Families, input: string, now: number): void {
  for (const outcome of ['received', 'published', 'filtered', 'rejected', 'repeated']) families.value('gatelens_events_total', [input, outcome])
  for (const reason of rejectReasons) families.value('gatelens_rejects_total', [input, reason])
  families.value('gatelens_last_record_timestamp_seconds', [input]).point.value = now / 1000
}

function setGauges (families: Families, traffic: Traffic, partners: ReadonlyArray<{ name: string, quotas: Quotas }>): void {
  const quotasOf = new Map(partners.map((partner) => [partner.name, partner.quotas]))
  for (const { service, current, peak } of traffic.services()) {
    families.value('gatelens_service_concurrency', [service]).point.value = current
    families.value('gatelens_service_concurrency_peak', [service]).point.value = peak
  }
  for (const { partner, use } of traffic.partners()) {
    if (partner === other) continue
    const quotas = quotasOf.get(partner) ?? {}
    for (const quota of quotaNames) {
      if (quotas[quota] === undefined) continue
      families.value('gatelens_partner_quota_limit', [partner, quota]).point.value = quotas[quota]
      families.value('gatelens_partner_quota_used', [partner, quota]).point.value = use(quota)
    }
  }
}

function setOwn (families: Families, labels: Labels): void {
  for (const [name, count] of labels.overflows) families.value('gatelens_label_overflow_total', [name]).point.value = count
  for (const [name, figure] of Object.entries(processFigures())) families.value(name as MetricName, []).point.value = figure
  families.value('gatelens_series', []).point.value = families.size() + 1
}

function collection (metricData: MetricData[]): CollectionResult {
  const scopeMetrics = [{ scope: { name: 'gatelens' }, metrics: metricData }]
  return { resourceMetrics: { resource: resourceFromAttributes({}), scopeMetrics }, errors: [] }
}

function hrTime (epochMs: number): HrTime {
  return [Math.floor(epochMs / 1000), Math.round(epochMs % 1000 * 1e6)]
}
