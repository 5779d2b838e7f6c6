import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'
import { pino } from 'pino'
import { z } from 'zod'
import { startDetector } from '../../services/processor/detect/detector.ts'
import { ruleSchema } from '../../services/processor/detect/rule.ts'
import { createSeries } from '../../services/processor/observe/series.ts'
import type { EnrichedEvent } from '../../services/processor/event.ts'
import { insertDeclared } from '../processor/declared-fixture.ts'
import { openTestStore } from '../processor/detect/store.ts'
import type { TestStore } from '../processor/detect/store.ts'
import { request } from '../processor/observe/request.ts'
import { seededTrace, traceStart } from '../processor/detect/trace.ts'
import { targetsOf } from './panels.ts'

const database = 'gatelens'
const queries = targetsOf('grafana-clickhouse-datasource')
let store: TestStore
let client: ClickHouseClient

before(async () => {
  store = await openTestStore()
  client = createClient({ url: store.url, database, request_timeout: 600_000 })
  await store.insert(database, seededTrace())
  const rules = z.array(ruleSchema).parse([
    { name: 'flood', measure: 'requests', by: ['partner'], over: '1m', above: 60 },
    { name: 'traffic', measure: 'requests', by: ['service'], over: '1d', above: 1 },
  ])
  const detector = startDetector({
    client: store.client, database, rules, catalog: () => ({ services: new Map(), partners: [] }), telemetry: createSeries(), log: pino({ level: 'silent' }),
  })
  await detector.evaluateOnce()
  await detector.close()
  await store.insert(database, drifting())
  await insertDeclared(client, database, declared)
})
const operation = { service: 'orders', api: 'orders', method: 'GET', operationId: '', deprecated: true, statuses: ['200'] }
const declared = ['/v1/orders/{id}', '/v1/forgotten'].map((route) => ({ ...operation, template: route, route }))

/** Requests of now, since drift is told for the last days: one of each kind. */
function drifting (): EnrichedEvent[] {
  const now = { time: Date.now(), operation_id: '' }
  return [
    request({ ...now, route: '/v1/orders/{uuid}/invoice', outcome: 'inferred' }),
    request({ ...now, method: 'PUT', outcome: 'method_not_declared' }),
    request({ ...now, status: 409, upstream_status: 409 }),
  ]
}
after(async () => {
  await client.close()
  await store.close()
})

test('there are ClickHouse panels, and Grafana is told the kind of each', () => {
  assert.ok(queries.length >= 7, `${queries.length} queries`)
  for (const { name, target } of queries) {
    assert.equal(target.format, target.queryType === 'table' ? 1 : 0, name)
    assert.ok(target.queryType === 'table' || /\btime\b/.test(target.rawSql ?? ''), name)
  }
})

for (const { name, target } of queries) {
  for (const [chosen, values] of [['everything', []], ['a choice', ['orders', 'acme', 'payments']]] as const) {
    test(`${name}: the query runs and finds rows, for ${chosen}`, async () => {
      const result = await client.query({ query: expandSql(target.rawSql ?? '', values), format: 'JSON' })
      const { meta, rows } = await result.json() as { meta: Array<{ name: string, type: string }>, rows: number }
      if (chosen === 'everything') assert.ok(rows > 0, 'no rows')
      if (target.queryType === 'timeseries') {
        assert.match(meta.find((column) => column.name === 'time')?.type ?? '', /^DateTime/)
        assert.ok(meta.some((column) => /^(U?Int|Float)/.test(column.type)), 'a number to draw')
      }
    })
  }
}

/** Does with the plugin's macros and Grafana's variables what they do; see the plugin's documentation of its query editor. */
function expandSql (sql: string, chosen: readonly string[]): string {
  const from = traceStart / 1000
  const to = from + 3 * 3600
  const list = chosen.map((value) => `'${value}'`).join(',')
  const expanded = sql
    .replace(/\$__timeFilter\((\w+)\)/g, `$1 >= toDateTime(${from}) AND $1 <= toDateTime(${to})`)
    .replace(/\$__timeInterval\((\w+)\)/g, 'toStartOfInterval(toDateTime($1), INTERVAL 60 second)')
    .replaceAll('$__fromTime', `toDateTime(${from})`)
    .replaceAll('$__toTime', `toDateTime(${to})`)
    .replace(/\$__conditionalAll\((.+?), \$\w+\)/g, chosen.length === 0 ? '1=1' : '$1')
    .replace(/\$\{\w+:singlequote\}/g, list)
  assert.doesNotMatch(expanded, /\$/, 'a macro or variable that this test does not know')
  return expanded
}
