import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import {
  AnnotationQueryBuilder, DashboardBuilder, DashboardLinkBuilder, DashboardLinkType, DatasourceVariableBuilder, QueryVariableBuilder,
  VariableRefresh, VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { prometheus } from './panels.ts'
import { prometheusSource } from './sources.ts'
import type { Source } from './sources.ts'

/** The variables that narrow panels: what their values come from, and the matcher that every PromQL selector of the dashboard has. */
const narrowing = {
  service: { label: 'Service', query: 'label_values(http_server_request_duration_seconds_count, api_service)', matcher: 'api_service=~"$service"' },
  partner: { label: 'Partner', query: 'label_values(gatelens_partner_requests_total, partner)', matcher: 'partner=~"$partner"' },
  instance: { label: 'Processor', query: 'label_values(gatelens_series, instance)', matcher: 'instance=~"$instance"' },
} as const

export type Narrowing = keyof typeof narrowing

/** What a dashboard is: its data sources, and the variables that each of its panels obeys. */
export interface Frame { uid: string, title: string, description: string, sources: readonly Source[], by: readonly Narrowing[] }

/** What all dashboards have in common: time range, links to each other, variables, and the breaches as annotations. */
export function frame ({ uid, title, description, sources, by }: Frame): DashboardBuilder {
  const board = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['gatelens'])
    .timezone('utc')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .readonly()
    .link(new DashboardLinkBuilder('Gatelens').type(DashboardLinkType.Dashboards).tags(['gatelens']).keepTime(true).includeVars(true))
    .annotation(breaches(by))
  for (const source of sources) board.withVariable(sourceVariable(source))
  for (const name of by) board.withVariable(variable(name))
  return board
}

/** The label matchers of the variables, for PromQL selectors. */
export function matchers (...by: readonly Narrowing[]): string {
  return by.map((name) => narrowing[name].matcher).join(', ')
}

/** A link to another dashboard that takes time range, data sources and variables along; more variables: `var-partner=…`. */
export function linkTo (uid: string, title: string, carried: readonly string[], more = ''): DashboardLinkBuilder {
  const variables = [prometheusSource.variable, ...carried].map((name) => `\${${name}:queryparam}`)
  const query = ['${__url_time_range}', ...variables, ...(more === '' ? [] : [more])].join('&')
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(`/d/${uid}?${query}`)
}

function sourceVariable ({ name, plugin, variable, uid }: Source): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder(variable).label(name).type(plugin).current({ selected: true, text: uid, value: uid })
}

function variable (name: Narrowing): QueryVariableBuilder {
  const { label, query } = narrowing[name]
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(prometheus)
    .query({ query, refId: `${name}-values` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    // Also what has no such label: anonymous callers have no partner.
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' })
}

/** Grafana draws a region from the first to the last point of each series. */
function breaches (by: readonly Narrowing[]): AnnotationQueryBuilder {
  const expr = `max by (rule, severity, api_service, route, partner, owner) (gatelens_breach_active{${matchers(...by)}} == 1)`
  return new AnnotationQueryBuilder()
    .name('Breaches')
    .datasource(prometheus)
    .enable(true)
    .iconColor('red')
    .expr(expr)
    .target(new DataqueryBuilder().refId('Anno').datasource(prometheus).expr(expr).range() as Builder<Dataquery>)
    .titleFormat('{{rule}} ({{severity}})')
    .textFormat('{{partner}} {{api_service}} {{route}}')
    .tagKeys('severity,owner')
}
