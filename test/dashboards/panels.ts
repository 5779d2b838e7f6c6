import { buildDashboards } from '../../dashboards/build.ts'

interface DataSource { type: string, uid: string }

export interface Target {
  refId?: string
  expr?: string
  rawSql?: string
  format?: number | string
  queryType?: string
  instant?: boolean
  datasource?: DataSource
}

export interface Panel {
  title?: string
  description?: string
  type: string
  datasource?: DataSource
  targets?: Target[]
  panels?: Panel[]
  gridPos?: { x: number, y: number, w: number, h: number }
  fieldConfig?: { defaults?: { links?: Array<{ url?: string }> } }
}

export interface Variable {
  name: string
  type: string
  query?: unknown
  definition?: string
  datasource?: DataSource
  current?: { value?: unknown }
}

export interface Annotation { name: string, datasource?: DataSource, expr?: string, target?: Target }
export interface Link { type: string, tags: string[], includeVars: boolean, keepTime: boolean }
export interface Input { name: string, type: string, pluginId: string, pluginName: string }

export interface Board {
  uid: string
  title: string
  tags: string[]
  panels: Panel[]
  links: Link[]
  templating: { list: Variable[] }
  annotations: { list: Annotation[] }
  __inputs?: Input[]
  __requires?: Array<{ type: string, id: string, name: string, version: string }>
}

/** The dashboards as Grafana will read them. */
export const boards: ReadonlyMap<string, Board> =
  new Map(Object.entries(buildDashboards()).map(([name, text]) => [name, JSON.parse(text) as Board]))

/** Every panel that shows something, of all dashboards, with the file it stands in. */
export const panels: ReadonlyArray<Panel & { file: string }> =
  [...boards].flatMap(([file, board]) => board.panels.flatMap((panel) => [panel, ...panel.panels ?? []])
    .filter((panel) => panel.type !== 'row').map((panel) => ({ ...panel, file })))

/** Every query of one kind of data source. */
export function targetsOf (type: string): Array<{ name: string, target: Target }> {
  return panels.flatMap((panel) => (panel.targets ?? []).map((target) => ({ name: `${panel.file}: ${panel.title}`, target })))
    .filter(({ target }) => target.datasource?.type === type)
}

/** A PromQL expression with Grafana's variables replaced as for "All", in the last hour. */
export function expandPromQL (expression: string): string {
  return expression.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '1h').replace(/\$(service|partner|instance)/g, '.*')
}
