/** Quota use and concurrency: what the series know of the windows that event time is in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { createSeries } from '../../../services/processor/observe/series.ts'
import { samplesOf, total } from './exposition.ts'
import { request } from './request.ts'

const requests = 'http_server_request_duration_seconds'
const clock = (): number => Date.UTC(2026, 0, 6)

test('quota use follows the calendar windows of event time in UTC', async () => {
  const partners = [{ name: 'acme', quotas: { minute: 10, hourly: 100, daily: 1000, monthly: 10_000 } }, { name: 'globex', quotas: { daily: 5 } }]
  const series = createSeries({ clock, partners: () => partners })
  const used = async (): Promise<Record<string, number>> => Object.fromEntries((await samplesOf(series))
    .filter((sample) => sample.name === 'gatelens_partner_quota_used')
    .map((sample) => [`${sample.labels.partner} ${sample.labels.quota}`, sample.value]))
  const at = (text: string, partner = 'acme'): EnrichedEvent => request({ time: Date.parse(text), partner })
  series.observe([at('2026-01-04T23:58:59.999Z'), at('2026-01-04T23:59:01Z'), at('2026-01-04T23:59:02Z'), at('2026-01-04T23:59:02Z', 'globex')])
  assert.deepEqual(await used(), { 'acme minute': 2, 'acme hourly': 3, 'acme daily': 3, 'acme monthly': 3, 'globex daily': 1 })
  series.observe([at('2026-01-04T23:58:30Z')])
  assert.deepEqual(await used(), { 'acme minute': 2, 'acme hourly': 4, 'acme daily': 4, 'acme monthly': 4, 'globex daily': 1 }, 'late, but of the same hour')
  series.observe([at('2026-01-05T00:00:00Z')])
  assert.deepEqual(await used(), { 'acme minute': 1, 'acme hourly': 1, 'acme daily': 1, 'acme monthly': 5, 'globex daily': 0 })
  series.observe([at('2025-12-31T23:59:59Z')])
  assert.deepEqual((await used())['acme monthly'], 5, 'of a month that is over')
  assert.equal(total(await samplesOf(series), 'gatelens_partner_quota_limit', { partner: 'acme', quota: 'hourly' }), 100)
})

test('what the store knows of the current windows is added after a restart', async () => {
  const series = createSeries({ clock, partners: () => [{ name: 'acme', quotas: { hourly: 10, daily: 1000 } }] })
  series.restoreQuota('acme', 'daily', Date.UTC(2026, 0, 5), 700)
  series.restoreQuota('acme', 'hourly', Date.UTC(2026, 0, 5, 9), 50)
  series.observe([request(), request()])
  const samples = await samplesOf(series)
  assert.equal(total(samples, 'gatelens_partner_quota_used', { quota: 'daily' }), 702)
  assert.equal(total(samples, 'gatelens_partner_quota_used', { quota: 'hourly' }), 2)
})

test('a request from the future, or from before all clocks, does not end the live windows', async () => {
  const series = createSeries({ clock, partners: () => [{ name: 'acme', quotas: { daily: 1000 } }] })
  series.observe([request({ time: -5 }), request(), request({ time: Date.UTC(2099, 0, 1) }), request(), request({ time: 0 })])
  const samples = await samplesOf(series)
  assert.equal(total(samples, 'gatelens_partner_quota_used', { quota: 'daily' }), 2)
  assert.equal(total(samples, `${requests}_count`), 5)
  assert.equal(total(samples, 'gatelens_service_concurrency_peak'), 2)
})

test('concurrency comes from start and duration, whatever the order of the records', async () => {
  const start = Date.UTC(2026, 0, 5, 10)
  const series = createSeries({ clock })
  const at = (offset: number, duration: number): EnrichedEvent => request({ time: start + offset, duration_ms: duration })
  // Ten one after the other are one at a time; three long ones overlap.
  series.observe(Array.from({ length: 10 }, (_, index) => at(index * 100, 100)))
  assert.equal(total(await samplesOf(series), 'gatelens_service_concurrency_peak', { api_service: 'orders' }), 1)
  series.observe([at(2000, 3000), at(2500, 2500), at(1000, 4000)])
  const samples = await samplesOf(series)
  assert.equal(total(samples, 'gatelens_service_concurrency_peak', { api_service: 'orders' }), 3)
  assert.equal(total(samples, 'gatelens_service_concurrency', { api_service: 'orders' }), 3, 'all through the last second')
  series.observe([request({ time: start + 70_000, service: 'patients', duration_ms: 1000 })])
  const later = await samplesOf(series)
  assert.equal(total(later, 'gatelens_service_concurrency_peak', { api_service: 'orders' }), 0, 'a minute later')
  assert.equal(total(later, 'gatelens_service_concurrency', { api_service: 'patients' }), 1)
})
