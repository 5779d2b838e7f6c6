import type { HrTime } from '@opentelemetry/api'
import { ValueType } from '@opentelemetry/api'
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import { other } from './labels.ts'
import type { Labels } from './labels.ts'
import { durationBuckets, metrics } from './metrics.ts'
import type { Metric, MetricName } from './metrics.ts'

/** One counter or gauge series. Hot code holds on to it and changes `value` directly. */
export interface ValuePoint {
  attributes: Record<string, string>
  value: number
  /** When it was made; `performance.now()`. */
  born: number
}

/** One histogram series: observations by bucket (not cumulative; the last one is +Inf) and the sum in milliseconds. */
export interface HistogramPoint { attributes: Record<string, string>, counts: Float64Array, sumMs: number, born: number }

/** All series of the registry, bounded by label budgets and by a total. */
export interface Families {
  /** The series of a counter or gauge for label values in the registry's order; created on first use. */
  value (name: MetricName, values: readonly string[]): Admitted<ValuePoint>
  /** The same for a histogram. */
  histogram (name: MetricName, values: readonly string[]): Admitted<HistogramPoint>
  /** Exported time series, as Prometheus counts them: a histogram is one per bucket plus sum and count. */
  size (): number
  /**
   * A copy of everything, in the form that OpenTelemetry's exporters take; counters that were made after `known`
   * (`performance.now()`) stand at 0.
   */
  snapshot (start: HrTime, end: HrTime, known: number): MetricData[]
}

/** `kept` is false for the stand-in that is handed out past the total bound: do not remember it under the values asked for. */
export interface Admitted<P> { point: P, kept: boolean }

interface Family<P> { name: MetricName, metric: Metric, points: Map<string, P>, lines: number, bound: number }

/** Metrics whose label sets multiply with the traffic. The others keep a fifth of the bound for themselves. */
const traffic: ReadonlySet<MetricName> = new Set([
  'http_server_request_duration_seconds', 'gatelens_unmeasured_requests_total', 'gatelens_partner_requests_total', 'gatelens_rate_limited_total',
])

/** Labels whose values come from closed sets or from configuration; metrics with only these are never refused. */
const closedLabels = new Set(['outcome', 'reason', 'stage', 'label', 'input', 'rule', 'severity', 'measure', 'quota', 'cache', 'size'])

/** Labels that carry the same thing in another vocabulary share its budget. */
const pools: Readonly<Record<string, string>> = { api_service: 'service', http_route: 'route', http_response_status_code: 'status', http_request_method: 'method' }

const boundsMs = durationBuckets.map((seconds) => seconds * 1000)

/** Creates an empty set of families. `maxSeries` bounds the exported time series of all metrics with open label sets. */
export function createFamilies (labels: Labels, maxSeries: number): Families {
  const values = new Map<MetricName, Family<ValuePoint>>()
  const histograms = new Map<MetricName, Family<HistogramPoint>>()
  let size = 0
  const resolve = <P>(family: Family<P>, raw: readonly string[], create: (attributes: Record<string, string>) => P): Admitted<P> => {
    const admitted = raw.map((value, index) => labels.admit(pool(family.metric.labels[index] ?? ''), value))
    const found = family.points.get(keyOf(admitted))
    if (found !== undefined) return { point: found, kept: true }
    const kept = size + family.lines <= family.bound
    if (!kept) labels.overflow('series')
    const used = kept ? admitted : admitted.map(() => other)
    const point = family.points.get(keyOf(used)) ?? create(attributesOf(family.metric, used))
    if (!family.points.has(keyOf(used))) size += family.lines
    family.points.set(keyOf(used), point)
    return { point, kept }
  }
  return {
    value: (name, raw) => resolve(familyIn(values, name, maxSeries), raw, createValue),
    histogram: (name, raw) => resolve(familyIn(histograms, name, maxSeries), raw, createHistogram),
    size: () => size,
    snapshot: (start, end, known) => [
      ...[...histograms.values()].map((family) => histogramData(family, start, end, known)),
      ...[...values.values()].map((family) => valueData(family, start, end, known)),
    ],
  }
}

/** Adds one duration. What is no duration (negative, not finite) counts as zero, so that the count stays the count of requests. */
export function recordMs (point: HistogramPoint, milliseconds: number): void {
  const value = milliseconds >= 0 && milliseconds < Infinity ? milliseconds : 0
  let bucket = 0
  // A linear search: most requests end in the first few buckets, and 14 comparisons cost less than a branchy bisection.
  while (bucket < boundsMs.length && value > (boundsMs[bucket] ?? 0)) bucket++
  point.counts[bucket] = (point.counts[bucket] ?? 0) + 1
  point.sumMs += value
}

/** The budget pool that a label draws its values from. */
export function pool (label: string): string {
  return pools[label] ?? label
}

function familyIn<P> (all: Map<MetricName, Family<P>>, name: MetricName, maxSeries: number): Family<P> {
  const known = all.get(name)
  if (known !== undefined) return known
  const metric: Metric = metrics[name]
  const open = metric.labels.some((label) => !closedLabels.has(label))
  const bound = !open ? Infinity : traffic.has(name) ? maxSeries * 0.8 : maxSeries
  const family = { name, metric, points: new Map<string, P>(), lines: metric.type === 'histogram' ? durationBuckets.length + 3 : 1, bound }
  all.set(name, family)
  return family
}

function keyOf (values: readonly string[]): string {
  return values.join('\0')
}

function attributesOf (metric: Metric, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(metric.labels.map((label, index) => [label, values[index] ?? '']))
}

function createValue (attributes: Record<string, string>): ValuePoint {
  return { attributes, value: 0, born: performance.now() }
}

function createHistogram (attributes: Record<string, string>): HistogramPoint {
  return { attributes, counts: new Float64Array(durationBuckets.length + 1), sumMs: 0, born: performance.now() }
}

function histogramData (family: Family<HistogramPoint>, startTime: HrTime, endTime: HrTime, known: number): MetricData {
  return {
    descriptor: descriptor(family),
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [...family.points.values()].map(({ attributes, counts, sumMs, born }) => {
      const shown = born > known ? noCounts : counts
      return {
        startTime,
        endTime,
        attributes,
        value: {
          buckets: { boundaries: [...durationBuckets], counts: Array.from(shown) },
          sum: born > known ? 0 : sumMs / 1000,
          count: shown.reduce((sum, count) => sum + count, 0),
        },
      }
    }),
  }
}

const noCounts = new Float64Array(durationBuckets.length + 1)

function valueData (family: Family<ValuePoint>, startTime: HrTime, endTime: HrTime, known: number): MetricData {
  const isNew = ({ born }: ValuePoint): boolean => family.metric.type === 'counter' && born > known
  const dataPoints = [...family.points.values()].map((point) =>
    ({ startTime, endTime, attributes: point.attributes, value: isNew(point) ? 0 : point.value }))
  const common = { descriptor: descriptor(family), aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPoints }
  return family.metric.type === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...common, dataPointType: DataPointType.GAUGE }
}

function descriptor (family: Family<unknown>): MetricData['descriptor'] {
  return { name: family.name, description: family.metric.help, unit: '', valueType: ValueType.DOUBLE }
}
