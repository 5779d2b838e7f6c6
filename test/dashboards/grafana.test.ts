import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildDashboards, buildProvisioned } from '../../dashboards/build.ts'
import { packageRoot } from '../../services/runtime/package.ts'
import { boards, expandPromQL, panels, targetsOf } from './panels.ts'
import { readPromQL } from './promql.ts'
import { unknownNames } from './registry.ts'

for (const [name, built] of Object.entries({ grafana: buildDashboards(), provisioned: buildProvisioned() })) {
  test(`the committed dashboards in ${name} are what the code gives (npm run dashboards)`, () => {
    const folder = join(packageRoot, 'dashboards', name)
    assert.deepEqual(readdirSync(folder).sort(), Object.keys(built).sort())
    for (const [file, text] of Object.entries(built)) assert.equal(readFileSync(join(folder, file), 'utf8'), text, file)
  })
}

test('PromQL expressions are read for what they name', () => {
  assert.deepEqual(readPromQL('histogram_quantile(0.95, sum by (le, service) (rate(a_bucket{service=~"$service", code!="x{y}"}[$__rate_interval]))) > 1e3'), {
    selectors: [{ metric: 'a_bucket', labels: ['service', 'code'] }], groupings: ['le', 'service'],
  })
  assert.deepEqual(readPromQL('b / on (instance) (c > 0) or vector(0) unless d'), {
    selectors: [{ metric: 'b', labels: [] }, { metric: 'c', labels: [] }, { metric: 'd', labels: [] }], groupings: ['instance'],
  })
})

test('a metric, a label or a grouping that does not exist is found', () => {
  assert.deepEqual(unknownNames('rate(gatelens_event_total[5m])'), ['metric gatelens_event_total'])
  assert.deepEqual(unknownNames('gatelens_events_total{result="x"}'), ['gatelens_events_total{result}'])
  assert.deepEqual(unknownNames('sum by (rout) (gatelens_series)'), ['grouping by rout'])
  assert.deepEqual(unknownNames('http_server_request_duration_seconds'), ['metric http_server_request_duration_seconds'])
  assert.deepEqual(unknownNames('sum by (le) (gatelens_series)'), ['grouping by le'])
  assert.deepEqual(unknownNames('sum by (le) (http_server_request_duration_seconds_bucket)'), [])
})

test('every metric and label that a panel or a variable names exists', () => {
  const prometheus = targetsOf('prometheus')
  assert.ok(prometheus.length > 25, `${prometheus.length} queries`)
  for (const { name, target } of prometheus) assert.deepEqual(unknownNames(expandPromQL(target.expr ?? '')), [], `${name}: ${target.expr}`)
  for (const [file, board] of boards) {
    for (const { expr } of board.annotations.list) assert.deepEqual(unknownNames(expandPromQL(expr ?? '')), [], `${file}: annotation`)
    for (const variable of board.templating.list.filter(({ type }) => type === 'query')) {
      const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(variable.definition ?? '') ?? []
      assert.deepEqual(unknownNames(`${metric}{${label}=~".*"}`), [], `${file}: ${variable.name}`)
    }
  }
})

test('every panel says what it shows, has its queries, and overlaps no other', () => {
  for (const panel of panels) {
    assert.ok((panel.title ?? '') !== '' && (panel.description ?? '') !== '', `${panel.file}: ${panel.title}`)
    assert.ok((panel.targets ?? []).length > 0, panel.title)
    for (const target of panel.targets ?? []) assert.equal(target.datasource?.uid, panel.datasource?.uid, panel.title)
  }
  for (const [file, board] of boards) {
    const cells = board.panels.flatMap(({ gridPos, title }) => gridPos === undefined ? [] : [{ ...gridPos, title }])
    for (const a of cells) {
      assert.ok(a.x + a.w <= 24, `${file}: ${a.title} is too wide`)
      for (const b of cells) {
        const apart = a === b || a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y
        assert.ok(apart, `${file}: ${a.title} overlaps ${b.title}`)
      }
    }
  }
})

test('every panel has a number and every query a letter, each once', () => {
  for (const [name, text] of Object.entries(buildDashboards())) {
    const { panels } = JSON.parse(text) as { panels: Array<{ id?: number, targets?: Array<{ refId?: string }> }> }
    assert.deepEqual(panels.map((panel) => panel.id), panels.map((_, index) => index + 1), name)
    for (const { targets = [] } of panels) assert.deepEqual(targets.map((target) => target.refId), ['A', 'B', 'C'].slice(0, targets.length), name)
  }
})
