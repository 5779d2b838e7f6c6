import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { z } from 'zod'
import type { Breach } from '../../../services/processor/detect/breach.ts'
import { startDetector } from '../../../services/processor/detect/detector.ts'
import type { Detector } from '../../../services/processor/detect/detector.ts'
import type { Directory } from '../../../services/processor/detect/directory.ts'
import type { PartnerVersion } from '../../../services/processor/detect/quota-history.ts'
import { createRollup } from '../../../services/processor/detect/rollup.ts'
import { ruleSchema } from '../../../services/processor/detect/rule.ts'
import { openDetectStore } from '../../../services/processor/detect/store.ts'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { createSeries } from '../../../services/processor/observe/series.ts'
import { publishDeclared } from '../../../services/processor/publish/declared.ts'
import { request } from '../observe/request.ts'
import { openTestStore } from './store.ts'
import type { TestStore } from './store.ts'

const rules = z.array(ruleSchema).parse([
  { name: 'minute', measure: 'requests', by: ['partner'], over: '1m', above: 'partner.quota.minute' },
  { name: 'hourly', measure: 'requests', by: ['partner'], over: '1h', above: 'partner.quota.hourly' },
  { name: 'daily', measure: 'requests', by: ['partner'], over: '1d', above: 'partner.quota.daily' },
  { name: 'monthly', measure: 'requests', by: ['partner'], over: 'month', above: 'partner.quota.monthly' },
])
type Quotas = PartnerVersion['quotas']

/** Ten requests a minute of each partner, from the evening before to the afternoon of the day. */
const day = Date.UTC(2026, 2, 10)
const hour = 3_600_000
const trace: EnrichedEvent[] = ['acme', 'o\'hara'].flatMap((partner) => Array.from({ length: 20 * 600 }, (_, index) =>
  request({ partner, time: day - 5 * hour + index * 6000, event_id: `${partner.slice(0, 1)}${index}`.padStart(32, '0'), request_id: `${partner} ${index}` })))

let store: TestStore
before(async () => {
  store = await openTestStore()
  await store.insert('gatelens', trace)
})
after(async () => { await store.close() })

/** The whole log without what was made of it: nobody has looked for breaches, and no quotas are known. */
async function forget (): Promise<void> {
  await store.empty('gatelens', ['breaches', 'partners'])
}

/** Brings quotas into use at a moment (epoch ms), as a swap of the catalog does. */
async function bring (database: string, since: number, quotas: Record<string, Quotas>): Promise<Directory> {
  const partners = Object.entries(quotas).map(([name, own]) => ({ name, tier: '', owner: 'desk', contact: '', quotas: own, consumers: [] }))
  await publishDeclared(store.client, database, { digest: '', since, endpoints: undefined, partners })
  return { services: new Map(), partners, compiledAt: since }
}

function start (t: TestContext, database: string, directory: () => Directory): Detector {
  const log = pino({ level: 'silent' })
  const telemetry = createSeries()
  const detector = startDetector({ client: store.client, database, rules, catalog: directory, telemetry, log, interval: hour })
  t.after(async () => { await detector.close() })
  return detector
}

function comparable (breaches: readonly Breach[]): unknown[] {
  return breaches.map(({ sample_request_ids, ...breach }) => breach).sort((a, b) => a.breach_id < b.breach_id ? -1 : 1)
}

/** What a store that has the log from the start says, checked against the pass in memory. */
async function judge (t: TestContext, database: string, directory: Directory): Promise<string[]> {
  const detector = start(t, database, () => directory)
  await detector.evaluateOnce()
  await detector.close()
  const { breaches, quotas } = openDetectStore(store.client, database)
  const found = await breaches(0)
  const rollup = createRollup(rules, directory, await quotas())
  rollup.observe(trace)
  assert.deepEqual(comparable(found), comparable(rollup.breaches()))
  return found.map(show).sort()
}

function show ({ rule, partner, opened_at: opened, closed_at: closed, threshold, peak, requests }: Breach): string {
  const time = (at: number | null): string => at === null ? 'open' : new Date(at).toISOString().slice(5, 16)
  return `${rule} ${partner} ${time(opened)} to ${time(closed)}: peak ${peak} over ${threshold}, ${requests} requests`
}

test('a raised quota leaves the breaches of the past as they were', async (t) => {
  await forget()
  await bring('gatelens', 0, { acme: { minute: 9, daily: 2500 } })
  const before = await judge(t, 'gatelens', await bring('gatelens', 1, { acme: { minute: 9, daily: 2500 } }))
  assert.equal(before.length, 3, 'two days and all the minutes')
  const directory = await bring('gatelens', day + 15 * hour, { acme: { minute: 1000, daily: 100_000 } })
  assert.deepEqual(await judge(t, 'gatelens', directory), before)
})

test('a lowered quota opens no breach in the past, also not after a restart', async (t) => {
  await forget()
  await bring('gatelens', 0, { acme: { minute: 1000, hourly: 100_000, daily: 100_000, monthly: 1_000_000 } })
  const directory = await bring('gatelens', day + 16 * hour, { acme: { minute: 1, hourly: 1, daily: 1, monthly: 1 } })
  assert.deepEqual(await judge(t, 'gatelens', directory), [])
})

