import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backstageApiSchema, readBackstageApi } from '../../../services/processor/catalog/backstage/api.ts'
import type { BackstageReading, BackstageState } from '../../../services/processor/catalog/backstage/api.ts'
import { withMissing } from '../../../services/processor/catalog/backstage/missing.ts'
import { livingBackstage } from './living-backstage.ts'
import type { LivingBackstage } from './living-backstage.ts'
import { web } from './web.ts'

async function read ({ url }: LivingBackstage, previous?: BackstageState, more: Record<string, unknown> = {}): Promise<BackstageReading> {
  return await readBackstageApi(backstageApiSchema.parse({ url, page_size: 10, ...more }), previous, { backoffMs: 1 })
}

async function shop (size: number): Promise<LivingBackstage> {
  const server = await livingBackstage()
  for (let index = 0; index < size; index++) {
    server.put('Component', `service-${index}`, { type: 'service' }, [{ type: 'ownedBy', targetRef: `group:default/team-${index % 7}` }])
  }
  for (let index = 0; index < 7; index++) server.put('Group', `team-${index}`, { profile: { email: `team-${index}@example.com` } })
  return server
}

const definition = (title: string, bytes: number): string =>
  JSON.stringify({ openapi: '3.1.0', info: { title, version: '1', description: 'x'.repeat(bytes) }, paths: { [`/${title}/{id}`]: { get: {} } } })
const count = ({ seen }: LivingBackstage, path: string): number => seen.filter(({ url = '' }) => url.includes(path)).length

test('a catalog of 5,000 entities is read in pages of 500, and again by its versions alone', async () => {
  const server = await shop(3000)
  for (let index = 0; index < 1993; index++) {
    const relations = [{ type: 'apiProvidedBy', targetRef: `component:default/service-${index}` }]
    server.put('API', `api-${index}`, { type: 'openapi', definition: definition(`api-${index}`, 3000) }, relations)
  }
  const first = await read(server, undefined, { page_size: 500 })
  assert.equal(first.entities.length, 5000)
  assert.equal(count(server, 'by-query'), 10)
  // 10 batches of entities, the versions of 7 groups, and the groups.
  assert.equal(count(server, 'by-refs'), 12)
  server.seen.length = 0
  const again = await read(server, first.state, { page_size: 500 })
  assert.deepEqual([again.changed, count(server, 'by-query'), count(server, 'by-refs')], [false, 10, 1])
  server.put('API', 'api-77', { type: 'openapi', definition: definition('renamed', 10) })
  server.seen.length = 0
  const third = await read(server, again.state, { page_size: 500 })
  assert.deepEqual([third.changed, count(server, 'by-query'), count(server, 'by-refs')], [true, 10, 2])
  assert.equal([...third.state].filter(([ref, { entity }]) => again.state.get(ref)?.entity !== entity).length, 1)
})

test('entities that come and go while the pages are read never cost another one its place', async () => {
  const server = await shop(95)
  const stays = [...server.entities.keys()].filter((ref) => ref.startsWith('component:')).slice(0, 60)
  server.before = (number) => {
    if (number > 8) return
    server.entities.delete(`component:default/service-${94 - number}`)
    server.put('Component', `late-${number}`, { type: 'service' })
  }
  const reading = await read(server)
  assert.deepEqual(stays.filter((ref) => !reading.state.has(ref)), [])
  assert.deepEqual((await read(server, reading.state)).entities.length, server.entities.size)
})

test('a list that does not have the length that it should is read again, and told when that does not end', async () => {
  const server = await shop(45)
  server.before = (number) => { if (number === 2) server.put('Component', 'late', {}) }
  const reading = await read(server)
  assert.ok(reading.state.has('component:default/late'))
  assert.deepEqual(reading.problems, [])
  const restless = await shop(45)
  restless.before = (number) => {
    if (number === 1 || count(restless, 'by-refs') > 0) return
    for (let index = 0; index < 9; index++) restless.put('Component', `late-${number}-${index}`, {})
  }
  const unstable = await read(restless)
  assert.deepEqual(unstable.problems.map(({ code }) => code), ['unstable-catalog'])
  assert.ok([...Array(45).keys()].every((index) => unstable.state.has(`component:default/service-${index}`)))
})

test('an entity that is deleted between its listing and its reading is told', async () => {
  const server = await shop(20)
  server.before = () => { if (count(server, 'by-refs') === 1) server.entities.delete('component:default/service-3') }
  const reading = await read(server)
  assert.equal(reading.state.has('component:default/service-3'), false)
  assert.deepEqual(reading.problems.map(({ message }) => message), ['1 of 20 entities went away while the catalog was read.'])
})

test('answers over the size limit are asked for in halves, and one that is too large alone is left out and told', async () => {
  const server = await shop(0)
  for (let index = 0; index < 9; index++) {
    server.put('API', `api-${index}`, { type: 'openapi', definition: definition(`api-${index}`, index === 5 ? 40_000 : 4000) })
  }
  const reading = await read(server, undefined, { max_size: '12KB' })
  assert.equal(reading.entities.length, 8)
  assert.deepEqual(reading.problems.map(({ code, where }) => `${code} ${where ?? ''}`), ['entity-too-large api:default/api-5'])
})

