/** What lets the dashboards stand in any Grafana: data sources that are chosen, variables that act, links that lead somewhere. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { buildProvisioned } from '../../dashboards/build.ts'
import { packageRoot } from '../../services/runtime/package.ts'
import { boards, panels } from './panels.ts'
import type { Board, Variable } from './panels.ts'
import { readPromQL } from './promql.ts'

const provisioned = Object.entries(buildProvisioned()).map(([file, text]): [string, Board] => [file, JSON.parse(text) as Board])
const sourcesOf = (board: Board): Variable[] => board.templating.list.filter(({ type }) => type === 'datasource')
const narrowersOf = (board: Board): Variable[] => board.templating.list.filter(({ type }) => type !== 'datasource')

for (const [file, board] of boards) {
  const own = panels.filter((panel) => panel.file === file)

  test(`${file}: panels, queries, variables and annotations take their data source from a variable of its kind`, () => {
    const variables = sourcesOf(board).map(({ name, query }) => `${String(query)} \${${name}}`)
    const annotations = board.annotations.list.flatMap((annotation) => [annotation, annotation.target])
    const named = [...own, ...own.flatMap(({ targets = [] }) => targets), ...narrowersOf(board), ...annotations].map((item) => `${item?.datasource?.type} ${item?.datasource?.uid}`)
    assert.ok(named.length > own.length)
    assert.deepEqual([...new Set(named)].sort(), variables.sort(), 'none without a variable, no variable without a use')
  })

  test(`${file}: every variable acts on every query of every panel, and on the annotations`, () => {
    const queries = [
      ...own.flatMap(({ title, targets = [] }) => targets.map(({ expr, rawSql }) => ({ of: title, text: expr ?? rawSql ?? '' }))),
      ...board.annotations.list.map(({ name, expr = '' }) => ({ of: name, text: expr })),
    ]
    assert.ok(narrowersOf(board).length > 0)
    for (const { name } of narrowersOf(board)) {
      const idle = queries.filter(({ text }) => !new RegExp(`\\$(${name}\\b|\\{${name}[:}])`).test(text))
      assert.deepEqual(idle.map(({ of }) => of), [], name)
    }
  })

  test(`${file}: no PromQL selector escapes the variables`, () => {
    for (const { title, targets = [] } of own) {
      for (const { expr } of targets) {
        for (const { metric, labels } of readPromQL(expr ?? '').selectors) {
          for (const { name } of narrowersOf(board)) assert.ok(labels.includes(name === 'service' ? 'api_service' : name), `${title}: ${metric}`)
        }
      }
    }
  })

  test(`${file}: an import asks for each data source once, and the variable takes the answer`, () => {
    const inputs = board.__inputs ?? []
    assert.deepEqual(inputs.map(({ type, pluginId }) => `${type} ${pluginId}`), sourcesOf(board).map(({ query }) => `datasource ${String(query)}`))
    assert.deepEqual(sourcesOf(board).map(({ current }) => current?.value), inputs.map(({ name }) => `\${${name}}`))
    const required = (board.__requires ?? []).map(({ type, id }) => `${type} ${id}`).sort()
    const kinds = [...new Set(own.map(({ type }) => `panel ${type}`))]
    assert.deepEqual(required, [...inputs.map(({ pluginId }) => `datasource ${pluginId}`), 'grafana grafana', ...kinds].sort())
  })

  test(`${file}: it is linked to the others, with time and variables, and links of panels lead to dashboards and variables that exist`, () => {
    for (const { type, tags, includeVars, keepTime } of board.links) {
      assert.deepEqual({ type, includeVars, keepTime }, { type: 'dashboards', includeVars: true, keepTime: true })
      for (const [name, other] of boards) assert.ok(tags.every((tag) => other.tags.includes(tag)), name)
    }
    assert.equal(board.links.length, 1)
    for (const { title, fieldConfig } of own) {
      for (const { url = '' } of fieldConfig?.defaults?.links ?? []) {
        const [, uid, query = ''] = /^\/d\/([\w-]+)\?(.+)$/.exec(url) ?? []
        const target = [...boards.values()].find((item) => item.uid === uid)
        assert.ok(target !== undefined, `${title}: ${url}`)
        const here = board.templating.list.map(({ name }) => name)
        const there = target.templating.list.map(({ name }) => name)
        for (const [, name = ''] of query.matchAll(/\$\{(\w+):queryparam\}/g)) assert.ok(here.includes(name) && there.includes(name), `${title}: ${name}`)
        for (const [, name = ''] of query.matchAll(/var-(\w+)=/g)) assert.ok(there.includes(name), `${title}: ${name}`)
        for (const { name } of sourcesOf(target)) assert.ok(!here.includes(name) || query.includes(`\${${name}:queryparam}`), `${title}: ${name}`)
      }
    }
  })

  test(`${file}: breaches are annotations`, () => {
    assert.deepEqual(board.annotations.list.filter(({ expr = '', target }) => expr.includes('gatelens_breach_active{') && target?.expr === expr).length, 1)
  })
}

test('some panels lead on to another dashboard', () => {
  assert.ok(panels.filter(({ fieldConfig }) => (fieldConfig?.defaults?.links ?? []).length > 0).length >= 3)
})

test('status codes, bandwidth and the 99th percentile have panels', () => {
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr = '' }) => expr))
  for (const wanted of [/by \(http_response_status_code\)/, /gatelens_request_bytes_total/, /gatelens_response_bytes_total/]) {
    assert.ok(expressions.some((expr) => wanted.test(expr)), String(wanted))
  }
  const quantiles = (q: string): string[] => expressions.filter((expr) => expr.startsWith(`histogram_quantile(${q},`) && expr.includes('api_service)'))
    .map((expr) => expr.slice(expr.indexOf(',')))
  assert.ok(quantiles('0.95').length >= 3)
  assert.deepEqual(quantiles('0.99'), quantiles('0.95'), 'beside every 95th percentile by service')
})

test('provisioned dashboards ask for nothing: their variables have the data sources that are provisioned beside them', () => {
  const file = join(packageRoot, 'dashboards/provisioning/datasources/gatelens.yaml')
  const { datasources } = parse(readFileSync(file, 'utf8')) as { datasources: Array<{ uid: string, type: string }> }
  const known = datasources.map(({ uid, type }) => `${type} ${uid}`)
  const named = provisioned.flatMap(([, board]) => sourcesOf(board).map(({ query, current }) => `${String(query)} ${String(current?.value)}`))
  assert.deepEqual([...new Set(named)].sort(), known.sort())
  for (const [file, board] of provisioned) assert.equal(board.__inputs, undefined, file)
})

test('a provisioned dashboard is the imported one but for the data sources', () => {
  for (const [file, board] of provisioned) {
    const other = boards.get(file)
    assert.deepEqual(board.panels, other?.panels, file)
    assert.deepEqual(board.templating.list.map(({ name }) => name), other?.templating.list.map(({ name }) => name), file)
  }
})

test('the Grafana that dashboards require is that of the compose file', () => {
  const { services } = parse(readFileSync(join(packageRoot, 'docker-compose.yml'), 'utf8')) as { services: Record<string, { image: string }> }
  for (const [file, board] of boards) {
    assert.equal(`grafana/grafana:${board.__requires?.find(({ type }) => type === 'grafana')?.version}`, services.grafana?.image, file)
  }
})
