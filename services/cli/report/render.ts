import {
  colors, countOf, formatBytes, formatCount, formatMs, formatShare, formatText, formatTime, left, renderTable, renderTitle, right, yielding,
} from '../terminal.ts'
import type { Column } from '../terminal.ts'
import type { BreachShape, FileShape, PartnerShape, Quantiles, QuotaShape, ReportShape, RouteShape, ServiceShape, UndocumentedShape } from './shape.ts'

/** What is told of latencies; where the table is too wide, the ends matter more than the middle. */
const latencies: Column[] = [{ head: 'p50', align: 'right', spare: 1 }, ...right('p95', 'p99'), { head: 'gateway p95', align: 'right', spare: 2 }]

/** The whole report as text for a person; `breaches` may be another table than that of the report's own. */
export function renderReport (report: ReportShape, breaches = renderBreaches(report.breaches, report.distinct.breaches)): string {
  // Without a catalog all traffic is undocumented, which need not be said of every route.
  const declared = report.catalog.endpoints > 0
  const sections = [
    renderTotals(report),
    renderRejects(report),
    section('Routes', report.routes, report.distinct.routes,
      [yielding('name', 'service'), ...left('method'), yielding('path', 'route'), ...right('requests', 'errors', ''), ...latencies], (item) => routeRow(item, declared)),
    section('Partners', report.partners, report.distinct.partners,
      [yielding('name', 'partner'), yielding('name', 'tier', 1), ...right('requests', 'errors', 'rate-limited', 'of quota'), yielding('prose', 'fullest window')], partnerRow),
    section('Services', report.services, report.distinct.services,
      [yielding('name', 'service'), yielding('name', 'owner', 1), yielding('name', 'system', 2), ...right('routes', 'requests', 'errors', '', 'p95', 'gateway p95')], serviceRow),
    section('Undocumented traffic', declared ? report.undocumented : [], report.distinct.undocumented,
      [yielding('name', 'service'), ...left('method'), yielding('path', 'inferred route'), ...left('why'), ...right('requests'), yielding('prose', 'partners')], undocumentedRow),
    breaches,
  ]
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`
}

function renderTotals (report: ReportShape): string {
  const { totals, period, files } = report
  const undocumented = totals.requests - (report.outcomes.matched ?? 0) - (report.outcomes.ambiguous ?? 0)
  const lines: Array<[string, string]> = [
    ['log', logText(files)],
    ['period', periodText(period)],
    ['records', recordsText(totals)],
    ['errors', `${alarm(formatCount(totals.errors), totals.errors > 0)}  ${formatShare(totals.error_ratio)}`],
    ['rate-limited', formatCount(totals.rate_limited)],
    ...(report.catalog.endpoints === 0 ? [] : [['undocumented', `${formatCount(undocumented)}  ${formatShare(undocumented / Math.max(totals.requests, 1))}`] as [string, string]]),
    ['latency', latencyText(totals.requests, totals.duration_ms, 'p50', 'p95', 'p99', 'max')],
    ['gateway', latencyText(totals.requests, totals.gateway_ms, 'p50', 'p95', 'p99')],
    ['catalog', catalogText(report.catalog)],
  ]
  return [renderTitle('Gatelens report'), ...lines.map(([label, text]) => `  ${colors.dim(label.padEnd(14))}${text.trimEnd()}`)].join('\n')
}

function recordsText ({ records, requests, filtered, repeated, rejected }: ReportShape['totals']): string {
  const again = repeated === 0 ? '' : ` + ${formatCount(repeated)} repeated`
  return `${formatCount(records)} = ${countOf(requests, 'request')} + ${formatCount(filtered)} filtered${again} + ${formatCount(rejected)} rejected`
}

/** Not 0 and no blank: that the log says nothing of latency is worth a word. */
function latencyText (requests: number, quantiles: Quantiles, ...names: Array<keyof Quantiles>): string {
  return requests > 0 && quantiles.max === null ? 'unknown' : names.map((name) => `${name} ${formatMs(quantiles[name])}`).join('   ')
}

function logText (files: FileShape[]): string {
  const names = files.map(({ path }) => path === '-' ? 'standard input' : formatText(path))
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return `${names.length === 1 ? names.join() : `${names.length} files`}  ${colors.dim(bytes === 0 ? '' : formatBytes(bytes))}`
}

function periodText ({ from, to, seconds }: ReportShape['period']): string {
  if (from === null || to === null) return 'no requests'
  const end = formatTime(to)
  return `${formatTime(from)} to ${end.slice(0, 10) === from.slice(0, 10) ? end.slice(11) : end} UTC  ${colors.dim(formatMs(seconds * 1000))}`
}

function catalogText (catalog: ReportShape['catalog']): string {
  if (catalog.endpoints === 0) return 'none: routes are inferred from the paths (give --openapi or --backstage)'
  const problems = catalog.problems === 0 ? '' : colors.yellow(`, ${countOf(catalog.problems, 'problem')} (see gatelens validate)`)
  return `${countOf(catalog.endpoints, 'operation')}, ${countOf(catalog.services, 'service')}, ${countOf(catalog.partners, 'partner')}${problems}`
}

function renderRejects (report: ReportShape): string {
  return section('Rejected records', report.rejects, report.rejects.length, [...left('reason'), ...right('records'), yielding('path', 'first at'), yielding('prose', 'detail')],
    (item) => [item.reason, formatCount(item.records), `${formatText(item.first.file)} byte ${item.first.offset}`, formatText(item.first.detail)])
}

function routeRow (item: RouteShape, declared: boolean): string[] {
  const { duration_ms: duration, gateway_ms: gateway } = item
  return [
    named(item.service), formatText(item.method), declared ? routeText(item) : formatText(item.route),
    formatCount(item.requests), ...errorCells(item),
    formatMs(duration.p50), formatMs(duration.p95), formatMs(duration.p99), formatMs(gateway.p95),
  ]
}

function routeText ({ route, outcome }: { route: string, outcome: string }): string {
  return outcome === 'matched' ? formatText(route) : colors.yellow(route === '' ? outcome : `${formatText(route)} (${outcome})`)
}

function errorCells ({ errors, error_ratio: ratio }: { errors: number, error_ratio: number }): [string, string] {
  return [errors === 0 ? '' : alarm(formatCount(errors), ratio >= 0.01), formatShare(ratio)]
}

function partnerRow (item: PartnerShape): string[] {
  const fullest = item.quotas.toSorted((a, b) => b.share - a.share)[0]
  return [
    named(item.consumer || item.partner, '(anonymous)'), item.consumer === '' ? formatText(item.tier) : colors.dim('no partner'), formatCount(item.requests), item.errors === 0 ? '' : formatCount(item.errors),
    item.rate_limited === 0 ? '' : formatCount(item.rate_limited), quotaShare(fullest), quotaWindow(fullest),
  ]
}

function quotaShare (quota: QuotaShape | undefined): string {
  if (quota === undefined) return ''
  const text = formatShare(quota.share)
  if (quota.share > 1) return colors.red(text)
  return quota.share >= 0.8 ? colors.yellow(text) : text
}

function quotaWindow (quota: QuotaShape | undefined): string {
  if (quota === undefined || quota.requests === 0) return ''
  return colors.dim(`${formatCount(quota.requests)} of ${formatCount(quota.limit)}, ${formatText(quota.quota)}, from ${formatTime(quota.window_start).slice(0, 16)}`)
}

function serviceRow (item: ServiceShape): string[] {
  return [
    named(item.service), formatText(item.owner), formatText(item.system), formatCount(item.routes), formatCount(item.requests),
    ...errorCells(item), formatMs(item.duration_ms.p95), formatMs(item.gateway_ms.p95),
  ]
}

function undocumentedRow (item: UndocumentedShape): string[] {
  const shown = item.partners.slice(0, 3).map(({ partner, requests }) => `${named(partner, '(anonymous)')} ${formatCount(requests)}`)
  const more = item.partners.length > shown.length ? [`and ${item.partners.length - shown.length} more`] : []
  return [named(item.service), formatText(item.method), formatText(item.route), item.outcome, formatCount(item.requests), [...shown, ...more].join(', ')]
}

/** The table of breaches; `total` is how many there are before a cut, `title` says where they come from. */
export function renderBreaches (breaches: BreachShape[], total: number, title = 'Breaches'): string {
  if (breaches.length === 0) return `${renderTitle(title)}\n  none`
  return section(title, breaches, total,
    [yielding('name', 'rule'), ...left('severity'), yielding('path', 'subject'), yielding('name', 'owner', 1), ...left('opened', 'closed'), ...right('threshold', 'peak', 'requests')], breachRow)
}

function breachRow (item: BreachShape): string[] {
  const subject = [item.partner, item.service, item.route].filter((part) => part !== '').map((part) => formatText(part)).join('  ')
  return [
    item.severity === 'page' ? colors.red(formatText(item.rule)) : colors.yellow(formatText(item.rule)), item.severity, subject === '' ? colors.dim('(none)') : subject, formatText(item.owner),
    formatTime(item.opened_at), item.closed_at === null ? 'still open' : formatTime(item.closed_at).slice(11),
    String(item.threshold), formatCount(Number(item.peak.toFixed(item.peak < 10 ? 3 : 0))), formatCount(item.requests),
  ]
}

function section<T> (title: string, items: T[], total: number, columns: Column[], row: (item: T) => string[]): string {
  if (items.length === 0) return ''
  const remark = total > items.length ? `the fullest ${items.length} of ${formatCount(total)}` : ''
  return `${renderTitle(title, remark)}\n${renderTable(columns, items.map(row))}`
}

function named (text: string, absent = '(no service)'): string {
  return text === '' ? colors.dim(absent) : formatText(text)
}

function alarm (text: string, alarming: boolean): string {
  return alarming ? colors.red(text) : text
}
