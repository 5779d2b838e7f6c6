import { metrics } from '../../services/processor/observe/metrics.ts'
import type { Metric } from '../../services/processor/observe/metrics.ts'
import { readPromQL } from './promql.ts'

/** Labels that Prometheus adds to every series it scrapes, and its own series. */
const scraped = ['instance', 'job']
const own = new Map([['up', scraped]])

/** Everything that an expression names and the registry does not have; empty when all is well. */
export function unknownNames (expression: string): string[] {
  const { selectors, groupings } = readPromQL(expression)
  if (selectors.length === 0) return ['no metric at all']
  const labelsOf = new Map(selectors.map(({ metric }) => [metric, exportedLabels(metric)]))
  const reachable = new Set([...labelsOf.values()].flatMap((labels) => labels ?? []))
  return [
    ...selectors.flatMap(({ metric, labels }) => {
      const known = labelsOf.get(metric)
      return known === undefined ? [`metric ${metric}`] : labels.filter((label) => !known.includes(label)).map((label) => `${metric}{${label}}`)
    }),
    ...groupings.filter((label) => !reachable.has(label)).map((label) => `grouping by ${label}`),
  ]
}

/** The labels of a series as it is exported (`_bucket`, `_sum`, `_count` for histograms); undefined when nothing exports it. */
function exportedLabels (name: string): readonly string[] | undefined {
  const registry: Record<string, Metric> = metrics
  const metric = registry[name]
  if (metric !== undefined) return metric.type === 'histogram' ? undefined : [...metric.labels, ...scraped]
  const [, base = '', part] = /^(.*)_(bucket|sum|count)$/.exec(name) ?? []
  const histogram = registry[base]
  if (histogram?.type === 'histogram') return [...histogram.labels, ...scraped, ...part === 'bucket' ? ['le'] : []]
  return own.get(name)
}
