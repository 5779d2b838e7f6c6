import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { z } from 'zod'
import type { Breach } from '../../../services/processor/detect/breach.ts'
import { startDetector } from '../../../services/processor/detect/detector.ts'
import type { Detector, DetectorOptions } from '../../../services/processor/detect/detector.ts'
import type { Directory } from '../../../services/processor/detect/directory.ts'
import { createRollup } from '../../../services/processor/detect/rollup.ts'
import { ruleSchema } from '../../../services/processor/detect/rule.ts'
import type { Rule } from '../../../services/processor/detect/rule.ts'
import { openDetectStore } from '../../../services/processor/detect/store.ts'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { createSeries } from '../../../services/processor/observe/series.ts'
import type { Series } from '../../../services/processor/observe/series.ts'
import { isThorough } from '../../thorough.ts'
import { request } from '../observe/request.ts'
import { openTestStore } from './store.ts'
import type { TestStore } from './store.ts'
import { seededTrace, traceStart } from './trace.ts'

const directory: Directory = {
  services: new Map([['orders', { owner: 'team-orders', contact: 'orders@example.com' }]]),
  partners: [
    { name: 'acme', owner: 'partner-desk', contact: 'api@acme.example', quotas: { minute: 60, daily: 2000, monthly: 1500 } },
    { name: 'ini\'tech\\', contact: '', quotas: { minute: 25 } },
  ],
}

const rules: Rule[] = z.array(ruleSchema).parse([
  { name: 'minute-quota', measure: 'requests', by: ['partner'], over: '1m', above: 'partner.quota.minute', severity: 'page' },
  { name: 'daily-quota', measure: 'requests', by: ['partner'], over: '1d', above: 'partner.quota.daily' },
  { name: 'monthly-quota', measure: 'requests', by: ['partner'], over: 'month', above: 'partner.quota.monthly' },
  { name: 'errors', measure: 'errors', by: ['service'], over: '5m', above: 20, clear_after: '10m' },
  { name: 'error-ratio', measure: 'error_ratio', by: ['service', 'route'], over: '1m', above: 0.3, for: '2m', min_requests: 10 },
  { name: 'slow', measure: 'p95', by: ['service', 'route'], over: '5m', above: 600, min_requests: 5 },
  { name: 'slow-upstream', measure: 'p99', of: 'upstream', by: ['service'], over: '1h', above: 500 },
  { name: 'overhead', measure: 'p50', of: 'gateway', over: '5m', above: 3 },
  { name: 'undocumented', measure: 'undocumented', by: ['partner', 'service'], over: '1m', above: 3 },
  { name: 'refused', measure: 'rate_limited', by: ['partner'], over: '15m', above: 10 },
  { name: 'bytes', measure: 'bytes', by: ['service'], over: '1h', above: 1_500_000 },
  { name: 'one-service', measure: 'requests', by: ['partner'], where: { service: 'payments' }, over: '10m', above: 60 },
  { name: 'everything', measure: 'requests', over: '1m', above: 150 },
])

const trace = seededTrace()
let store: TestStore

before(async () => {
  store = await openTestStore()
  await store.create('whole')
  await store.insert('whole', trace)
})
after(async () => { await store.close() })

interface Run { detector: Detector, series: Series }

/** Starts a detector that evaluates only when it is told to. */
function start (t: TestContext, database: string, changes: Partial<DetectorOptions> = {}): Run {
  const series = createSeries()
  const client = store.client
  const log = pino({ level: 'silent' })
  const catalog = (): Directory => directory
  const detector = startDetector({ client, database, rules, catalog, telemetry: series, log, interval: 3_600_000, ...changes })
  t.after(async () => { await detector.close() })
  return { detector, series }
}

async function recorded (database: string): Promise<Breach[]> {
  return (await openDetectStore(store.client, database).breaches(0)).sort((a, b) => a.breach_id < b.breach_id ? -1 : 1)
}

async function valueOf (series: Series, name: string, labels: Record<string, string> = {}): Promise<number> {
  const { resourceMetrics } = await series.collect()
  const points = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics).filter((metric) => metric.descriptor.name === name)
    .flatMap((metric) => [...metric.dataPoints])
  return points.filter((point) => Object.entries(labels).every(([key, value]) => point.attributes[key] === value))
    .reduce((sum, point) => sum + Number(point.value), 0)
}

