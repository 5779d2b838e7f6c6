import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { packageRoot } from '../../services/runtime/package.ts'
import { unknownNames } from './registry.ts'

interface Alert { alert: string, expr: string, for?: string, labels?: Record<string, string>, annotations?: Record<string, string> }

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')
const { groups } = parse(read('dashboards/prometheus/alerts.yml')) as { groups: Array<{ rules: Alert[] }> }
const alerts = groups.flatMap((group) => group.rules)
const runbook = read('docs/runbook.md')
const sections = runbook.split(/^## /m).slice(1).map((text) => ({ title: text.slice(0, text.indexOf('\n')), text }))

test('there are alerts for traffic and for the pipeline', () => {
  assert.ok(alerts.length >= 10, `${alerts.length} alerts`)
  assert.equal(new Set(alerts.map((item) => item.alert)).size, alerts.length, 'names are unique')
})

for (const item of alerts) {
  test(`${item.alert} names only what exists, and says what it means and what to do`, () => {
    assert.deepEqual(unknownNames(item.expr), [])
    assert.match(item.for ?? '', /^\d+[smh]$/)
    assert.ok(['info', 'warning', 'page', '{{ $labels.severity }}'].includes(item.labels?.severity ?? ''), 'severity')
    for (const key of ['summary', 'description']) assert.ok((item.annotations?.[key] ?? '').length > 10, key)
    const base = '{{ or $externalLabels.gatelens_runbook "https://unpkg.com/gatelens/docs/runbook.md" }}'
    assert.equal(item.annotations?.runbook_url, `${base}#${item.alert.toLowerCase()}`)
    const section = sections.find(({ title }) => title === item.alert)
    for (const part of ['Meaning', 'Impact', 'Diagnosis', 'Action']) {
      assert.match(section?.text ?? '', new RegExp(`^\\*\\*${part}\\.\\*\\* ?`, 'm'), `the runbook section of ${item.alert} has its ${part}`)
    }
  })
}

test('the runbook has no section for an alert that is gone', () => {
  assert.deepEqual(sections.map(({ title }) => title).filter((title) => !alerts.some((item) => item.alert === title)), [])
})

test('every alert has a promtool test that expects it to fire', () => {
  const { tests } = parse(read('dashboards/prometheus/alerts.test.yml')) as {
    tests: Array<{ alert_rule_test: Array<{ alertname: string, exp_alerts?: unknown[] }> }>
  }
  const expected = tests.flatMap((item) => item.alert_rule_test).filter((item) => (item.exp_alerts ?? []).length > 0)
  const fired = new Set(expected.map((item) => item.alertname))
  assert.deepEqual(alerts.map((item) => item.alert).filter((name) => !fired.has(name)), [])
})
