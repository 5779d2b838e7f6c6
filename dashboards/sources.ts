import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'

/** A data source that dashboards read: its plugin, the variable that chooses it, and what an import asks for. */
export interface Source {
  /** Plugin id, name and least version. */
  plugin: string
  name: string
  version: string
  /** The variable that every panel takes its data source from. */
  variable: string
  /** The uid that `dashboards/provisioning/datasources` gives. */
  uid: string
  /** The name that the file to import has for what is chosen then. */
  input: string
  asks: string
}

/** Series of the processors. */
export const prometheusSource: Source = {
  plugin: 'prometheus',
  name: 'Prometheus',
  version: '1.0.0',
  variable: 'prometheus',
  uid: 'gatelens-prometheus',
  input: 'DS_PROMETHEUS',
  asks: 'The Prometheus that scrapes the processors.',
}

/** Rows of the store. */
export const clickhouseSource: Source = {
  plugin: 'grafana-clickhouse-datasource',
  name: 'ClickHouse',
  version: '4.0.0',
  variable: 'clickhouse',
  uid: 'gatelens-clickhouse',
  input: 'DS_CLICKHOUSE',
  asks: 'The store. Its default database is the one of Gatelens (store.database).',
}

export const sources: readonly Source[] = [prometheusSource, clickhouseSource]

/** What a panel, a query, a variable or an annotation names as its data source: whatever the variable has. */
export function chosen ({ plugin, variable }: Source): DataSourceRef {
  return { type: plugin, uid: `\${${variable}}` }
}