/** What must agree: everything but the samples, and percentiles within the accuracy of the sketches. */
function comparable (breaches: readonly Breach[]): Array<Omit<Breach, 'sample_request_ids'>> {
  return breaches.map(({ sample_request_ids, ...breach }) => ({
    ...breach,
    ...rules.find((rule) => rule.name === breach.rule)?.measure.startsWith('p') === true ? { observed: 0, peak: 0 } : {},
  })).sort((a, b) => a.breach_id < b.breach_id ? -1 : 1)
}

test('SQL over the rollups and the pass in memory find the same breaches', async (t) => {
  await store.empty('whole', ['breaches'])
  const { detector } = start(t, 'whole')
  await detector.evaluateOnce()
  const found = await recorded('whole')
  const rollup = createRollup(rules, directory)
  rollup.observe(trace)
  const expected = rollup.breaches()
  assert.deepEqual(comparable(found), comparable(expected))
  assert.deepEqual([...new Set(found.map((breach) => breach.rule))].sort(), rules.map((rule) => rule.name).sort(), 'every rule has found something')
  for (const breach of found) {
    const other = expected.find((item) => item.breach_id === breach.breach_id)
    assert.ok(Math.abs(breach.peak - (other?.peak ?? 0)) <= 0.03 * breach.peak, `${breach.rule}: ${breach.peak} and ${other?.peak}`)
    assert.ok(breach.sample_request_ids.length > 0 && breach.sample_request_ids.length <= 5, `${breach.rule} has samples`)
  }
})

test('a sum of bytes is of what the log gives, and where it gives nothing there is none', async (t) => {
  await store.empty('gatelens')
  const sizes = [['none', null, null], ['some', null, null], ['some', 7, null], ['half', null, 5]] as const
  const events = sizes.map(([service, received, sent], index) =>
    request({ time: traceStart + index, request_id: `r${index}`, service, request_bytes: received, response_bytes: sent }))
  await store.insert('gatelens', events)
  const sized = [ruleSchema.parse({ name: 'sized', measure: 'bytes', by: ['service'], over: '5m', above: 0 })]
  await start(t, 'gatelens', { rules: sized }).detector.evaluateOnce()
  const rollup = createRollup(sized, directory)
  rollup.observe(events)
  const found = await recorded('gatelens')
  assert.deepEqual(comparable(found), comparable(rollup.breaches()))
  assert.deepEqual(found.map(({ service, peak, sample_request_ids: ids }) => [service, peak, ids]).sort(), [['half', 5, ['r3']], ['some', 7, ['r2']]])
  assert.deepEqual(sized.flatMap((rule) => rollup.points(rule)).map(({ subject, value }) => [subject.service, value]), [['some', 7], ['half', 5]])
})

test('evaluating again, also after a restart, writes nothing', async (t) => {
  const { detector } = start(t, 'whole')
  const versions = async (): Promise<unknown[]> => await store.rows('SELECT breach_id, version FROM whole.breaches ORDER BY ALL')
  const before = await versions()
  await detector.evaluateOnce()
  await detector.evaluateOnce()
  assert.ok(before.length > 10)
  assert.deepEqual(await versions(), before)
})

test('a log that arrives piece by piece, with restarts between, ends in the same ledger as one that is there at once', async (t) => {
  await store.create('stepwise')
  // Counts only: a ratio or percentile of half a window may open a breach that the whole window does not confirm.
  const counts = rules.filter((rule) => !rule.measure.startsWith('p') && rule.measure !== 'error_ratio')
  const ordered = trace.toSorted((a, b) => a.time + (a.duration_ms ?? 0) - b.time - (b.duration_ms ?? 0))
  const size = Math.ceil(ordered.length / (isThorough ? 8 : 3))
  for (let from = 0; from < ordered.length; from += size) {
    await store.insert('stepwise', ordered.slice(from, from + size))
    const { detector } = start(t, 'stepwise', { rules: counts })
    await detector.evaluateOnce()
    await detector.close()
  }
  const rollup = createRollup(counts, directory)
  rollup.observe(trace)
  assert.deepEqual(comparable(await recorded('stepwise')), comparable(rollup.breaches()))
})

