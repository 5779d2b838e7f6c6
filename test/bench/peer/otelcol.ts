/**
 * The OpenTelemetry Collector doing as much of the processor's job as it can: the same log, 13 fields, a route by regular
 * expressions (it knows no OpenAPI), rows into the same embedded store, a counter and a histogram for Prometheus.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Builds it, or finds it built. Undefined, with the reason on standard error, where Go is missing or the modules cannot be had. */
export function buildCollector (): string | undefined {
  const { status, stdout, error } = spawnSync('bash', [join(import.meta.dirname, 'build.sh')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (status === 0) return stdout.trim()
  console.log(`  the OpenTelemetry Collector cannot be built here: ${error?.message ?? `its script ended with ${status}`}`)
  return undefined
}

/** Writes its configuration into `folder`; gives the path. It makes the table `otel.logs` in the store at `store`. */
export function configureCollector (folder: string, log: string, store: string): string {
  const path = join(folder, 'otelcol.json')
  writeFileSync(path, JSON.stringify({
    receivers: { filelog: { include: [log], start_at: 'beginning', operators: [{ type: 'json_parser', parse_to: 'attributes' }] } },
    processors: { transform: { error_mode: 'ignore', log_statements: [{ context: 'log', statements }] }, batch: { send_batch_size: 5000, timeout: '1s' } },
    connectors: { signaltometrics: { logs: series } },
    exporters: {
      clickhouse: { endpoint: store, database: 'otel', logs_table_name: 'logs', async_insert: false, compress: 'lz4', create_schema: true },
      prometheus: { endpoint: '127.0.0.1:0' },
    },
    service: {
      telemetry: { metrics: { level: 'none' }, logs: { level: 'error' } },
      pipelines: {
        logs: { receivers: ['filelog'], processors: ['transform', 'batch'], exporters: ['clickhouse', 'signaltometrics'] },
        metrics: { receivers: ['signaltometrics'], exporters: ['prometheus'] },
      },
    },
  }))
  return path
}

/** From an attribute of Kong's record to one of the semantic conventions. */
const fields = {
  'http.request.method': 'attributes["request"]["method"]',
  'http.response.status_code': 'attributes["response"]["status"]',
  'http.request.size': 'attributes["request"]["size"]',
  'http.response.size': 'attributes["response"]["size"]',
  'url.path': 'attributes["request"]["uri"]',
  'server.address': 'attributes["request"]["headers"]["host"]',
  'user_agent.original': 'attributes["request"]["headers"]["user-agent"]',
  'client.address': 'attributes["client_ip"]',
  'gateway.service': 'attributes["service"]["name"]',
  'gateway.route': 'attributes["route"]["name"]',
  'gateway.consumer': 'attributes["consumer"]["username"]',
  duration: 'attributes["latencies"]["request"]',
  'upstream.duration': 'attributes["latencies"]["proxy"]',
}

const statements = [
  'set(time_unix_nano, Int(attributes["started_at"]) * 1000000)',
  'set(body, attributes["request"]["id"])',
  ...Object.entries(fields).map(([name, from]) => `set(attributes["${name}"], ${from})`),
  'set(attributes["http.route"], attributes["url.path"])',
  'replace_pattern(attributes["http.route"], "\\\\?.*$", "")',
  'replace_pattern(attributes["http.route"], "/[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", "/{id}")',
  'replace_pattern(attributes["http.route"], "/[A-Za-z_-]*[0-9]+[A-Za-z0-9_-]*", "/{id}")',
  `keep_keys(attributes, [${[...Object.keys(fields), 'http.route'].map((name) => `"${name}"`).join(', ')}])`,
]

const labels = ['http.route', 'http.request.method', 'http.response.status_code', 'gateway.service'].map((key) => ({ key, default_value: '' }))
const series = [
  { name: 'http.server.requests', description: 'requests', attributes: labels, sum: { value: '1' } },
  {
    name: 'http.server.request.duration',
    description: 'time',
    unit: 'ms',
    attributes: labels,
    histogram: { buckets: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000], value: 'Double(attributes["duration"])' },
  },
]
