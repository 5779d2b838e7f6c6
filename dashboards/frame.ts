import { DashboardBuilder, DashboardLinkBuilder, DashboardLinkType, QueryVariableBuilder, VariableRefresh, VariableSort } from '@grafana/grafana-foundation-sdk/dashboard'
import { prometheus } from './panels.ts'

/** What all dashboards have in common: time range, links to each other, and the variables that narrow every panel. */
export function frame (uid: string, title: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['gatelens'])
    .timezone('utc')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .readonly()
    .link(new DashboardLinkBuilder('Gatelens').type(DashboardLinkType.Dashboards).tags(['gatelens']).keepTime(true).includeVars(true))
    .withVariable(variable('service', 'Service', 'label_values(http_server_request_duration_seconds_count, api_service)'))
    .withVariable(variable('partner', 'Partner', 'label_values(gatelens_partner_requests_total, partner)'))
}

function variable (name: string, label: string, query: string): QueryVariableBuilder {
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
