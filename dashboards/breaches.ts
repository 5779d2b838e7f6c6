import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { frame, matchers } from './frame.ts'
import { promTable, sqlStat, sqlTable, sqlTimeline, stat } from './panels.ts'
import { sources } from './sources.ts'

const both = matchers('service', 'partner')

/** Every breach: since when, how far above its threshold, and whom to tell. */
export function breaches (): DashboardBuilder {
  return withBreaches(frame({
    uid: 'gatelens-breaches',
    title: 'Gatelens: breaches',
    description: 'What is above its threshold, and the ledger of what was.',
    sources,
    by: ['service', 'partner'],
  }))
}

function withBreaches (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Overview'))
    .withPanel(stat({ title: 'Active breaches', description: 'Detection rules that are exceeded now.', width: 8 },
      { expr: `count(gatelens_breach_active{${both}} == 1) or vector(0)` }, { warn: 1, bad: 5 }))
    .withPanel(sqlStat({ title: 'Breaches opened', description: 'In the time range.', width: 8 }, openedSql))
    .withPanel(stat({ title: 'Refused', description: 'Requests a second that the gateway refused for a rate limit.', unit: 'reqps', width: 8 },
      { expr: `sum(rate(gatelens_rate_limited_total{${both}}[$__rate_interval])) or vector(0)` }, { warn: 1, bad: 50 }))
    .withRow(new RowBuilder('Breaches'))
    .withPanel(promTable({ title: 'Open breaches', description: 'Open now, with the owner.', width: 14 },
      { expr: `max by (rule, severity, api_service, route, partner, owner) (gatelens_breach_active{${both}} == 1)` }))
    .withPanel(sqlTable({ title: 'Breaches by owner', description: 'Opened in the time range, and how many of them are still open.', width: 10 }, ownersSql))
    .withPanel(sqlTimeline({ title: 'Breach timeline', description: 'When each subject was above its threshold: 1 open, 0 closed.' }, timelineSql))
    .withPanel(sqlTable({ title: 'Ledger', description: 'Every breach that touches the time range, newest first.', width: 24, height: 12 }, ledgerSql))
}

const inRange = `opened_at <= $__toTime AND (closed_at IS NULL OR closed_at >= $__fromTime)
  AND $__conditionalAll(service IN (\${service:singlequote}), $service)
  AND $__conditionalAll(partner IN (\${partner:singlequote}), $partner)`

const openedSql = `SELECT count() AS "Opened" FROM breaches_current WHERE ${inRange} AND opened_at >= $__fromTime`

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
