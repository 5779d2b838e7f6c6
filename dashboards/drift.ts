import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { frame, matchers } from './frame.ts'
import { sqlTable, stat, timeseries } from './panels.ts'
import { sources } from './sources.ts'

const service = matchers('service')
const undocumented = `gatelens_undocumented_requests_total{${service}, outcome=~"inferred|method_not_declared"}`
const rate = (series: string, by = ''): string => `sum${by === '' ? '' : ` by (${by})`} (rate(${series}[$__rate_interval]))`

/** Where traffic and the API documents differ: what is called and not declared, answered and not declared, deprecated, forgotten. */
export function drift (): DashboardBuilder {
  return withDocuments(withPaths(withOverview(frame({
    uid: 'gatelens-drift',
    title: 'Gatelens: drift',
    description: 'Where traffic and the API documents differ. The tables cover the last 30 days, whatever the time range.',
    sources,
    by: ['service'],
  }))))
}

function withOverview (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Overview'))
    .withPanel(stat({ title: 'Undocumented', description: 'Share of the routed requests that no API document declares.', unit: 'percentunit', width: 6 },
      { expr: `(${rate(undocumented)} or vector(0)) / ${rate(`http_server_request_duration_seconds_count{${service}}`)}` }, { warn: 0.02, bad: 0.1 }))
    .withPanel(timeseries({ title: 'Undocumented requests', description: 'Requests a second, by service and by what is missing.', unit: 'reqps', width: 6, height: 8 },
      { expr: rate(undocumented, 'api_service, outcome'), legend: '{{api_service}} {{outcome}}' }))
    .withPanel(timeseries({ title: 'Undeclared statuses', description: 'Responses a second with a status that the operation does not declare.', unit: 'reqps', width: 6, height: 8 },
      { expr: rate(`gatelens_undeclared_statuses_total{${service}}`, 'api_service'), legend: '{{api_service}}' }))
    .withPanel(timeseries({ title: 'Deprecated operations', description: 'Requests a second for operations that are declared deprecated.', unit: 'reqps', width: 6, height: 8 },
      { expr: rate(`gatelens_deprecated_requests_total{${service}}`, 'api_service'), legend: '{{api_service}}' }))
}

function withPaths (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Called, not declared'))
    .withPanel(sqlTable({ title: 'Undocumented paths', description: 'Paths that the gateway routes and no document declares. Served: answered by the backend with 1xx to 3xx.', width: 14 },
      tableOf('drift_undocumented', 'route AS "Path", arrayStringConcat(methods, \' \') AS "Methods", requests AS "Requests", served AS "Served", partners AS "Partners", last_seen AS "Last seen"')))
    .withPanel(sqlTable({ title: 'Undeclared methods', description: 'Methods that are used on declared paths and not declared there.', width: 10 },
      tableOf('drift_methods', 'method AS "Method", route AS "Path", requests AS "Requests", served AS "Served", last_seen AS "Last seen"')))
}

function withDocuments (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Declared otherwise'))
    .withPanel(sqlTable({ title: 'Undeclared statuses by operation', description: 'Statuses of the backend that the operation declares neither exactly nor as a range nor by default.', width: 12 },
      tableOf('drift_statuses', 'method AS "Method", route AS "Path", status AS "Status", requests AS "Requests", arrayStringConcat(declared, \' \') AS "Declared", last_seen AS "Last seen"')))
    .withPanel(sqlTable({ title: 'Deprecated operations in use', description: 'What is declared deprecated and still called, and by whom.', width: 12 },
      tableOf('drift_deprecated', `method AS "Method", route AS "Path", requests AS "Requests", ${callers} AS "Partners", last_seen AS "Last seen"`)))
    .withPanel(sqlTable({ title: 'Unused operations', description: 'Declared, and not called for 30 days; what is counted for a shorter time may have been used before.', width: 24 }, unusedSql))
}

const callers = "arrayStringConcat(arrayMap(item -> if(item.1 = '', '(anonymous)', item.1), top_partners), ', ')"

function tableOf (view: string, columns: string): string {
  return `
SELECT service AS "Service", owner AS "Owner", ${columns}
FROM ${view}(days = 30)
WHERE $__conditionalAll(service IN (\${service:singlequote}), $service)
ORDER BY requests DESC
LIMIT 200`
}

// What was never called is forgotten longest, and must not fall behind the limit.
const unusedSql = `
SELECT service AS "Service", method AS "Method", route AS "Path", operation_id AS "Operation", deprecated AS "Deprecated",
  last_seen AS "Last used", counted_since AS "Counted since"
FROM drift_unused(days = 30)
WHERE $__conditionalAll(service IN (\${service:singlequote}), $service)
ORDER BY last_seen NULLS FIRST, service, route
LIMIT 500`
