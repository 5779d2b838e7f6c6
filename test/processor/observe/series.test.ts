import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { startExporter } from '../../../services/processor/observe/exporter.ts'
import { durationBuckets, metrics } from '../../../services/processor/observe/metrics.ts'
import type { Metric, MetricName } from '../../../services/processor/observe/metrics.ts'
import { metricsSchema } from '../../../services/processor/observe/options.ts'
import { createSeries } from '../../../services/processor/observe/series.ts'
import { readSamples, samplesOf, scrape, total } from './exposition.ts'
import { request } from './request.ts'

const requests = 'http_server_request_duration_seconds'
const clock = (): number => Date.UTC(2026, 0, 6)

test('every metric of the registry is exported under exactly its name, with exactly its labels and type', async () => {
  const series = createSeries({ clock })
  for (const [name, metric] of Object.entries<Metric>(metrics) as Array<[MetricName, Metric]>) {
    const labels = Object.fromEntries(metric.labels.map((label) => [label, `some-${label}`]))
    if (metric.type === 'histogram') series.record(name, labels, 0.3)
    else series.add(name, labels, 1)
  }
  const exporter = startExporter({ series, version: '1.2.3' })
  const { text } = await scrape(exporter.handler)
  await exporter.close()
  const samples = readSamples(text)
  for (const [name, metric] of Object.entries<Metric>(metrics)) {
    assert.ok(text.includes(`# TYPE ${name} ${metric.type}\n`), `${name} has its type`)
    const names = metric.type === 'histogram' ? ['_count', '_sum', '_bucket'].map((suffix) => name + suffix) : [name]
    for (const exported of names) {
      const found = samples.filter((sample) => sample.name === exported)
      assert.ok(found.length > 0, exported)
      for (const sample of found) {
        assert.deepEqual(Object.keys(sample.labels), exported.endsWith('_bucket') ? [...metric.labels, 'le'] : metric.labels, exported)
      }
    }
  }
  const known = new Set([...Object.keys(metrics), 'target_info'])
  assert.deepEqual(samples.map((sample) => sample.name.replace(/_(bucket|sum|count)$/, '')).filter((name) => !known.has(name)), [])
})

test('the scrape names its resource, its format and its character set', async () => {
  const exporter = startExporter({ series: createSeries(), version: '1.2.3', resource: { 'deployment.environment.name': 'test' } })
  const { status, type, text } = await scrape(exporter.handler)
  await exporter.close()
  assert.equal(status, 200)
  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8')
  const [info] = readSamples(text).filter((sample) => sample.name === 'target_info')
  assert.equal(info?.labels.service_name, 'gatelens')
  assert.equal(info?.labels.service_version, '1.2.3')
  assert.equal(info?.labels.deployment_environment_name, 'test')
  assert.match(info?.labels.service_instance_id ?? '', /^.+:\d+$/)
})

test('requests are counted by method, route, status and service, in cumulative buckets', async () => {
  const series = createSeries({ clock })
  series.observe([request({ duration_ms: 5 }), request({ duration_ms: 5.01 }), request({ duration_ms: 99_000 }), request({ status: 503 })])
  series.observe([request({ method: '_OTHER' }), request({ status: 0 }), request({ method: 'QUERY' }), request({ method: 'COPY' })])
  const samples = await samplesOf(series)
  const labels = { http_request_method: 'GET', http_route: '/v1/orders/{id}', http_response_status_code: '200', api_service: 'orders' }
  const bucket = (le: string): number => total(samples, `${requests}_bucket`, { ...labels, le })
  assert.deepEqual(['0.005', '0.01', '10', '+Inf'].map(bucket), [1, 2, 2, 3])
  assert.equal(total(samples, `${requests}_count`, labels), 3)
  assert.equal(total(samples, `${requests}_sum`, labels).toFixed(5), '99.01001')
  assert.equal(total(samples, `${requests}_count`, { http_response_status_code: '503' }), 1)
  assert.equal(total(samples, `${requests}_count`, { http_response_status_code: '0' }), 1)
  assert.equal(total(samples, `${requests}_count`, { http_request_method: '_OTHER' }), 1, 'as OpenTelemetry names unknown methods')
  for (const method of ['QUERY', 'COPY']) assert.equal(total(samples, `${requests}_count`, { http_request_method: method }), 1, 'known and declared methods keep their names')
  assert.equal(samples.filter((sample) => sample.name === `${requests}_bucket`).length, 6 * (durationBuckets.length + 1))
})

