/** Plants every kind of secret in every field of a record, one at a time, and looks for it in what a processor publishes of the record. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadCatalog } from '../../services/processor/catalog/load.ts'
import { privacySchema } from '../../services/processor/enrich/privacy.ts'
import { fields } from '../../services/processor/event.ts'
import type { FieldName } from '../../services/processor/event.ts'
import { formatSchema } from '../../services/processor/format.ts'
import type { FormatConfig } from '../../services/processor/format.ts'
import { decodeRecords } from '../../services/processor/records.ts'
import { createInputDecoder, createStages } from '../../services/processor/stages.ts'
import { sourceFolder } from '../built.ts'
import { isReadable } from './planted/exceptions.ts'
import { kinds, make } from './planted/kinds.ts'
import { comesOut } from './planted/leaks.ts'
import { nginxJson, nginxText } from './planted/lines.ts'
import { broken, gatewayRecord, kongRecord, places } from './planted/records.ts'
import { seeded } from '../seeded.ts'

const catalog = await loadCatalog({ openapi: ['apis'], backstage: ['catalog-info.yaml'], partners: 'partners.yaml' }, { base: join(sourceFolder(import.meta.dirname), 'catalog') })

const names = Object.keys(fields) as FieldName[]

/** What the store gets of a line: rejects, and the published fields of events. */
function createPublisher (privacy: object, format: FormatConfig = { type: 'kong' }): (line: string) => string {
  const rules = privacySchema.parse(privacy)
  const stages = createStages({ catalog: () => catalog, privacy: rules, filter: [] })
  const decoder = createInputDecoder(format, rules)
  return (line) => {
    const { events, rejects } = decodeRecords([{ bytes: Buffer.from(line), offset: 0 }], 'access.log', decoder, { events: [], rejects: [] })
    assert.ok(events.length + rejects.length > 0)
    const published = stages.enrich(stages.normalize(events)).map((event) => names.map((name) => event[name]))
    return JSON.stringify([rejects, published])
  }
}

type Sources = Readonly<Record<string, (secret: string) => string>>

/** Where which kind came out, though nothing says that it may; of `share` kinds one is tried in each place. */
function leaksOf (sources: Sources, { share = 1, format, ...privacy }: { names?: 'declared', share?: number, format?: FormatConfig } = {}): string[] {
  const random = seeded(4711)
  const publish = createPublisher(privacy, format)
  const leaks: string[] = []
  for (const [at, [place, write]] of Object.entries(sources).entries()) {
    for (const [index, [kind, draw]] of Object.entries(kinds).entries()) {
      const { text, parts } = make(draw, random)
      if ((at + index) % share !== 0 || isReadable({ place, kind, text, names: privacy.names ?? 'all' })) continue
      if (comesOut(publish(write(text)), parts)) leaks.push(`${place}: ${kind}: ${text}`)
    }
  }
  return leaks
}

function fieldsOf (record: () => Record<string, unknown>): Sources {
  return Object.fromEntries(Object.entries(places).map(([place, plant]) => [place, (secret) => {
    const planted = record()
    plant(planted, secret)
    return JSON.stringify(planted)
  }]))
}

test('there are over 100 kinds of secrets and over 150 places for each', () => {
  assert.ok(Object.keys(kinds).length > 100, `${Object.keys(kinds).length} kinds`)
  assert.ok(Object.keys(places).length > 150, `${Object.keys(places).length} places`)
})

test('no secret comes out of any field of a record of Kong', () => {
  const leaks = leaksOf(fieldsOf(kongRecord))
  assert.equal(leaks.length, 0, leaks.join('\n'))
})

test('no secret comes out of a record of the gateway, which differs in some fields', () => {
  const leaks = leaksOf(fieldsOf(gatewayRecord), { share: 4 })
  assert.equal(leaks.length, 0, leaks.join('\n'))
})

test('where only declared names are published, no name comes out either', () => {
  const leaks = leaksOf(fieldsOf(kongRecord), { names: 'declared', share: 3 })
  assert.equal(leaks.length, 0, leaks.join('\n'))
})

test('no secret comes out of any value of a line of NGINX', () => {
  for (const { logFormat, sources } of [nginxText, nginxJson]) {
    const format = formatSchema.parse({ type: 'nginx', log_format: logFormat })
    const publish = createPublisher({}, format)
    assert.ok(Object.values(sources).filter((write) => publish(write('12')).startsWith('[[],[[')).length > 18, 'nearly all of them are requests')
    const leaks = leaksOf(sources, { share: 2, format })
    assert.equal(leaks.length, 0, leaks.join('\n'))
  }
})

test('no secret comes out of a line that is no request', () => {
  const leaks = leaksOf(broken)
  assert.equal(leaks.length, 0, leaks.join('\n'))
})

test('an ordinary record keeps its words', () => {
  const published = createPublisher({})(JSON.stringify({ ...kongRecord(), request: { ...kongRecord().request as object, uri: '/internal/reports/daily' }, upstream_uri: '/internal/reports/daily' }))
  for (const word of ['api.example.com', 'order-service', 'orders-v1', 'acme-logistics', 'curl/8', '10.20.0.12:8080', 'minute', '/internal/reports/daily', '203.0.113.0']) {
    assert.ok(published.includes(word), `${word} in ${published}`)
  }
})
