import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { frame, matchers } from './frame.ts'
import { stat, timeseries } from './panels.ts'
import { prometheusSource } from './sources.ts'

const instance = matchers('instance')
const rate = (metric: string, by = ''): string => `sum${by === '' ? '' : ` by (${by})`} (rate(${metric}{${instance}}[$__rate_interval]))`

/** How the processors are: what comes in and out, what waits, the store, the catalog. */
export function pipeline (): DashboardBuilder {
  return withFlow(withState(frame({
    uid: 'gatelens-pipeline',
    title: 'Gatelens: pipeline',
    description: 'What the processors take in and publish, what waits, and how the store and the catalog are.',
    sources: [prometheusSource],
    by: ['instance'],
  })))
}

function withState (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('State'))
    .withPanel(stat({ title: 'Lag', description: 'Age of the oldest request that is not committed.', unit: 's' },
      { expr: `max(gatelens_input_lag_seconds{${instance}})` }, { warn: 30, bad: 120 }))
    .withPanel(stat({ title: 'Stalled', description: 'Time for which records wait and nothing is committed.', unit: 's' },
      { expr: `max(gatelens_input_stalled_seconds{${instance}})` }, { warn: 30, bad: 120 }))
    .withPanel(stat({ title: 'Lost', description: 'Bytes of files that could not be found any more, in the time range.', unit: 'bytes' },
      { expr: `sum(increase(gatelens_input_lost_bytes_total{${instance}}[$__range])) or vector(0)` }, { warn: 1, bad: 1e6 }))
    .withPanel(stat({ title: 'Store', description: '1 while the store takes writes.' }, { expr: `min(gatelens_sink_up{${instance},sink="store"})` }, { warn: 0.5, bad: 0.2, low: true }))
    .withPanel(stat({ title: 'Insert p95', description: 'Time that an insert takes.', unit: 's' },
      { expr: `histogram_quantile(0.95, sum by (le) (rate(gatelens_sink_write_seconds_bucket{${instance},sink="store"}[$__rate_interval])))` }, { warn: 1, bad: 5 }))
    .withPanel(stat({ title: 'Spool', description: 'Bytes that wait on disk for the store and for further sinks.', unit: 'bytes' },
      { expr: `sum(gatelens_spool_bytes{${instance}})` }, { warn: 1, bad: 1e9 }))
    .withPanel(stat({ title: 'Detection', description: 'Time that the newest evaluation of all rules took.', unit: 's' },
      { expr: `max(gatelens_detect_seconds{${instance}})` }, { warn: 5, bad: 10 }))
    .withPanel(stat({ title: 'Endpoints', description: 'Endpoints in the catalog in use.' }, { expr: `max(gatelens_catalog_endpoints{${instance}})` }))
    .withPanel(stat({ title: 'Catalog problems', description: 'Documents or entries that could not be used.' },
      { expr: `max(gatelens_catalog_problems{${instance}})` }, { warn: 1, bad: 10 }))
    .withPanel(stat({ title: 'Catalog age', description: 'Time since all sources of the catalog were last read.', unit: 's' },
      { expr: `max(gatelens_catalog_age_seconds{${instance}})` }, { warn: 3600, bad: 86_400 }))
    .withPanel(stat({ title: 'Series', description: 'Series that the processors hold.' }, { expr: `sum(gatelens_series{${instance}})` }))
    .withPanel(stat({ title: 'Label overflow', description: 'Label values a second that became __other__.', unit: 'cps' },
      { expr: rate('gatelens_label_overflow_total') }, { warn: 0.01, bad: 1 }))
}

function withFlow (board: DashboardBuilder): DashboardBuilder {
  return board
    .withRow(new RowBuilder('Flow'))
    .withPanel(timeseries({ title: 'Records', description: 'received = published + filtered + rejected + repeated + what is in flight.', unit: 'cps', width: 12 },
      { expr: rate('gatelens_events_total', 'input, outcome'), legend: '{{input}} {{outcome}}' }))
    .withPanel(timeseries({ title: 'Rejects', description: 'Records that could not become an event.', unit: 'cps', width: 12 },
      { expr: rate('gatelens_rejects_total', 'input, reason'), legend: '{{input}} {{reason}}' }))
    .withPanel(timeseries({ title: 'Input lag', description: 'What is not committed yet: bytes of files, records of Kafka.', unit: 'bytes', width: 12 },
      { expr: `sum by (input) (gatelens_input_lag_bytes{${instance}})`, legend: '{{input}}' },
      { expr: `sum by (input) (gatelens_input_lag_records{${instance}})`, legend: '{{input}} records' })
      .withOverride({ matcher: { id: 'byFrameRefID', options: 'B' }, properties: [{ id: 'unit', value: 'short' }, { id: 'custom.axisPlacement', value: 'right' }] }))
    .withPanel(timeseries({ title: 'Time by stage', description: 'Seconds of work a second.', unit: 'percentunit', width: 12 },
      { expr: rate('gatelens_stage_seconds_total', 'stage'), legend: '{{stage}}' }))
    .withPanel(timeseries({ title: 'Spools', description: 'Bytes that wait on disk, by sink.', unit: 'bytes', width: 12 },
      { expr: `sum by (sink) (gatelens_spool_bytes{${instance}})`, legend: '{{sink}}' }))
    .withPanel(timeseries({ title: 'How paths resolved', description: 'All requests, by outcome.', unit: 'reqps', width: 12 },
      { expr: rate('gatelens_matches_total', 'outcome'), legend: '{{outcome}}' }))
    .withPanel(timeseries({ title: 'Memory', description: 'Resident memory of each processor.', unit: 'bytes', width: 12 },
      { expr: `max by (instance) (process_resident_memory_bytes{${instance}})`, legend: '{{instance}}' }))
}
