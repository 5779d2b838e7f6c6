/** Times and sizes that a log does not give, or that are none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import type { MetricName } from '../../../services/processor/observe/metrics.ts'
import { createSeries } from '../../../services/processor/observe/series.ts'
import { samplesOf, total } from './exposition.ts'
import type { Sample } from './exposition.ts'
import { request } from './request.ts'

const requests = 'http_server_request_duration_seconds'
const clock = (): number => Date.UTC(2026, 0, 6)

test('a duration that is none counts as a request of no length', async () => {
  const series = createSeries({ clock })
  series.observe([request({ duration_ms: NaN }), request({ duration_ms: -5 }), request({ duration_ms: Infinity })])
  const samples = await samplesOf(series)
  assert.equal(total(samples, `${requests}_count`), 3)
  assert.equal(total(samples, `${requests}_sum`), 0)
})

test('a request without a total time counts beside the histogram, and in everything that needs no time', async () => {
  const series = createSeries({ clock })
  series.observe([request(), request({ duration_ms: null, upstream_ms: null, gateway_ms: null, status: 503 })])
  const samples = await samplesOf(series)
  assert.equal(total(samples, `${requests}_count`), 1)
  assert.equal(total(samples, 'gatelens_unmeasured_requests_total',
    { http_request_method: 'GET', http_route: '/v1/orders/{id}', http_response_status_code: '503', api_service: 'orders' }), 1)
  assert.equal(total(samples, 'gatelens_upstream_duration_seconds_count'), 1)
  assert.equal(total(samples, 'gatelens_gateway_overhead_seconds_count'), 1)
  assert.equal(total(samples, 'gatelens_partner_requests_total'), 2)
  assert.equal(total(samples, 'gatelens_service_concurrency_peak', { api_service: 'orders' }), 1)
})

test('a size that the log does not give is in no sum, and is counted beside it; where none is given there is no sum', async () => {
  const series = createSeries({ clock })
  series.observe([request(), request({ request_bytes: null }), request({ request_bytes: 0, response_bytes: null })])
  series.observe([request({ service: 'payments', request_bytes: null, response_bytes: null, attempts: null })])
  const samples = await samplesOf(series)
  const named = (name: MetricName): Sample[] => samples.filter((sample) => sample.name === name)
  const of = (name: MetricName): unknown => named(name).map(({ labels, value }) => [...Object.values(labels), value])
  assert.deepEqual(of('gatelens_request_bytes_total'), [['orders', 100]])
  assert.deepEqual(of('gatelens_response_bytes_total'), [['orders', 2000]])
  assert.deepEqual(of('gatelens_unmeasured_sizes_total'),
    [['orders', 'request', 1], ['orders', 'response', 1], ['payments', 'request', 1], ['payments', 'response', 1]])
  assert.equal(total(samples, `${requests}_count`), 4)
})

test('requests without a total time count by method, route and status, within the same budgets', async () => {
  const series = createSeries({ clock, budgets: { route: 1 } })
  const unmeasured = (changes: Partial<EnrichedEvent>): EnrichedEvent => request({ duration_ms: null, ...changes })
  series.observe([unmeasured({}), unmeasured({ status: 503 }), unmeasured({}), unmeasured({ route: '/v1/other' }), unmeasured({ route: '/v1/third' })])
  const samples = (await samplesOf(series)).filter((sample) => sample.name === 'gatelens_unmeasured_requests_total')
  assert.deepEqual(samples.map(({ labels, value }) => [labels.http_route, labels.http_response_status_code, value]),
    [['/v1/orders/{id}', '200', 2], ['/v1/orders/{id}', '503', 1], ['__other__', '200', 2]])
})
