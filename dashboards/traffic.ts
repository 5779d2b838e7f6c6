import { StackingConfigBuilder, StackingMode } from '@grafana/grafana-foundation-sdk/common'
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { frame, linkTo, matchers } from './frame.ts'
import { sqlTable, stat, timeseries } from './panels.ts'
import type { PromQuery } from './panels.ts'
import { sources } from './sources.ts'

const requests = 'http_server_request_duration_seconds'
const rate = (metric: string, labels: string, by = ''): string => `sum${by === '' ? '' : ` by (${by})`} (rate(${metric}{${labels}}[$__rate_interval]))`
const service = matchers('service')
const failed = `${service}, http_response_status_code=~"5..|0"`
const quantile = (q: number, metric: string, by: string): string =>
  `histogram_quantile(${q}, sum by (le, ${by}) (rate(${metric}_bucket{${service}}[$__rate_interval])))`

/** What the gateway carries: requests, statuses, errors, latency and bytes by service and route, and undocumented use. */
export function traffic (): DashboardBuilder {
  return withUndocumented(withGateway(withRoutes(withOverview(frame({
    uid: 'gatelens-traffic',
    title: 'Gatelens: traffic',
    description: 'Requests, statuses, errors, latency and bytes by service and declared route, as the gateway saw them.',
    sources,
    by: ['service'],
  })))))
}

function withOverview (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Overview'))
    .withPanel(stat({ title: 'Requests', description: 'Requests a second.', unit: 'reqps' }, { expr: rate(`${requests}_count`, service) }))
    .withPanel(stat({ title: 'Errors', description: 'Share of requests that failed on our side: status 5xx, or no response.', unit: 'percentunit' },
      { expr: `(${rate(`${requests}_count`, failed)} or vector(0)) / ${rate(`${requests}_count`, service)}` }, { warn: 0.01, bad: 0.05 }))
    .withPanel(stat({ title: 'p95', description: '95 of 100 requests are faster.', unit: 's' }, { expr: overall(0.95) }, { warn: 0.5, bad: 1 }))
    .withPanel(stat({ title: 'p99', description: '99 of 100 requests are faster.', unit: 's' }, { expr: overall(0.99) }, { warn: 1, bad: 2 }))
    .withPanel(stat({ title: 'Undocumented', description: 'Share of requests that no API document declares.', unit: 'percentunit' },
      { expr: `(${rate('gatelens_undocumented_requests_total', service)} or vector(0)) / ${rate(`${requests}_count`, service)}` },
      { warn: 0.02, bad: 0.1 }).dataLinks([linkTo('gatelens-drift', 'Drift', ['clickhouse', 'service'])]))
    .withPanel(stat({ title: 'Active breaches', description: 'Detection rules that are exceeded now.' },
      { expr: `count(gatelens_breach_active{${service}} == 1) or vector(0)` }, { warn: 1, bad: 5 })
      .dataLinks([linkTo('gatelens-breaches', 'Breaches', ['clickhouse', 'service'])]))
}

const overall = (q: number): string => `histogram_quantile(${q}, sum by (le) (rate(${requests}_bucket{${service}}[$__rate_interval])))`

/** Median, 95th and 99th percentile of a histogram, by service. */
function percentiles (metric: string): PromQuery[] {
  return [0.5, 0.95, 0.99].map((q) => ({ expr: quantile(q, metric, 'api_service'), legend: `{{api_service}} p${q * 100}` }))
}

