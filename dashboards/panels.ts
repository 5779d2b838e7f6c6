/** The few kinds of panels that the dashboards are made of, over the builders of Grafana's foundation SDK. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import {
  BigValueColorMode, BigValueGraphMode, LegendDisplayMode, LegendPlacement, SortOrder, TooltipDisplayMode, VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as BarGaugePanel } from '@grafana/grafana-foundation-sdk/bargauge'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as StateTimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeseriesPanel } from '@grafana/grafana-foundation-sdk/timeseries'
import { chosen, clickhouseSource, prometheusSource } from './sources.ts'

/** The data sources that the variables of a dashboard choose. */
export const prometheus: DataSourceRef = chosen(prometheusSource)
export const clickhouse: DataSourceRef = chosen(clickhouseSource)

/** What every panel says of itself: the question that it answers, and its width of 24 and height in grid units. */
export interface PanelText { title: string, description: string, unit?: string, width?: number, height?: number }

/** A Prometheus query and the legend of its series. */
export interface PromQuery { expr: string, legend?: string }

/** Lines over time. */
export function timeseries (text: PanelText, ...queries: PromQuery[]): TimeseriesPanel {
  return dress(new TimeseriesPanel(), text, 8, 8)
    .datasource(prometheus)
    .targets(queries.map((query) => rangeQuery(query)))
    .legend(legend())
    .tooltip(tooltip())
    .fillOpacity(8)
    .lineWidth(1)
}

/** One figure; `limits` turn it yellow and red. */
export function stat (text: PanelText, query: PromQuery, limits?: Limits): StatPanel {
  const panel = dress(new StatPanel(), text, 4, 4)
    .datasource(prometheus)
    .withTarget(rangeQuery(query))
    .graphMode(BigValueGraphMode.Area)
    .colorMode(limits === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
  return limits === undefined ? panel : panel.thresholds(thresholds(limits))
}

/** One bar per series, from 0 to 1. */
export function bars (text: PanelText, query: PromQuery, limits: Limits): BarGaugePanel {
  return dress(new BarGaugePanel(), text, 12, 9)
    .datasource(prometheus)
    .withTarget(instantQuery(query))
    .min(0)
    .max(1)
    .thresholds(thresholds(limits))
}

/** A table of the newest values, one row per series. */
export function promTable (text: PanelText, query: PromQuery): TablePanel {
  return dress(new TablePanel(), text, 12, 9)
    .datasource(prometheus)
    .withTarget(instantQuery(query).format(PromQueryFormat.Table))
    .filterable(true)
}

/** A table of what a ClickHouse query gives. */
export function sqlTable (text: PanelText, rawSql: string): TablePanel {
  return dress(new TablePanel(), text, 12, 9).datasource(clickhouse).withTarget(sqlQuery(rawSql, 'table')).filterable(true)
}

/** One figure from a ClickHouse query with one row and one column. */
export function sqlStat (text: PanelText, rawSql: string): StatPanel {
  return dress(new StatPanel(), text, 4, 4).datasource(clickhouse).withTarget(sqlQuery(rawSql, 'table')).colorMode(BigValueColorMode.None)
}

/** Lines over time from a ClickHouse query with a column `time`. */
export function sqlTimeseries (text: PanelText, rawSql: string): TimeseriesPanel {
  return dress(new TimeseriesPanel(), text, 12, 8)
    .datasource(clickhouse)
    .withTarget(sqlQuery(rawSql, 'timeseries'))
    .legend(legend())
    .tooltip(tooltip())
}

/** States over time from a ClickHouse query with a column `time`, a name and a number. */
export function sqlTimeline (text: PanelText, rawSql: string): StateTimelinePanel {
  return dress(new StateTimelinePanel(), text, 24, 9).datasource(clickhouse).withTarget(sqlQuery(rawSql, 'timeseries'))
}

/** The values from which a figure is yellow and red. */
export interface Limits { warn: number, bad: number, /** True when low values are the bad ones. */ low?: boolean }

function thresholds ({ warn, bad, low = false }: Limits): ThresholdsConfigBuilder {
  const [first, last] = low ? ['red', 'green'] : ['green', 'red']
  const [lower, upper] = low ? [bad, warn] : [warn, bad]
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: first ?? '' }, { value: lower, color: 'orange' }, { value: upper, color: last ?? '' },
  ])
}

interface Dressable<P> {
  title (title: string): P
  description (description: string): P
  unit (unit: string): P
  span (width: number): P
  height (height: number): P
}

function dress<P extends Dressable<P>> (panel: P, text: PanelText, width: number, height: number): P {
  const dressed = panel.title(text.title).description(text.description).span(text.width ?? width).height(text.height ?? height)
  return text.unit === undefined ? dressed : dressed.unit(text.unit)
}

function rangeQuery ({ expr, legend: format = '' }: PromQuery): DataqueryBuilder {
  return new DataqueryBuilder().datasource(prometheus).expr(expr).legendFormat(format).range()
}

function instantQuery ({ expr, legend: format = '' }: PromQuery): DataqueryBuilder {
  return new DataqueryBuilder().datasource(prometheus).expr(expr).legendFormat(format).instant()
}

/**
 * A query of the ClickHouse plugin (grafana-clickhouse-datasource 4): raw SQL with the plugin's macros. `format` is what
 * its backend reads (0 time series, 1 table), `queryType` what its editor shows.
 */
interface SqlQuery extends Dataquery {
  refId?: string
  datasource: DataSourceRef
  editorType: 'sql'
  queryType: 'timeseries' | 'table'
  format: 0 | 1
  rawSql: string
  pluginVersion: string
}

function sqlQuery (rawSql: string, queryType: 'timeseries' | 'table'): Builder<SqlQuery> {
  return {
    build: () => ({
      datasource: clickhouse,
      editorType: 'sql',
      queryType,
      format: queryType === 'table' ? 1 : 0,
      rawSql: rawSql.trim(),
      pluginVersion: clickhouseSource.version,
      _implementsDataqueryVariant: () => {},
    }),
  }
}

function legend (): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true)
}

function tooltip (): VizTooltipOptionsBuilder {
  return new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending)
}
