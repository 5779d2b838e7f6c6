import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { loadCatalog } from '../../services/processor/catalog/load.ts'
import { cutLines } from '../../services/processor/input/lines.ts'
import { decodeRecords } from '../../services/processor/records.ts'
import { privacySchema } from '../../services/processor/enrich/privacy.ts'
import type { EnrichedEvent, Reject } from '../../services/processor/event.ts'
import { filterSchema } from '../../services/processor/filter/filter.ts'
import type { FilterRules } from '../../services/processor/filter/filter.ts'
import { createInputDecoder, createStages } from '../../services/processor/stages.ts'
import { sourceFolder } from '../built.ts'
import { expectCase, readCases } from '../case.ts'

const catalog = await loadCatalog({ openapi: ['apis'], backstage: ['catalog-info.yaml'], partners: 'partners.yaml' }, { base: join(sourceFolder(import.meta.dirname), 'catalog') })
const privacy = privacySchema.parse({ key: 'a key of the tests alone' })

interface Outcome { received: number, events: EnrichedEvent[], filtered: number, rejects: Reject[] }

/** Runs records through all pure stages, in the pipeline's order. */
function run (lines: string[], rules: FilterRules): Outcome {
  const stages = createStages({ catalog: () => catalog, privacy, filter: rules })
  const records = cutLines(Buffer.from(lines.join('\n')), { offset: 0, maxRecords: Infinity, maxBytes: 1024 * 1024, final: true }).records
  const { events, rejects } = decodeRecords(records, 'access.log', createInputDecoder({ type: 'kong' }, privacy), { events: [], rejects: [] })
  const received = events.length + rejects.length
  const normalized = stages.normalize(events)
  const kept = normalized.filter((event) => !stages.filter(event))
  return { received, events: stages.enrich(kept), filtered: normalized.length - kept.length, rejects }
}

for (const item of readCases('conserve')) {
  test(item.name, () => {
    const { filter } = parse(item.config) as { filter: unknown }
    const { received, events, filtered, rejects } = run(item.input.split('\n'), filterSchema.parse(filter))
    const shown = events.map((event) =>
      JSON.stringify([event.method, event.route, event.outcome, event.service, event.owner, event.partner, event.status]))
    const sum = JSON.stringify({ received, published: events.length, filtered, rejected: rejects.length })
    expectCase(item, [...shown, ...rejects.map(({ reason }) => reason), sum].join('\n'))
  })
}

test('received = published + filtered + rejected, over all records of all cases', () => {
  const lines = ['decode', 'conserve'].flatMap((folder) => readCases(folder)).flatMap((item) => item.input.split('\n'))
  for (const rules of [[], [{ path: '*' }], [{ status: 200 }, { method: 'POST' }], [{ service: 'payments' }]]) {
    const { received, events, filtered, rejects } = run(lines, rules)
    assert.equal(received, events.length + filtered + rejects.length)
    assert.ok(rejects.length > 30 && received > 80)
  }
  assert.equal(run(lines, [{ path: '*' }]).events.length, 0)
})

test('stages tell when the key of the hashes will not outlive the process', () => {
  const options = { catalog: () => catalog, filter: [] }
  assert.equal(createStages({ ...options, privacy: privacySchema.parse({}) }).notices.length, 1)
  assert.equal(createStages({ ...options, privacy }).notices.length, 0)
})