test('what an event says feeds every other traffic series', async () => {
  const series = createSeries({ clock })
  series.observe([
    request(),
    request({ upstream_ms: null, gateway_ms: null, status: 429, rate_limited: true, limit_name: 'minute', outcome: 'ambiguous' }),
    request({ outcome: 'inferred', partner: '' }),
    request({ outcome: 'unmatched', service: '' }),
    request({ status: 700, outcome: 'malformed' }),
  ])
  const samples = await samplesOf(series)
  assert.equal(total(samples, 'gatelens_upstream_duration_seconds_count', { api_service: 'orders' }), 3)
  assert.equal(total(samples, 'gatelens_gateway_overhead_seconds_sum', { api_service: 'orders' }).toFixed(3), '0.015')
  assert.equal(total(samples, 'gatelens_partner_requests_total', { partner: 'acme', api_service: 'orders', status_class: '2xx' }), 1)
  assert.equal(total(samples, 'gatelens_partner_requests_total', { partner: 'acme', api_service: 'orders', status_class: '4xx' }), 1)
  assert.equal(total(samples, 'gatelens_partner_requests_total', { status_class: 'none' }), 1)
  assert.equal(total(samples, 'gatelens_partner_requests_total', { partner: '' }), 1)
  assert.equal(total(samples, 'gatelens_rate_limited_total', { api_service: 'orders', partner: 'acme', limit: 'minute' }), 1)
  assert.equal(total(samples, 'gatelens_undocumented_requests_total'), 3)
  assert.equal(total(samples, 'gatelens_undocumented_requests_total', { api_service: 'orders', outcome: 'inferred' }), 1)
  assert.equal(total(samples, 'gatelens_matches_total', { outcome: 'ambiguous' }), 1)
  assert.equal(total(samples, 'gatelens_matches_total'), 5)
})

test('statuses of the backend that are not declared, and requests for deprecated operations, count by service', async () => {
  const series = createSeries({ clock })
  const declared = ['200', '4xx']
  const answered = (status: number, changes: Partial<EnrichedEvent> = {}): EnrichedEvent =>
    request({ status, upstream_status: status, declared_statuses: declared, ...changes })
  series.observe([
    ...[200, 404, 201, 500].map((status) => answered(status)),
    answered(500, { declared_statuses: ['default'] }), answered(500, { declared_statuses: [] }), answered(0, { upstream_status: null }),
    answered(503, { response_source: 'gateway', upstream_status: null }), answered(504, { upstream_status: 200 }), answered(429, { rate_limited: true, declared_statuses: ['200'] }),
    answered(204, { service: 'billing', deprecated: true }), answered(200, { service: 'billing', deprecated: true }),
  ])
  const samples = await samplesOf(series)
  const of = (name: string): string[] => samples.filter((sample) => sample.name === name).map(({ labels, value }) => `${labels.api_service} ${value}`)
  assert.deepEqual(of('gatelens_undeclared_statuses_total'), ['orders 2', 'billing 1'])
  assert.deepEqual(of('gatelens_deprecated_requests_total'), ['billing 2'])
})

test('counters stand at zero before the first record, so that the first increase is seen', async () => {
  const samples = await samplesOf(createSeries({ inputs: ['kong'] }))
  for (const [name, labels] of [
    ['gatelens_events_total', { outcome: 'received' }], ['gatelens_rejects_total', { reason: 'invalid_json' }],
    ['gatelens_matches_total', { outcome: 'matched' }], ['gatelens_label_overflow_total', { label: 'route' }],
  ] as const) {
    const [label = '', value = ''] = Object.entries(labels)[0] ?? []
    const found = samples.filter((sample) => sample.name === name && sample.labels[label] === value)
    assert.deepEqual(found.map((sample) => sample.value), [0], name)
  }
})

test('label values with quotes, backslashes, line ends, NUL and other scripts come out as they went in, or as a valid stand-in', async () => {
  const values = ['a"b', 'a\\b', 'a\nb', 'Zürich 東京 🎉', '{x="y"}', 'a,b', '', ' ']
  const series = createSeries({ clock })
  series.observe([...values, 'nul\0byte', 'half\ud83d', 'x'.repeat(100_000)].map((service) => request({ service })))
  const services = new Set((await samplesOf(series)).filter((sample) => sample.name === `${requests}_count`).map((sample) => sample.labels.api_service))
  assert.deepEqual(services, new Set([...values, 'nul\ufffdbyte', 'half\ufffd', 'x'.repeat(256)]))
})

