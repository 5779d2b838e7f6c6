import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ColumnsWriter } from '../../../services/processor/observe/columns.ts'
import { createSeries } from '../../../services/processor/observe/series.ts'
import type { Series } from '../../../services/processor/observe/series.ts'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { seeded } from '../../seeded.ts'
import { makeEvent } from '../event-fixture.ts'

const clock = Date.UTC(2026, 7, 20, 12)

function mixed (count: number): EnrichedEvent[] {
  const random = seeded(7)
  const one = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!
  const figure = (): number | null => random() < 0.2 ? null : random() * 3000
  return Array.from({ length: count }, (_, index) => makeEvent({
    time: one(clock - 60_000 + index * 10, 0, clock + 86_400_000),
    service: `service-${Math.floor(random() ** 2 * 8)}`,
    route: `/v1/${Math.floor(random() ** 2 * 12)}`,
    method: one('GET', 'POST', '_OTHER'),
    status: one(0, 200, 204, 404, 429, 500, 503, 599),
    partner: `partner-${Math.floor(random() ** 2 * 8)}`,
    outcome: one('matched', 'ambiguous', 'inferred', 'unmatched', 'malformed', 'method_not_declared'),
    deprecated: one(true, false),
    declared_statuses: one([], ['200'], ['2XX', '404']),
    response_source: one('upstream', 'gateway', ''),
    upstream_status: one(null, 200),
    rate_limited: random() < 0.1,
    limit_name: one('minute', 'hour', ''),
    duration_ms: figure(),
    upstream_ms: figure(),
    gateway_ms: figure(),
    request_bytes: one(null, 12, 1000),
    response_bytes: one(null, 5, 70_000),
  }))
}

async function told (series: Series): Promise<unknown> {
  const { resourceMetrics: { scopeMetrics } } = await series.collect()
  const own = /^(process_|gatelens_series$)/
  return scopeMetrics.flatMap(({ metrics }) => metrics).filter(({ descriptor }) => !own.test(descriptor.name))
    .map(({ descriptor, dataPoints }) => ({
      name: descriptor.name,
      points: dataPoints.map(({ attributes, value }) => JSON.stringify([attributes, value])).sort(),
    })).sort((a, b) => a.name < b.name ? -1 : 1)
}

for (const budgets of [{}, { service: 4, route: 5, partner: 4, status: 4, limit: 1 }]) {
  test(`requests that come as columns give the same series as events do, ${'route' in budgets ? 'past' : 'within'} the budgets`, async () => {
    const options = { budgets, clock: () => clock, partners: () => [{ name: 'partner-1', quotas: { daily: 10 } }] }
    const [byEvents, byColumns] = [createSeries(options), createSeries(options)]
    const writer = new ColumnsWriter()
    const events = mixed(4000)
    for (let from = 0; from < events.length; from += 250) {
      const portion = events.slice(from, from + 250)
      byEvents.observe(portion)
      writer.add(portion)
      if (from % 1000 === 750) byColumns.observeColumns(structuredClone(writer.take()))
    }
    const expected = await told(byEvents)
    assert.deepEqual(await told(byColumns), expected)
    assert.ok(JSON.stringify(expected).includes('__other__') === 'route' in budgets)
  })
}
