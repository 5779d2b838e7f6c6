import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tellCaches } from '../../services/processor/caches.ts'
import { internedTexts, internForeign } from '../../services/processor/decode/intern.ts'
import { createPrivacy, privacySchema } from '../../services/processor/enrich/privacy.ts'
import { startExporter } from '../../services/processor/observe/exporter.ts'
import { createSeries } from '../../services/processor/observe/series.ts'
import { readSamples, scrape, total } from './observe/exposition.ts'

test('the metrics show how many values each cache holds and has thrown out, and floods stay within the bounds', async () => {
  const privacy = createPrivacy(privacySchema.parse({ key: 'a key for this test' }))
  for (let index = 0; index < 50_000; index++) privacy.hash(`value ${index}`)
  for (let index = 0; index < 10; index++) privacy.cutAgent(`curl/${index}`)
  const series = createSeries()
  tellCaches(privacy.caches, series)
  const exporter = startExporter({ series, version: '1.2.3' })
  const samples = readSamples((await scrape(exporter.handler)).text)
  await exporter.close()
  const entries = total(samples, 'gatelens_cache_entries', { cache: 'hash' })
  const evictions = total(samples, 'gatelens_cache_evictions_total', { cache: 'hash' })
  assert.ok(entries > 0 && entries <= 40_000, `${entries} entries`)
  assert.equal(entries + evictions, 50_000, 'each value is held or was thrown out')
  assert.equal(total(samples, 'gatelens_cache_entries', { cache: 'agent' }), 10)
  assert.equal(total(samples, 'gatelens_cache_evictions_total', { cache: 'agent' }), 0)
})

test('texts that are handed out again count as held, and those whose place they took as thrown out', () => {
  const before = internedTexts.entries() + internedTexts.evictions()
  for (let index = 0; index < 20_000; index++) {
    const bytes = Buffer.from(`some text ${index}`)
    internForeign(bytes, 0, bytes.length, true)
  }
  assert.equal(internedTexts.entries() + internedTexts.evictions() - before, 20_000)
  assert.ok(internedTexts.entries() <= 8192, `${internedTexts.entries()} entries`)
})