test('a breach shows in the metrics while it is open, with the owner, and is counted once', async (t) => {
  await store.empty('gatelens')
  const flood = { name: 'flood', measure: 'requests', by: ['service'], over: '1m', above: 3, severity: 'page' }
  const { detector, series } = start(t, 'gatelens', { rules: [ruleSchema.parse(flood)] })
  const at = (offset: number): EnrichedEvent => request({ time: traceStart + offset, request_id: `r${offset}` })
  await store.insert('gatelens', [1, 2, 3].map(at))
  assert.deepEqual(await detector.evaluateOnce(), [])
  await store.insert('gatelens', [at(4)])
  const [breach] = await detector.evaluateOnce()
  assert.equal(breach?.owner, 'team-orders')
  assert.equal(breach?.contact, 'orders@example.com')
  assert.equal(breach?.observed, 4)
  assert.equal(breach?.last_seen, traceStart + 4)
  const labels = { rule: 'flood', severity: 'page', api_service: 'orders', measure: 'requests', quota: '', route: '', partner: '', owner: 'team-orders', contact: 'orders@example.com' }
  assert.equal(await valueOf(series, 'gatelens_breach_active', labels), 1)
  assert.equal(await valueOf(series, 'gatelens_breach_value', labels), 4)
  assert.equal(await valueOf(series, 'gatelens_breach_threshold', labels), 3)
  assert.equal(await valueOf(series, 'gatelens_breach_opened_timestamp_seconds', labels), traceStart / 1000)
  await detector.evaluateOnce()
  assert.equal(await valueOf(series, 'gatelens_breaches_total', { rule: 'flood', severity: 'page' }), 1)
  await store.insert('gatelens', [at(200_000)])
  assert.deepEqual(await detector.evaluateOnce(), [])
  assert.equal(await valueOf(series, 'gatelens_breach_active', labels), 0)
  const [closed] = await recorded('gatelens')
  assert.equal(closed?.closed_at, traceStart + 60_000)
  assert.deepEqual(closed?.sample_request_ids.toSorted(), ['r1', 'r2', 'r3', 'r4'])
  assert.equal(await valueOf(series, 'gatelens_breaches_total', { rule: 'flood' }), 1)
})

test('breaches close by the clock once traffic has stopped and everything has been read, and not while something waits', async (t) => {
  await store.empty('gatelens')
  const flood = ruleSchema.parse({ name: 'flood', measure: 'requests', by: ['service'], over: '1m', above: 0 })
  const time = { clock: traceStart + 30_000, isCaughtUp: false }
  const { detector, series } = start(t, 'gatelens', { rules: [flood], clock: () => time.clock, isCaughtUp: () => time.isCaughtUp, idle: 60_000 })
  await store.insert('gatelens', [request({ time: traceStart + 1 })])
  assert.equal((await detector.evaluateOnce()).length, 1)
  time.clock = traceStart + 3_600_000
  assert.equal((await detector.evaluateOnce()).length, 1, 'records wait somewhere')
  time.isCaughtUp = true
  time.clock = traceStart + 60_000 + 120_000 - 1
  assert.equal((await detector.evaluateOnce()).length, 1, 'the window that clears it has not ended a minute ago')
  time.clock++
  assert.deepEqual(await detector.evaluateOnce(), [])
  assert.equal(await valueOf(series, 'gatelens_breach_active'), 0)
  assert.deepEqual((await recorded('gatelens')).map((breach) => breach.closed_at), [traceStart + 60_000])
  await store.insert('gatelens', [request({ time: traceStart + 61_000 })])
  time.clock = traceStart + 62_000
  assert.equal((await detector.evaluateOnce()).length, 1, 'what comes late opens it again')
  assert.equal((await recorded('gatelens')).length, 1)
})

