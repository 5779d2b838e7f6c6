/**
 * The metric registry: every series that the processor exports, with its labels. Dashboards, alerts and the generated
 * reference are checked against it. Names follow OpenTelemetry where it has one; units are Prometheus base units. The
 * service of a request is the label `api_service`: `service` is what the Prometheus Operator calls its targets by.
 */
export interface Metric {
  type: 'counter' | 'gauge' | 'histogram'
  labels: readonly string[]
  help: string
}

/** Upper bounds of the duration histograms, in seconds (OpenTelemetry's advice for http.server.request.duration). */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const

const breachLabels = ['rule', 'severity', 'measure', 'quota', 'api_service', 'route', 'partner', 'owner', 'contact'] as const

export const metrics = {
  http_server_request_duration_seconds: {
    type: 'histogram',
    labels: ['http_request_method', 'http_route', 'http_response_status_code', 'api_service'],
    help: 'Time from the first byte of the request to the last byte of the response, as the gateway saw it. Requests whose log gives no total time are in gatelens_unmeasured_requests_total instead.',
  },
  gatelens_unmeasured_requests_total: {
    type: 'counter',
    labels: ['http_request_method', 'http_route', 'http_response_status_code', 'api_service'],
    help: 'Requests whose log gives no total time, and which the histogram of request durations therefore leaves out.',
  },
  gatelens_upstream_duration_seconds: { type: 'histogram', labels: ['api_service'], help: 'Time that the upstream took, by service.' },
  gatelens_gateway_overhead_seconds: { type: 'histogram', labels: ['api_service'], help: 'Time that the gateway itself took, by service.' },
  gatelens_request_bytes_total: { type: 'counter', labels: ['api_service'], help: 'Bytes received from clients, by service, of requests whose log gives the size.' },
  gatelens_response_bytes_total: { type: 'counter', labels: ['api_service'], help: 'Bytes sent to clients, by service, of requests whose log gives the size.' },
  gatelens_unmeasured_sizes_total: {
    type: 'counter',
    labels: ['api_service', 'size'],
    help: 'Requests whose log does not give a size, and which the sum of bytes therefore leaves out; size is request or response.',
  },
  gatelens_partner_requests_total: { type: 'counter', labels: ['partner', 'api_service', 'status_class'], help: 'Requests by partner, service and status class.' },
  gatelens_partner_quota_limit: { type: 'gauge', labels: ['partner', 'quota'], help: 'Requests that the partner may make in the quota\'s window.' },
  gatelens_partner_quota_used: { type: 'gauge', labels: ['partner', 'quota'], help: 'Requests that the partner made in the current window (event time, UTC).' },
  gatelens_service_concurrency: { type: 'gauge', labels: ['api_service'], help: 'Requests in flight, mean over the newest second of event time, derived from start and duration.' },
  gatelens_service_concurrency_peak: { type: 'gauge', labels: ['api_service'], help: 'Highest number of requests in flight in the last minute of event time, sampled every 10 ms.' },
  gatelens_rate_limited_total: { type: 'counter', labels: ['api_service', 'partner', 'limit'], help: 'Requests that the gateway refused for a rate limit.' },
  gatelens_undocumented_requests_total: { type: 'counter', labels: ['api_service', 'outcome'], help: 'Requests that no API document declares.' },
  gatelens_undeclared_statuses_total: { type: 'counter', labels: ['api_service'], help: 'Responses of the backend with a status that the operation does not declare.' },
  gatelens_deprecated_requests_total: { type: 'counter', labels: ['api_service'], help: 'Requests for operations that are declared deprecated.' },
  gatelens_breach_active: { type: 'gauge', labels: breachLabels, help: '1 while a breach is open, 0 after it was. measure is the rule\'s; quota is the quota that the rule watches, or empty.' },
  gatelens_breach_value: { type: 'gauge', labels: breachLabels, help: 'Newest value above the threshold; it stays when the breach has closed.' },
  gatelens_breach_threshold: { type: 'gauge', labels: breachLabels, help: 'Threshold that the value is above.' },
  gatelens_breach_opened_timestamp_seconds: { type: 'gauge', labels: breachLabels, help: 'When the newest breach of this rule and subject opened, by the time of the requests; Unix time.' },
  gatelens_breaches_total: { type: 'counter', labels: ['rule', 'severity'], help: 'Breaches opened since the process started.' },
  gatelens_events_total: { type: 'counter', labels: ['input', 'outcome'], help: 'Records of each input by what became of them: received, published, filtered, rejected, repeated (sent again after they were stored). received = published + filtered + rejected + repeated + what is in flight.' },
  gatelens_rejects_total: { type: 'counter', labels: ['input', 'reason'], help: 'Records that could not become an event.' },
  gatelens_matches_total: { type: 'counter', labels: ['outcome'], help: 'Events by how their path resolved.' },
  gatelens_stage_seconds_total: { type: 'counter', labels: ['stage'], help: 'Time spent in each pipeline stage.' },
  gatelens_input_lag_bytes: { type: 'gauge', labels: ['input'], help: 'Bytes of the input that are not committed yet.' },
  gatelens_input_lag_records: { type: 'gauge', labels: ['input'], help: 'Records of the input (Kafka: of the partitions held) that are not committed yet.' },
  gatelens_input_lag_seconds: { type: 'gauge', labels: ['input'], help: 'Age of the oldest record that is read and not committed, or the time for which unread ones wait while nothing is committed; 0 when nothing waits.' },
  gatelens_input_stalled_seconds: { type: 'gauge', labels: ['input'], help: 'Time for which records wait and nothing of the input was committed or spooled; 0 when nothing waits.' },
  gatelens_input_unreadable: { type: 'gauge', labels: ['input'], help: 'What of the input cannot be read at the moment: files, or 1 for a Kafka group that cannot be joined or asked.' },
  gatelens_input_lost_bytes_total: { type: 'counter', labels: ['input'], help: 'Bytes of files that were not read and cannot be found any more: removed, cut off or overwritten.' },
  gatelens_input_lost_records_total: { type: 'counter', labels: ['input'], help: 'Records of Kafka that were not read and are not in the log any more (removed by retention, or deleted), and datagrams that came while the kernel or the input had no room for them.' },
  gatelens_input_requests_total: { type: 'counter', labels: ['input', 'status'], help: 'Requests that senders made to an http input, by the status of the answer.' },
  gatelens_spool_bytes: { type: 'gauge', labels: ['sink'], help: 'Bytes that wait on disk for the sink; that of the store is called store.' },
  gatelens_spool_max_bytes: { type: 'gauge', labels: ['sink'], help: 'Most bytes that may wait on disk for the sink; at the bound the inputs wait, or what waits longest is dropped, as when_full says.' },
  gatelens_inferred_routes: { type: 'gauge', labels: [], help: 'Routes inferred from undeclared paths so far; at normalize.inference.total new ones are counted as __other__.' },
  gatelens_state_writable: { type: 'gauge', labels: [], help: '1 while the state folder takes checkpoints and batches, 0 while it does not (a full disk) and the input waits.' },
  gatelens_sink_up: { type: 'gauge', labels: ['sink'], help: '1 while the sink takes writes.' },
  gatelens_sink_write_seconds: { type: 'histogram', labels: ['sink'], help: 'Time until a batch was durable where the sink puts it; for the store, the time of its inserts.' },
  gatelens_sink_stalled_seconds: { type: 'gauge', labels: ['sink'], help: 'Time for which batches wait for the sink and none was delivered; 0 when nothing waits.' },
  gatelens_sink_dropped_rows_total: { type: 'counter', labels: ['sink'], help: 'Rows that were thrown away because the spool of the sink was full, as when_full: drop says.' },
  gatelens_detect_seconds: { type: 'gauge', labels: [], help: 'Time that the newest evaluation of all rules took.' },
  gatelens_detect_failures_total: { type: 'counter', labels: ['rule'], help: 'Rule evaluations that failed.' },
  gatelens_catalog_endpoints: { type: 'gauge', labels: [], help: 'Endpoints in the catalog in use.' },
  gatelens_catalog_problems: { type: 'gauge', labels: [], help: 'Catalog documents or entries that could not be used.' },
  gatelens_catalog_age_seconds: { type: 'gauge', labels: [], help: 'Time since all sources of the catalog were last known to have what is in use of them.' },
  gatelens_catalog_source_age_seconds: { type: 'gauge', labels: ['source'], help: 'The same for one source: a URL, or all files together.' },
  gatelens_catalog_refreshes_total: { type: 'counter', labels: ['outcome'], help: 'Looks at sources, and compiles after changes: swapped, unchanged, failed.' },
  gatelens_label_overflow_total: { type: 'counter', labels: ['label'], help: 'Label values replaced by __other__ because the label\'s budget was spent.' },
  gatelens_series: { type: 'gauge', labels: [], help: 'Series held in memory.' },
  gatelens_cache_entries: { type: 'gauge', labels: ['cache'], help: 'Values that the processor remembers so as not to compute them again; every cache has a bound of its own.' },
  gatelens_cache_evictions_total: { type: 'counter', labels: ['cache'], help: 'Remembered values that were thrown out to make room for newer ones.' },
  gatelens_last_record_timestamp_seconds: { type: 'gauge', labels: ['input'], help: 'When records of the input last came in, or when the process started; Unix time.' },
  process_cpu_seconds_total: { type: 'counter', labels: [], help: 'User and system time that the process has used.' },
  process_resident_memory_bytes: { type: 'gauge', labels: [], help: 'Resident memory of the process.' },
  process_heap_bytes: { type: 'gauge', labels: [], help: 'JavaScript heap in use.' },
  process_start_time_seconds: { type: 'gauge', labels: [], help: 'Start of the process; Unix time.' },
  process_open_fds: { type: 'gauge', labels: [], help: 'Open file descriptors; 0 where the system does not tell.' },
  process_max_fds: { type: 'gauge', labels: [], help: 'Most file descriptors that may be open; 0 where the system does not tell.' },
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof metrics
