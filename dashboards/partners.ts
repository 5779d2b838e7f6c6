import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { frame, linkTo, matchers } from './frame.ts'
import { bars, promTable, sqlTable, sqlTimeseries, stat, timeseries } from './panels.ts'
import { sources } from './sources.ts'

const partner = matchers('partner')
const used = `gatelens_partner_quota_used{${partner}} / on (instance, partner, quota) (gatelens_partner_quota_limit{${partner}} > 0)`

/** Who calls, who is near or over a quota, who was refused. Quotas are of a partner over all services. */
export function partners (): DashboardBuilder {
  return withPartners(withOverview(frame({
    uid: 'gatelens-partners',
    title: 'Gatelens: partners',
    description: 'Requests of partners, use of quotas, refused requests.',
    sources,
    by: ['partner'],
  })))
}

function withOverview (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Overview'))
    .withPanel(stat({ title: 'Partners over quota', description: 'Partners that used more than a quota allows.', width: 8 },
      { expr: `count(max by (partner) (${used} > 1)) or vector(0)` }, { warn: 1, bad: 3 }))
    .withPanel(stat({ title: 'Refused', description: 'Requests a second that the gateway refused for a rate limit.', unit: 'reqps', width: 8 },
      { expr: `sum(rate(gatelens_rate_limited_total{${partner}}[$__rate_interval])) or vector(0)` }, { warn: 1, bad: 50 }))
    .withPanel(stat({ title: 'Active breaches', description: 'Detection rules that are exceeded now.', width: 8 },
      { expr: `count(gatelens_breach_active{${partner}} == 1) or vector(0)` }, { warn: 1, bad: 5 })
      .dataLinks([linkTo('gatelens-breaches', 'Breaches', ['clickhouse', 'partner'])]))
}

function withPartners (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Partners'))
    .withPanel(bars({ title: 'Quota use', description: 'Requests in the current window (UTC) over what the partner may make.', unit: 'percentunit' },
      { expr: `sort_desc(max by (partner, quota) (${used}))`, legend: '{{partner}} {{quota}}' }, { warn: 0.8, bad: 1 }))
    .withPanel(promTable({ title: 'Quotas', description: 'Requests in the current window.' },
      { expr: `max by (partner, quota) (gatelens_partner_quota_used{${partner}})` }))
    .withPanel(timeseries({ title: 'Requests by partner', description: 'Requests a second; anonymous callers have no name.', unit: 'reqps' },
      { expr: `sum by (partner) (rate(gatelens_partner_requests_total{${partner}}[$__rate_interval]))`, legend: '{{partner}}' }))
    .withPanel(timeseries({ title: 'Failed for the partner', description: 'Share of requests answered with 5xx or not at all.', unit: 'percentunit' },
      {
        expr: `sum by (partner) (rate(gatelens_partner_requests_total{${partner}, status_class=~"5xx|none"}[$__rate_interval])) / ` +
          `sum by (partner) (rate(gatelens_partner_requests_total{${partner}}[$__rate_interval]))`,
        legend: '{{partner}}',
      }))
    .withPanel(timeseries({ title: 'Refused by limit', description: 'Requests a second that the gateway refused for a rate limit.', unit: 'reqps' },
      { expr: `sum by (partner, limit) (rate(gatelens_rate_limited_total{${partner}}[$__rate_interval]))`, legend: '{{partner}} {{limit}}' }))
    .withPanel(sqlTimeseries({ title: 'Refused, from the store', description: 'Refused requests by partner.' }, refusedSql))
    .withPanel(sqlTable({ title: 'Partners', description: 'Totals in the time range, from the minute rollup.', height: 8 }, partnersSql)
      .dataLinks([linkTo('gatelens-breaches', 'Breaches of the partner', ['clickhouse'], 'var-partner=${__data.fields.partner:percentencode}')]))
}

const refusedSql = `
SELECT $__timeInterval(minute) AS time, partner, sum(rate_limited) AS "Refused"
FROM requests_1m
WHERE $__timeFilter(minute)
  AND $__conditionalAll(partner IN (\${partner:singlequote}), $partner)
GROUP BY time, partner
HAVING "Refused" > 0
ORDER BY time`

const partnersSql = `
SELECT
  partner,
  sum(requests) AS "Requests",
  sumIf(requests, status_class IN ('5xx', 'none')) / "Requests" AS "Error ratio",
  sum(rate_limited) AS "Refused",
  sum(undocumented) AS "Undocumented",
  max(minute) AS "Last seen"
FROM requests_1m
WHERE $__timeFilter(minute)
  AND $__conditionalAll(partner IN (\${partner:singlequote}), $partner)
GROUP BY partner
ORDER BY "Requests" DESC
LIMIT 200`