test('past a label\'s budget values become __other__, and the sum over all series is still the number of requests', async () => {
  const series = createSeries({ clock, budgets: { route: 10, service: 3, partner: 5, status: 4, limit: 2 } })
  const events = Array.from({ length: 2000 }, (_, index) => request({
    route: `/r${index % 40}`,
    service: `s${index % 7}`,
    partner: `p${index % 11}`,
    status: 200 + index % 13,
    rate_limited: true,
    limit_name: `l${index % 5}`,
  }))
  series.observe(events)
  const samples = await samplesOf(series)
  assert.equal(total(samples, `${requests}_count`), 2000)
  assert.equal(total(samples, 'gatelens_partner_requests_total'), 2000)
  assert.equal(total(samples, 'gatelens_rate_limited_total'), 2000)
  const values = (name: string, label: string): Set<string | undefined> =>
    new Set(samples.filter((sample) => sample.name === name).map((sample) => sample.labels[label]))
  assert.equal(values(`${requests}_count`, 'http_route').size, 11)
  assert.equal(values(`${requests}_count`, 'api_service').size, 4)
  assert.equal(values('gatelens_partner_requests_total', 'partner').size, 6)
  const over = (test: (event: EnrichedEvent) => boolean): number => events.filter(test).length
  assert.equal(total(samples, 'gatelens_label_overflow_total', { label: 'route' }), over((event) => Number(event.route.slice(2)) >= 10))
  assert.equal(total(samples, 'gatelens_label_overflow_total', { label: 'service' }), over((event) => Number(event.service.slice(1)) >= 3))
  assert.equal(total(samples, 'gatelens_label_overflow_total', { label: 'partner' }), over((event) => Number(event.partner.slice(1)) >= 5))
  assert.equal(total(samples, 'gatelens_label_overflow_total', { label: 'status' }), over((event) => event.status >= 204))
  assert.equal(total(samples, 'gatelens_label_overflow_total', { label: 'limit' }), over((event) => Number(event.limit_name.slice(1)) >= 2))
})

test('past the total of series new combinations are counted together, and the sums still hold', async () => {
  const series = createSeries({ clock, maxSeries: 1000 })
  const events = Array.from({ length: 5000 }, (_, index) => request({ route: `/r${index % 500}`, partner: `p${index % 1500}` }))
  series.observe(events)
  const samples = await samplesOf(series)
  assert.equal(total(samples, `${requests}_count`), 5000)
  assert.equal(total(samples, 'gatelens_partner_requests_total'), 5000)
  assert.equal(total(samples, 'gatelens_matches_total'), 5000)
  assert.ok(total(samples, 'gatelens_label_overflow_total', { label: 'series' }) > 0)
  assert.ok(samples.length <= 1100, `${samples.length} lines`)
  assert.ok(Math.abs(total(samples, 'gatelens_series') - samples.length) <= 2, 'gatelens_series says how many lines there are, but for target_info')
})

test('the pipeline\'s own telemetry is exported beside the traffic', async () => {
  const series = createSeries()
  series.add('gatelens_events_total', { input: 'kong', outcome: 'received' }, 1000)
  series.add('gatelens_events_total', { input: 'kong', outcome: 'received' }, 500)
  series.set('gatelens_spool_bytes', { sink: 'store' }, 42)
  series.set('gatelens_spool_bytes', { sink: 'store' }, 7)
  series.record('gatelens_sink_write_seconds', { sink: 'store' }, 0.2)
  const samples = await samplesOf(series)
  assert.equal(total(samples, 'gatelens_events_total', { input: 'kong', outcome: 'received' }), 1500)
  assert.equal(total(samples, 'gatelens_spool_bytes'), 7)
  assert.equal(total(samples, 'gatelens_sink_write_seconds_bucket', { le: '0.25' }), 1)
  assert.equal(total(samples, 'gatelens_sink_write_seconds_bucket', { le: '0.1' }), 0)
})

test('the configuration has defaults for every key and refuses what it does not know', () => {
  assert.deepEqual(metricsSchema.parse({}), {
    listen: '127.0.0.1:9464',
    budgets: { default: 1000, route: 5000, service: 1000, partner: 2000, owner: 1000, limit: 500, status: 100 },
    max_series: 250_000,
  })
  assert.equal(metricsSchema.safeParse({ budgets: { routes: 1 } }).success, false)
  assert.equal(metricsSchema.safeParse({ budgets: { route: 0 } }).success, false)
})