test('references of the greatest length stay within what a server takes in one request', async () => {
  const server = await livingBackstage()
  for (let index = 0; index < 600; index++) server.put('Component', `service-${'x'.repeat(180)}-${index}`, {})
  assert.equal((await read(server, undefined, { page_size: 10_000 })).entities.length, 600)
  assert.ok(count(server, 'by-refs') > 1)
})

test('entities without an etag are read each time', async () => {
  const server = await shop(3)
  for (const { metadata } of server.entities.values()) metadata.etag = ''
  const { state } = await read(server)
  assert.equal((await read(server, state)).changed, true)
})

test('a definition that Backstage left elsewhere is named in full', async () => {
  const server = await livingBackstage()
  server.put('API', 'near', { type: 'openapi', definition: { $text: './apis/near.yaml' } })
  server.put('API', 'far', { type: 'openapi', definition: { $openapi: 'https://other.example.com/far.yaml' } })
  server.put('API', 'whole', { type: 'openapi', definition: { openapi: '3.1.0', paths: {} } })
  const { entities } = await read(server)
  assert.deepEqual(entities.map((entity) => (entity.spec as { definition: unknown }).definition), [
    { $openapi: 'https://other.example.com/far.yaml' },
    { $text: 'https://git.example.com/apis/near.yaml' },
    { openapi: '3.1.0', paths: {} },
  ])
})

test('a catalog that is being filled again keeps what it had, until it is back', async () => {
  const server = await shop(40)
  const full = await read(server)
  const all = [...server.entities]
  server.entities.clear()
  for (const [ref, entity] of all.slice(0, 5)) server.entities.set(ref, entity)
  const early = await read(server, full.state)
  assert.deepEqual([early.entities.length, early.digest === full.digest, early.changed], [47, true, true])
  assert.match(early.problems[0]?.message ?? '', /^42 of 47 entities went missing at once/)
  for (const [ref, entity] of all.slice(0, 46)) server.entities.set(ref, entity)
  server.put('Component', 'service-0', { type: 'changed' })
  const nearly = await read(server, early.state)
  assert.deepEqual([nearly.entities.length, nearly.problems.length], [47, 1])
  server.entities.set(...all[46]!)
  const whole = await read(server, nearly.state)
  assert.deepEqual([whole.entities.length, whole.problems, whole.changed], [47, [], true])
  assert.equal((await read(server, whole.state)).changed, false)
})

test('what is missing for an hour is gone, and single entities are gone at once', () => {
  const held = (count: number): BackstageState => new Map(Array.from({ length: count }, (_, index) => [`e${index}`, { version: '1', entity: {} }]))
  const early = withMissing(held(3), held(40), 1000)
  assert.deepEqual([early.size, early.get('e9')?.missingSince], [40, 1000])
  assert.equal(withMissing(held(3), early, 3_600_999).size, 40)
  assert.equal(withMissing(held(3), early, 3_601_000).size, 3)
  assert.equal(withMissing(held(39), early, 2000).get('e39')?.missingSince, 1000)
  assert.equal(withMissing(held(40), early, 2000).get('e39')?.missingSince, undefined)
  assert.equal(withMissing(held(20), held(40), 1000).size, 20)
  assert.equal(withMissing(held(0), held(10), 1000).size, 0)
})

test('where references cannot be posted, everything is listed whole, and only when something changed', async () => {
  for (const status of [403, 404, 405]) {
    const server = await shop(25)
    server.put('API', 'events', { type: 'asyncapi', definition: 'asyncapi: 2.6.0' })
    server.refsStatus = status
    const first = await read(server)
    assert.equal(first.entities.length, 33)
    assert.equal(first.entities.some((entity) => (entity.spec as { definition?: unknown }).definition !== undefined), false)
    assert.equal((await read(server, first.state)).changed, false)
    server.put('Group', 'team-1', { profile: { email: 'other@example.com' } })
    const third = await read(server, first.state)
    assert.deepEqual([third.changed, third.entities.length], [true, 33])
  }
})

test('a server that knows no pages is read to its end', async () => {
  const entities = [...(await shop(12)).entities.values()]
  const { url } = await web((request, response) => {
    if (request.url?.startsWith('/api/catalog/entities?') === true) response.end(JSON.stringify(entities))
    else response.writeHead(404).end()
  })
  assert.equal((await readBackstageApi(backstageApiSchema.parse({ url, page_size: 10 }))).entities.length, 19)
})

test('pages that run in a circle are an error', async () => {
  const { url } = await web((_, response) => { response.end('{"items":[],"totalItems":9,"pageInfo":{"nextCursor":"x"}}') })
  await assert.rejects(readBackstageApi(backstageApiSchema.parse({ url })), /run in a circle/)
})
