import type { Dashboard, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard'
import { sources } from './sources.ts'
import type { Source } from './sources.ts'

/** The Grafana that the dashboards are made for: that of `docker-compose.yml`. */
const grafanaVersion = '12.1.1'

const panelNames: Record<string, string> = {
  bargauge: 'Bar gauge', stat: 'Stat', 'state-timeline': 'State timeline', table: 'Table', timeseries: 'Time series',
}

/**
 * A dashboard in the form of Grafana's export "for sharing externally": an import asks for each data source and puts it in the
 * place of `${DS_…}`, which is the value of the variable that all panels take it from.
 */
export function shared (dashboard: Dashboard): object {
  const list = dashboard.templating?.list ?? []
  const used = sources.filter((source) => list.some((variable) => isSource(variable, source)))
  return {
    __inputs: used.map(({ input, name, asks, plugin }) => ({ name: input, label: name, description: asks, type: 'datasource', pluginId: plugin, pluginName: name })),
    __elements: {},
    __requires: [...used.map(({ plugin, name, version }) => ({ type: 'datasource', id: plugin, name, version })), grafana, ...panelsOf(dashboard)],
    id: null,
    ...dashboard,
    templating: { ...dashboard.templating, list: list.map(asked) },
  }
}

const grafana = { type: 'grafana', id: 'grafana', name: 'Grafana', version: grafanaVersion }

function panelsOf ({ panels = [] }: Dashboard): object[] {
  const types = [...new Set(panels.map(({ type }) => type))].filter((type) => type !== 'row').sort()
  return types.map((type) => ({ type: 'panel', id: type, name: panelNames[type] ?? type, version: '' }))
}

function asked (variable: VariableModel): VariableModel {
  const source = sources.find((item) => isSource(variable, item))
  if (source === undefined) return variable
  const value = `\${${source.input}}`
  return { ...variable, current: { selected: true, text: value, value } }
}

function isSource ({ type, name }: VariableModel, source: Source): boolean {
  return String(type) === 'datasource' && name === source.variable
}
