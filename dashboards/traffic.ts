import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { frame } from './frame.ts'
import { sqlTable, stat, timeseries } from './panels.ts'

const requests = 'http_server_request_duration_seconds'
const rate = (metric: string, labels: string, by = ''): string => `sum${by === '' ? '' : ` by (${by})`} (rate(${metric}{${labels}}[$__rate_interval]))`
const service = 'api_service=~"$service"'
const failed = `${service}, http_response_status_code=~"5..|0"`
const quantile = (q: number, metric: string, by: string): string =>
  `histogram_quantile(${q}, sum by (le, ${by}) (rate(${metric}_bucket{${service}}[$__rate_interval])))`

/** What the gateway carries: requests, errors and latency by service and route, undocumented use, and the pipeline's own health. */
export function traffic (): DashboardBuilder {
  return withHealth(withUndocumented(withGateway(withRoutes(withOverview(
    frame('gatelens-traffic', 'Gatelens: traffic', 'Requests, errors and latency by service and declared route, as the gateway saw them.'))))))
}

function withOverview (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Overview'))
    .withPanel(stat({ title: 'Requests', description: 'Requests a second.', unit: 'reqps' }, { expr: rate(`${requests}_count`, service) }))
    .withPanel(stat({ title: 'Errors', description: 'Share of requests that failed on our side: status 5xx, or no response.', unit: 'percentunit' },
      { expr: `(${rate(`${requests}_count`, failed)} or vector(0)) / ${rate(`${requests}_count`, service)}` }, { warn: 0.01, bad: 0.05 }))
    .withPanel(stat({ title: 'p95', description: '95 of 100 requests are faster.', unit: 's' },
      { expr: `histogram_quantile(0.95, sum by (le) (rate(${requests}_bucket{${service}}[$__rate_interval])))` }, { warn: 0.5, bad: 1 }))
    .withPanel(stat({ title: 'Undocumented', description: 'Share of requests that no API document declares.', unit: 'percentunit' },
      { expr: `(${rate('gatelens_undocumented_requests_total', service)} or vector(0)) / ${rate(`${requests}_count`, service)}` },
      { warn: 0.02, bad: 0.1 }))
    .withPanel(stat({ title: 'Active breaches', description: 'Detection rules that are exceeded now.' },
      { expr: 'count(gatelens_breach_active == 1) or vector(0)' }, { warn: 1, bad: 5 }))
    .withPanel(stat({ title: 'Lag', description: 'Age of the oldest request that is not committed.', unit: 's' },
      { expr: 'max(gatelens_input_lag_seconds)' }, { warn: 30, bad: 120 }))
}