test('a window in which a quota changed is judged in parts', async (t) => {
  await forget()
  await bring('gatelens', 0, { acme: { hourly: 500, daily: 3000, monthly: 4000 }, 'o\'hara': { daily: 100_000 } })
  // 600 requests an hour: on the day, the 3,001st comes at 05:00.
  await bring('gatelens', day + 6.5 * hour, { acme: { hourly: 550, daily: 6000, monthly: 4000 }, 'o\'hara': { daily: 2000 } })
  const directory = await bring('gatelens', day + 12 * hour + 20_000, { acme: { hourly: 550, daily: 6000, monthly: 100_000 }, 'o\'hara': {} })
  const found = await judge(t, 'gatelens', directory)
  assert.deepEqual(found.filter((text) => !text.startsWith('hourly')), [
    'daily acme 03-10T05:00 to 03-10T06:30: peak 3900 over 3000, 3900 requests',
    'daily acme 03-10T10:00 to open: peak 9000 over 6000, 9000 requests',
    "daily o'hara 03-10T06:30 to 03-10T12:01: peak 7210 over 2000, 3310 requests",
    'monthly acme 03-10T01:40 to 03-10T12:01: peak 10210 over 4000, 10210 requests',
  ])
  const hours = found.filter((text) => text.startsWith('hourly'))
  assert.equal(hours.length, 20)
  assert.ok(hours.includes('hourly acme 03-10T05:50 to 03-10T06:00: peak 600 over 500, 600 requests'), hours.join('\n'))
  // Before the change 300 requests, after it the 551st.
  assert.ok(hours.includes('hourly acme 03-10T06:55 to 03-10T07:00: peak 600 over 550, 600 requests'), hours.join('\n'))
})

test('a quota that changes while the processor runs ends or opens a breach from then on', async (t) => {
  await store.create('running')
  await store.insert('running', trace.filter((event) => event.time < day + 10 * hour))
  let directory = await bring('running', 0, { acme: { daily: 3000 }, 'o\'hara': { daily: 7000 } })
  const detector = start(t, 'running', () => directory)
  assert.deepEqual((await detector.evaluateOnce()).map(show), ['daily acme 03-10T05:00 to open: peak 6000 over 3000, 6000 requests'])
  // The store has not been told yet: the catalog in use counts.
  directory = { ...directory, compiledAt: day + 10 * hour, partners: [{ name: 'acme', contact: '', quotas: { daily: 9000 } }, { name: 'o\'hara', contact: '', quotas: { daily: 5000 } }] }
  await store.insert('running', trace.filter((event) => event.time >= day + 10 * hour && event.time < day + 11 * hour))
  const open = (await detector.evaluateOnce()).map(show)
  assert.deepEqual(open, ["daily o'hara 03-10T10:00 to open: peak 6600 over 5000, 600 requests"])
  directory = await bring('running', day + 10 * hour, { acme: { daily: 9000 }, 'o\'hara': { daily: 5000 } })
  assert.deepEqual((await detector.evaluateOnce()).map(show), open)
  const found = (await openDetectStore(store.client, 'running').breaches(0)).map(show).sort()
  assert.deepEqual(found, ['daily acme 03-10T05:00 to 03-10T10:00: peak 6000 over 3000, 6000 requests', ...open])
})

test('what the store had before it kept versions is valid for all time', async (t) => {
  await forget()
  await store.client.insert({ table: 'gatelens.partners', format: 'JSONEachRow', values: [{ name: 'acme', quotas: { daily: 3000 }, digest: 'x' }] })
  const directory = await bring('gatelens', day + 20 * hour, { acme: { daily: 100_000 } })
  assert.deepEqual(await judge(t, 'gatelens', directory), ['daily acme 03-10T05:00 to open: peak 9000 over 3000, 9000 requests'])
})

test('a partner that is gone or new changes nothing of the past; the store has every version', async () => {
  await forget()
  const moments = async (): Promise<unknown> => store.rows('SELECT name, toUnixTimestamp(valid_from) AS at, quotas, removed FROM gatelens.partners FINAL ORDER BY name, valid_from')
  await bring('gatelens', 1000, { acme: { daily: 5 }, old: { daily: 1 } })
  await bring('gatelens', 2000, { acme: { daily: 5 }, old: { daily: 1 } })
  await bring('gatelens', 3000, { acme: { daily: 6 }, fresh: { minute: 2 } })
  await bring('gatelens', 4000, {})
  assert.deepEqual(await moments(), [
    { name: 'acme', at: 0, quotas: { daily: 5 }, removed: false },
    { name: 'acme', at: 3, quotas: { daily: 6 }, removed: false },
    { name: 'fresh', at: 0, quotas: { minute: 2 }, removed: false },
    { name: 'old', at: 0, quotas: { daily: 1 }, removed: false },
    { name: 'old', at: 3, quotas: {}, removed: true },
  ])
  assert.deepEqual(await store.rows('SELECT name FROM gatelens.partners_current ORDER BY name'), [{ name: 'acme' }, { name: 'fresh' }])
})