test('other rules take over while the detector runs; what is wrong with them leaves the old ones', async (t) => {
  await store.empty('gatelens')
  const flood = ruleSchema.parse({ name: 'flood', measure: 'requests', by: ['service'], over: '1m', above: 0 })
  await store.insert('gatelens', [request({ time: traceStart + 1 })])
  const { detector, series } = start(t, 'gatelens', { rules: [flood, { ...flood, name: 'gone' }] })
  assert.equal(await valueOf(series, 'gatelens_breaches_total'), 0)
  assert.equal((await detector.evaluateOnce()).length, 2)
  assert.throws(() => { detector.use([{ ...flood, over: 90_000 }]) })
  assert.equal((await detector.evaluateOnce()).length, 2)
  detector.use([{ ...flood, severity: 'page' }, { ...flood, name: 'fresh' }])
  assert.deepEqual((await detector.evaluateOnce()).map(({ rule, severity }) => [rule, severity]), [['flood', 'page'], ['fresh', 'warning']])
  assert.equal(await valueOf(series, 'gatelens_breach_active', { rule: 'gone' }), 0)
  assert.equal(await valueOf(series, 'gatelens_breach_active', { rule: 'flood', severity: 'warning' }), 0)
  assert.equal(await valueOf(series, 'gatelens_breach_active', { rule: 'flood', severity: 'page' }), 1)
  assert.deepEqual((await recorded('gatelens')).map(({ rule, closed_at: closed }) => [rule, closed === null]).sort(), [['flood', true], ['fresh', true], ['gone', false]])
})

test('a daily quota opens in the minute in which it was spent', async (t) => {
  await store.empty('gatelens')
  const quota = { name: 'quota', measure: 'requests', by: ['partner'], over: '1d', above: 'partner.quota.daily' }
  const day = Date.UTC(2026, 1, 2)
  const events = Array.from({ length: 2500 }, (_, index) => request({ time: day + index * 20_000 }))
  const quotas = z.array(ruleSchema).parse([quota])
  await store.insert('gatelens', events)
  const { detector } = start(t, 'gatelens', { rules: quotas })
  const [breach] = await detector.evaluateOnce()
  // The 2,001st request stands at 2,000 × 20 s.
  assert.equal(breach?.opened_at, day + 40_000_000 - 40_000_000 % 60_000)
  assert.equal(breach?.closed_at, null)
  assert.equal(breach?.peak, 2500)
  const rollup = createRollup(quotas, directory)
  rollup.observe(events)
  assert.deepEqual(comparable(rollup.breaches()), comparable([breach].filter((item) => item !== undefined)))
})

test('an open breach of a rule that is gone is closed at the next start', async (t) => {
  await store.empty('gatelens')
  const flood = ruleSchema.parse({ name: 'flood', measure: 'requests', over: '1m', above: 0 })
  await store.insert('gatelens', [request()])
  const first = start(t, 'gatelens', { rules: [flood] })
  assert.equal((await first.detector.evaluateOnce()).length, 1)
  await first.detector.close()
  const second = start(t, 'gatelens', { rules: [{ ...flood, name: 'other', above: 100 }] })
  assert.deepEqual(await second.detector.evaluateOnce(), [])
  assert.deepEqual((await recorded('gatelens')).map((breach) => breach.closed_at !== null), [true])
})

test('an event from the future neither closes a breach nor opens one', async (t) => {
  await store.empty('gatelens')
  const flood = ruleSchema.parse({ name: 'flood', measure: 'requests', over: '1m', above: 0 })
  const clock = request().time + 10_000
  await store.insert('gatelens', [request(), request({ time: Date.UTC(2037, 0, 1) })])
  const { detector } = start(t, 'gatelens', { rules: [flood], clock: () => clock })
  assert.deepEqual((await detector.evaluateOnce()).map((breach) => breach.opened_at), [request().time])
  assert.equal((await recorded('gatelens')).length, 1)
})

test('a store without the tables is a failure that is counted, not one that ends the process', async (t) => {
  const flood = ruleSchema.parse({ name: 'flood', measure: 'requests', over: '1m', above: 0 })
  const { detector, series } = start(t, 'nowhere', { rules: [flood] })
  assert.deepEqual(await detector.evaluateOnce(), [])
  assert.ok(await valueOf(series, 'gatelens_detect_failures_total', { rule: 'flood' }) >= 1)
  await store.create('nowhere')
  await store.insert('nowhere', [request()])
  assert.equal((await detector.evaluateOnce()).length, 1)
})