function withRoutes (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Services and routes'))
    .withPanel(timeseries({ title: 'Requests by service', description: 'Requests a second.', unit: 'reqps' },
      { expr: rate(`${requests}_count`, service, 'api_service'), legend: '{{api_service}}' }))
    .withPanel(timeseries({ title: 'Error ratio by service', description: 'Status 5xx, or no response.', unit: 'percentunit' },
      { expr: `${rate(`${requests}_count`, failed, 'api_service')} / ${rate(`${requests}_count`, service, 'api_service')}`, legend: '{{api_service}}' }))
    .withPanel(timeseries({ title: 'Latency by service', description: 'Median, 95th and 99th percentile.', unit: 's' }, ...percentiles(requests)))
    .withPanel(timeseries({ title: 'Status codes', description: 'Responses a second by status; 0 is no response.', unit: 'reqps', width: 12 },
      { expr: rate(`${requests}_count`, service, 'http_response_status_code'), legend: '{{http_response_status_code}}' })
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal)))
    .withPanel(timeseries({ title: 'Bandwidth', description: 'Bytes a second from clients and to clients, of requests whose log gives the size.', unit: 'Bps', width: 12 },
      { expr: rate('gatelens_request_bytes_total', service, 'api_service'), legend: '{{api_service}} received' },
      { expr: rate('gatelens_response_bytes_total', service, 'api_service'), legend: '{{api_service}} sent' }))
    .withPanel(timeseries({ title: 'Busiest routes', description: 'The ten routes with the most requests.', unit: 'reqps' },
      { expr: `topk(10, ${rate(`${requests}_count`, service, 'api_service, http_request_method, http_route')})`, legend: '{{api_service}} {{http_request_method}} {{http_route}}' }))
    .withPanel(timeseries({ title: 'Failing routes', description: 'The ten routes with the most failed requests.', unit: 'reqps' },
      { expr: `topk(10, ${rate(`${requests}_count`, failed, 'api_service, http_request_method, http_route')})`, legend: '{{api_service}} {{http_request_method}} {{http_route}}' }))
    .withPanel(timeseries({ title: 'Slowest routes', description: 'The ten routes with the highest 95th percentile.', unit: 's' },
      { expr: `topk(10, ${quantile(0.95, requests, 'api_service, http_route')})`, legend: '{{api_service}} {{http_route}}' }))
    .withPanel(sqlTable({ title: 'Routes', description: 'Totals in the time range, from the minute rollup.', width: 24 }, routesSql))
}

const routesSql = `
SELECT
  service, method, route,
  sum(requests) AS "Requests",
  sumIf(requests, status_class IN ('5xx', 'none')) / "Requests" AS "Error ratio",
  quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(duration) AS quantiles,
  quantiles[1] AS "p50 ms", quantiles[2] AS "p95 ms", quantiles[3] AS "p99 ms",
  coalesce(sum(request_bytes) + sum(response_bytes), sum(request_bytes), sum(response_bytes)) AS "Bytes",
  any(owner) AS "Owner"
FROM requests_1m
WHERE $__timeFilter(minute)
  AND $__conditionalAll(service IN (\${service:singlequote}), $service)
GROUP BY service, method, route
ORDER BY "Requests" DESC
LIMIT 100`

function withGateway (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Gateway and upstreams'))
    .withPanel(timeseries({ title: 'Gateway overhead', description: 'Time that the gateway itself took: median, 95th and 99th percentile.', unit: 's' },
      ...percentiles('gatelens_gateway_overhead_seconds')))
    .withPanel(timeseries({ title: 'Upstream time', description: 'Time that the upstream took: median, 95th and 99th percentile.', unit: 's' },
      ...percentiles('gatelens_upstream_duration_seconds')))
    .withPanel(timeseries({ title: 'Requests in flight', description: 'Mean of the newest second, and peak of the newest minute, from start and duration.' },
      { expr: `sum by (api_service) (gatelens_service_concurrency{${service}})`, legend: '{{api_service}}' },
      { expr: `sum by (api_service) (gatelens_service_concurrency_peak{${service}})`, legend: '{{api_service}} peak' }))
}

function withUndocumented (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Undocumented use'))
    .withPanel(timeseries({ title: 'Undocumented requests', description: 'Requests that no API document declares, by how their path resolved.', unit: 'reqps', width: 12 },
      { expr: rate('gatelens_undocumented_requests_total', service, 'api_service, outcome'), legend: '{{api_service}} {{outcome}}' }))
    .withPanel(sqlTable({ title: 'Undocumented routes', description: 'What is called but not declared, and by whom.', width: 12, height: 8 }, undocumentedSql))
}

const undocumentedSql = `
SELECT
  service, method, route, any(outcome) AS "How it resolved",
  count() AS "Requests",
  uniqExact(partner) AS "Partners",
  countIf(status < 400) AS "Successful",
  max(time) AS "Last seen"
FROM requests
WHERE $__timeFilter(time) AND outcome NOT IN ('matched', 'ambiguous')
  AND $__conditionalAll(service IN (\${service:singlequote}), $service)
GROUP BY service, method, route
ORDER BY "Requests" DESC
LIMIT 100`