function withRoutes (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Services and routes'))
    .withPanel(timeseries({ title: 'Requests by service', description: 'Requests a second.', unit: 'reqps' },
      { expr: rate(`${requests}_count`, service, 'api_service'), legend: '{{api_service}}' }))
    .withPanel(timeseries({ title: 'Error ratio by service', description: 'Status 5xx, or no response.', unit: 'percentunit' },
      { expr: `${rate(`${requests}_count`, failed, 'api_service')} / ${rate(`${requests}_count`, service, 'api_service')}`, legend: '{{api_service}}' }))
    .withPanel(timeseries({ title: 'Latency by service', description: 'Median and 95th percentile.', unit: 's' },
      { expr: quantile(0.5, requests, 'api_service'), legend: '{{api_service}} p50' }, { expr: quantile(0.95, requests, 'api_service'), legend: '{{api_service}} p95' }))
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
  sum(request_bytes) + sum(response_bytes) AS "Bytes",
  any(owner) AS "Owner"
FROM requests_1m
WHERE $__timeFilter(minute)
  AND $__conditionalAll(service IN (\${service:singlequote}), $service)
  AND $__conditionalAll(partner IN (\${partner:singlequote}), $partner)
GROUP BY service, method, route
ORDER BY "Requests" DESC
LIMIT 100`

function withGateway (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Gateway and upstreams'))
    .withPanel(timeseries({ title: 'Gateway overhead', description: 'Time that the gateway itself took: median and 95th percentile.', unit: 's' },
      { expr: quantile(0.5, 'gatelens_gateway_overhead_seconds', 'api_service'), legend: '{{api_service}} p50' },
      { expr: quantile(0.95, 'gatelens_gateway_overhead_seconds', 'api_service'), legend: '{{api_service}} p95' }))
    .withPanel(timeseries({ title: 'Upstream time', description: '95th percentile of the time that the upstream took.', unit: 's' },
      { expr: quantile(0.95, 'gatelens_upstream_duration_seconds', 'api_service'), legend: '{{api_service}}' }))
    .withPanel(timeseries({ title: 'Requests in flight', description: 'Mean of the newest second, and peak of the newest minute, from start and duration.' },
      { expr: `sum by (api_service) (gatelens_service_concurrency{${service}})`, legend: '{{api_service}}' },
      { expr: `sum by (api_service) (gatelens_service_concurrency_peak{${service}})`, legend: '{{api_service}} peak' }))
}

function withUndocumented (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Undocumented use'))
    .withPanel(timeseries({ title: 'Undocumented requests', description: 'Requests that no API document declares, by how their path resolved.', unit: 'reqps' },
      { expr: rate('gatelens_undocumented_requests_total', service, 'api_service, outcome'), legend: '{{api_service}} {{outcome}}' }))
    .withPanel(timeseries({ title: 'How paths resolved', description: 'All requests, by outcome.', unit: 'reqps' },
      { expr: rate('gatelens_matches_total', '', 'outcome'), legend: '{{outcome}}' }))
    .withPanel(sqlTable({ title: 'Undocumented routes', description: 'What is called but not declared, and by whom.', width: 8, height: 8 }, undocumentedSql))
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
  AND $__conditionalAll(partner IN (\${partner:singlequote}), $partner)
GROUP BY service, method, route
ORDER BY "Requests" DESC
LIMIT 100`

function withHealth (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Pipeline health'))
    .withPanel(timeseries({ title: 'Records', description: 'received = published + filtered + rejected + what is in flight.', unit: 'cps', width: 6 },
      { expr: rate('gatelens_events_total', '', 'outcome'), legend: '{{outcome}}' }))
    .withPanel(timeseries({ title: 'Rejects', description: 'Records that could not become an event.', unit: 'cps', width: 6 },
      { expr: rate('gatelens_rejects_total', '', 'reason'), legend: '{{reason}}' }))
    .withPanel(timeseries({ title: 'Input lag', description: 'What is not committed yet: bytes of files, records of Kafka.', unit: 'bytes', width: 6 },
      { expr: 'sum by (input) (gatelens_input_lag_bytes)', legend: '{{input}}' },
      { expr: 'sum by (input) (gatelens_input_lag_records)', legend: '{{input}} records' })
      .withOverride({ matcher: { id: 'byFrameRefID', options: 'B' }, properties: [{ id: 'unit', value: 'short' }, { id: 'custom.axisPlacement', value: 'right' }] }))
    .withPanel(timeseries({ title: 'Time by stage', description: 'Seconds of work a second.', unit: 'percentunit', width: 6 },
      { expr: rate('gatelens_stage_seconds_total', '', 'stage'), legend: '{{stage}}' }))
    .withPanel(stat({ title: 'Store', description: '1 while the store takes writes.', width: 3 }, { expr: 'min(gatelens_store_up)' }, { warn: 0.5, bad: 0.2, low: true }))
    .withPanel(stat({ title: 'Insert p95', description: 'Time that an insert takes.', unit: 's', width: 3 },
      { expr: 'histogram_quantile(0.95, sum by (le) (rate(gatelens_store_insert_seconds_bucket[$__rate_interval])))' }, { warn: 1, bad: 5 }))
    .withPanel(stat({ title: 'Spool', description: 'Bytes that wait on disk for the store.', unit: 'bytes', width: 3 },
      { expr: 'sum(gatelens_spool_bytes)' }, { warn: 1, bad: 1e9 }))
    .withPanel(stat({ title: 'Detection', description: 'Time that the newest evaluation of all rules took.', unit: 's', width: 3 },
      { expr: 'max(gatelens_detect_seconds)' }, { warn: 5, bad: 10 }))
    .withPanel(stat({ title: 'Endpoints', description: 'Endpoints in the catalog in use.', width: 3 }, { expr: 'max(gatelens_catalog_endpoints)' }))
    .withPanel(stat({ title: 'Catalog problems', description: 'Documents or entries that could not be used.', width: 3 },
      { expr: 'max(gatelens_catalog_problems)' }, { warn: 1, bad: 10 }))
    .withPanel(stat({ title: 'Series', description: 'Series that the processor holds.', width: 3 }, { expr: 'sum(gatelens_series)' }))
    .withPanel(stat({ title: 'Label overflow', description: 'Label values a second that became __other__.', unit: 'cps', width: 3 },
      { expr: rate('gatelens_label_overflow_total', '') }, { warn: 0.01, bad: 1 }))
}
