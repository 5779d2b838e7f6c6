/** The real Prometheus reads what the exporter gives, and answers every query of the dashboards. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { MetricName } from '../../services/processor/observe/metrics.ts'
import { metrics } from '../../services/processor/observe/metrics.ts'
import type { Metric } from '../../services/processor/observe/metrics.ts'
import { startExporter } from '../../services/processor/observe/exporter.ts'
import type { Exporter } from '../../services/processor/observe/exporter.ts'
import { createSeries } from '../../services/processor/observe/series.ts'
import { listen } from '../../services/runtime/http.ts'
import type { Listener } from '../../services/runtime/http.ts'
import { packageRoot } from '../../services/runtime/package.ts'
import { pause } from '../../services/runtime/shutdown.ts'
import { temporaryFolder } from '../folder.ts'
import { deserter, lastWords, launch } from '../integration/launch.ts'
import type { Launched } from '../integration/launch.ts'
import { reservePort } from '../port.ts'
import { request } from '../processor/observe/request.ts'
import { boards, expandPromQL, targetsOf } from './panels.ts'

interface Answer { status: string, error?: string, data: { result: Array<{ metric: Record<string, string>, value: [number, string] }> } }

const folder = temporaryFolder()
let exporter: Exporter
let listener: Listener
let server: Launched | undefined
let url = ''

before(async () => {
  exporter = startExporter({ series: fullSeries(), version: '1.2.3' })
  listener = await listen({ host: '127.0.0.1', port: 0 }, exporter.handler)
  const port = await reservePort()
  url = `http://127.0.0.1:${port}`
  const config = join(folder, 'prometheus.yml')
  writeFileSync(config, JSON.stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(packageRoot, 'dashboards/prometheus/alerts.yml')],
    scrape_configs: [{ job_name: 'gatelens', static_configs: [{ targets: [`127.0.0.1:${listener.port}`] }] }],
  }))
  server = launch('prometheus', 'prometheus', [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'])
  await until(async () => Number((await query('max(scrape_samples_scraped{job="gatelens"})')).data.result[0]?.value[1]) > 100)
})

after(async () => {
  await server?.end('SIGTERM')
  await listener.close(0)
  await exporter.close()
})

test('promtool finds the alert rules and the scrape configuration right', () => {
  promtool('check', 'rules', 'dashboards/prometheus/alerts.yml')
  promtool('check', 'config', '--syntax-only', 'dashboards/prometheus/prometheus.yml')
})

test('the alert rules pass their own tests', () => {
  promtool('test', 'rules', 'dashboards/prometheus/alerts.test.yml')
})

test('promtool finds no fault with the names, types and help of what is exported', async () => {
  const text = await (await fetch(`${listener.url}/metrics`)).text()
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  assert.equal(`${stdout}${stderr}`, '')
  assert.equal(status, 0)
})

// A scrape that came too late on a busy machine leaves no series for a moment, so each is asked for until it is there.
test('a scrape succeeds and gives every metric of the registry with its labels', async () => {
  await until(async () => (await query('up{job="gatelens"}')).data.result[0]?.value[1] === '1')
  for (const [name, metric] of Object.entries<Metric>(metrics)) {
    const exported = metric.type === 'histogram' ? `${name}_count` : name
    for (const { metric: labels } of await resultOf(exported)) {
      const extra = Object.keys(labels).filter((label) => !['__name__', 'instance', 'job', ...metric.labels].includes(label))
      assert.deepEqual(extra, [], exported)
    }
  }
})

test('label values survive the way to Prometheus', async () => {
  const [found] = await resultOf('http_server_request_duration_seconds_count{api_service="we\\"ird\\\\ Zürich\\n🎉"}')
  assert.equal(found?.value[1], '1')
})

test('every Prometheus panel has an answer', async () => {
  const targets = targetsOf('prometheus')
  assert.ok(targets.length > 25, `${targets.length} queries`)
  for (const { name, target } of targets) {
    const answer = await query(expandPromQL(target.expr ?? ''))
    assert.equal(answer.status, 'success', `${name}: ${answer.error}`)
  }
})

test('every annotation has an answer, with the breach that is open', async () => {
  for (const [file, { annotations }] of boards) {
    for (const { expr } of annotations.list) {
      const [found] = await resultOf(expandPromQL(expr ?? ''))
      assert.equal(found?.metric.rule, 'daily', file)
    }
  }
})

test('Prometheus evaluates every alert without an error, and a breach fires', async () => {
  interface Rules { data: { groups: Array<{ rules: Array<{ name: string, health: string, lastError?: string, state: string }> }> } }
  let rules: Rules['data']['groups'][number]['rules'] = []
  await until(async () => {
    const answer = await (await fetch(`${url}/api/v1/rules`)).json() as Rules
    rules = answer.data.groups.flatMap((group) => group.rules)
    return rules.length > 0 && rules.every((rule) => rule.health !== 'unknown')
  })
  assert.deepEqual(rules.filter((rule) => rule.health !== 'ok'), [])
  await until(async () => (await query('ALERTS{alertname="GatelensBreachActivePage", alertstate="firing"}')).data.result.length === 1)
})

/** One series of every metric, and traffic that the panels can show. */
function fullSeries (): ReturnType<typeof createSeries> {
  const partners = [{ name: 'acme', quotas: { daily: 1000, monthly: 10_000 } }]
  const series = createSeries({ partners: () => partners })
  for (const [name, metric] of Object.entries<Metric>(metrics) as Array<[MetricName, Metric]>) {
    if (name === 'http_server_request_duration_seconds' || name === 'gatelens_breach_active') continue
    const labels = Object.fromEntries(metric.labels.map((label) => [label, `some-${label}`]))
    if (metric.type === 'histogram') series.record(name, labels, 0.3)
    else series.add(name, labels, 1)
  }
  const breach = { rule: 'daily', severity: 'page', measure: 'requests', quota: 'daily', api_service: '', route: '', partner: 'acme', owner: 'partners', contact: 'api@acme.example' }
  const told = ['gatelens_breach_active', 'gatelens_breach_value', 'gatelens_breach_threshold', 'gatelens_breach_opened_timestamp_seconds'] as const
  for (const name of told) series.set(name, breach, 1)
  series.observe(Array.from({ length: 100 }, (_, index) => request({
    time: Date.now() - 1000,
    status: index % 10 === 0 ? 503 : 200,
    rate_limited: index % 20 === 0,
    outcome: index % 5 === 0 ? 'inferred' : 'matched',
  })))
  series.observe([request({ service: 'we"ird\\ Zürich\n🎉' })])
  return series
}

async function query (expression: string): Promise<Answer> {
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: expression }) }).catch(() => undefined)
  return answer === undefined ? { status: 'unreachable', data: { result: [] } } : await answer.json() as Answer
}

/** What an expression gives once it gives something. */
async function resultOf (expression: string): Promise<Answer['data']['result']> {
  let { data: { result } } = await query(expression)
  await until(async () => {
    result = result.length > 0 ? result : (await query(expression)).data.result
    return result.length > 0
  })
  return result
}

async function until (condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1500 && deserter() === ''; tries++) {
    if (await condition().catch(() => false)) return
    await pause(200)
  }
  assert.fail(`did not come to pass within five minutes\n${lastWords()}`)
}

function promtool (...args: string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: packageRoot, encoding: 'utf8' })
  assert.equal(status, 0, `${stdout}${stderr}`)
}
