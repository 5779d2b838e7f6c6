import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { frame } from './frame.ts'
import { bars, promTable, sqlTable, sqlTimeline, sqlTimeseries, stat, timeseries } from './panels.ts'

const partner = 'partner=~"$partner"'
const both = `${partner}, api_service=~"$service"`
const used = `gatelens_partner_quota_used{${partner}} / on (instance, partner, quota) (gatelens_partner_quota_limit{${partner}} > 0)`

/** Who calls, who is over quota, since when and how often; every breach with whom to tell. */
export function partnersAndBreaches (): DashboardBuilder {
  return withBreaches(withPartners(withOverview(
    frame('gatelens-partners', 'Gatelens: partners and breaches', 'Use of quotas, refused requests, and the ledger of breaches.'))))
}

function withOverview (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Overview'))
    .withPanel(stat({ title: 'Active breaches', description: 'Detection rules that are exceeded now.', width: 6 },
      { expr: `count(gatelens_breach_active{${both}} == 1) or vector(0)` }, { warn: 1, bad: 5 }))
    .withPanel(stat({ title: 'Breaches opened', description: 'In the time range.', width: 6 }, { expr: 'sum(increase(gatelens_breaches_total[$__range])) or vector(0)' }))
    .withPanel(stat({ title: 'Partners over quota', description: 'Partners that used more than a quota allows.', width: 6 },
      { expr: `count(max by (partner) (${used} > 1)) or vector(0)` }, { warn: 1, bad: 3 }))
    .withPanel(stat({ title: 'Refused', description: 'Requests a second that the gateway refused for a rate limit.', unit: 'reqps', width: 6 },
      { expr: `sum(rate(gatelens_rate_limited_total{${both}}[$__rate_interval])) or vector(0)` }, { warn: 1, bad: 50 }))
}

function withPartners (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Partners'))
    .withPanel(bars({ title: 'Quota use', description: 'Requests in the current window (UTC) over what the partner may make.', unit: 'percentunit' },
      { expr: `sort_desc(max by (partner, quota) (${used}))`, legend: '{{partner}} {{quota}}' }, { warn: 0.8, bad: 1 }))
    .withPanel(promTable({ title: 'Quotas', description: 'Requests in the current window.' },
      { expr: `max by (partner, quota) (gatelens_partner_quota_used{${partner}})` }))
    .withPanel(timeseries({ title: 'Requests by partner', description: 'Requests a second; anonymous callers have no name.', unit: 'reqps' },
      { expr: `sum by (partner) (rate(gatelens_partner_requests_total{${both}}[$__rate_interval]))`, legend: '{{partner}}' }))
    .withPanel(timeseries({ title: 'Failed for the partner', description: 'Share of requests answered with 5xx or not at all.', unit: 'percentunit' },
      {
        expr: `sum by (partner) (rate(gatelens_partner_requests_total{${both}, status_class=~"5xx|none"}[$__rate_interval])) / ` +
          `sum by (partner) (rate(gatelens_partner_requests_total{${both}}[$__rate_interval]))`,
        legend: '{{partner}}',
      }))
    .withPanel(timeseries({ title: 'Refused by limit', description: 'Requests a second that the gateway refused for a rate limit.', unit: 'reqps' },
      { expr: `sum by (partner, limit) (rate(gatelens_rate_limited_total{${both}}[$__rate_interval]))`, legend: '{{partner}} {{limit}}' }))
    .withPanel(sqlTimeseries({ title: 'Refused, from the store', description: 'Refused requests by partner.' }, refusedSql))
    .withPanel(sqlTable({ title: 'Partners', description: 'Totals in the time range, from the minute rollup.', height: 8 }, partnersSql))
}

const refusedSql = `
SELECT $__timeInterval(minute) AS time, partner, sum(rate_limited) AS "Refused"
FROM requests_1m
WHERE $__timeFilter(minute)
  AND $__conditionalAll(service IN (\${service:singlequote}), $service)
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
  AND $__conditionalAll(service IN (\${service:singlequote}), $service)
  AND $__conditionalAll(partner IN (\${partner:singlequote}), $partner)
GROUP BY partner
ORDER BY "Requests" DESC
LIMIT 200`

function withBreaches (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Breaches'))
    .withPanel(promTable({ title: 'Active breaches', description: 'Open now, with the owner.', width: 14 },
      { expr: `max by (rule, severity, api_service, route, partner, owner) (gatelens_breach_active{${both}} == 1)` }))
    .withPanel(sqlTable({ title: 'Breaches by owner', description: 'Opened in the time range, and how many of them are still open.', width: 10 }, ownersSql))
    .withPanel(sqlTimeline({ title: 'Breach timeline', description: 'When each subject was above its threshold: 1 open, 0 closed.' }, timelineSql))
    .withPanel(sqlTable({ title: 'Ledger', description: 'Every breach that touches the time range, newest first.', width: 24, height: 12 }, ledgerSql))
}

const inRange = `opened_at <= $__toTime AND (closed_at IS NULL OR closed_at >= $__fromTime)
  AND $__conditionalAll(service IN (\${service:singlequote}), $service)
  AND $__conditionalAll(partner IN (\${partner:singlequote}), $partner)`

const ownersSql = `
SELECT owner, any(contact) AS "Contact", count() AS "Breaches", countIf(closed_at IS NULL) AS "Open", uniqExact(rule) AS "Rules"
FROM breaches_current
WHERE ${inRange}
GROUP BY owner
ORDER BY "Open" DESC, "Breaches" DESC`

const timelineSql = `
SELECT time, subject, open
FROM
(
  SELECT greatest(opened_at, toDateTime64($__fromTime, 3)) AS time, concat(rule, ' ', service, route, ' ', partner) AS subject, 1 AS open
  FROM breaches_current WHERE ${inRange}
  UNION ALL
  SELECT assumeNotNull(closed_at) AS time, concat(rule, ' ', service, route, ' ', partner) AS subject, 0 AS open
  FROM breaches_current WHERE ${inRange} AND closed_at IS NOT NULL AND closed_at <= $__toTime
)
ORDER BY time
LIMIT 5000`

const ledgerSql = `
SELECT
  opened_at AS "Opened", closed_at AS "Closed", last_seen AS "Last seen",
  rule, severity, service, route, partner,
  threshold, observed, peak, requests,
  owner, contact, arrayStringConcat(sample_request_ids, ' ') AS "Sample requests"
FROM breaches_current
WHERE ${inRange}
ORDER BY opened_at DESC
LIMIT 500`
