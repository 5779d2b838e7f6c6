/** Run by series.test.ts in a process of its own: a million requests with random labels; prints what was counted and the heap. */
import { createSeries } from '../../../services/processor/observe/series.ts'
import { request } from './request.ts'

const series = createSeries({ budgets: { route: 1000, service: 200, partner: 300 }, maxSeries: 20_000 })
const heap: number[] = []
for (let done = 0; done < 1_000_000; done += 1000) {
  series.observe(Array.from({ length: 1000 }, () => {
    const random = (): string => Math.random().toString(36)
    const status = Math.floor(Math.random() * 65_536)
    return request({ route: random(), service: random(), partner: random(), status, rate_limited: true, limit_name: random() })
  }))
  if (done === 199_000 || done === 999_000) {
    globalThis.gc?.()
    heap.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers)
  }
}
const { resourceMetrics } = await series.collect()
const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
const found = (name: string): Array<{ attributes: Record<string, unknown>, value: unknown }> =>
  all.filter((metric) => metric.descriptor.name === name).flatMap((metric) => [...metric.dataPoints])
const counted = found('http_server_request_duration_seconds').reduce((sum, point) => sum + (point.value as { count: number }).count, 0)
const overflow = found('gatelens_label_overflow_total').find((point) => point.attributes.label === 'route')?.value
console.log(JSON.stringify({ counted, overflow, early: heap[0], late: heap[1] }))
