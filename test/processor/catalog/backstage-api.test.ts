import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { readBackstage } from '../../../normalizer/index.ts'
import { backstageApiSchema, readBackstageApi } from '../../../services/processor/catalog/backstage/api.ts'
import type { BackstageApiOptions, BackstageReading, BackstageState } from '../../../services/processor/catalog/backstage/api.ts'
import { FetchError } from '../../../services/processor/catalog/fetching/fetch-error.ts'
import { explainError } from '../../../services/runtime/errors.ts'
import { playback, recording } from './playback.ts'
import type { PlaybackOptions } from './playback.ts'
import { web } from './web.ts'
import type { Web } from './web.ts'

const token = 'a-token-that-nobody-may-see'
const first = recording('backstage-api/first.json')
const later = recording('backstage-api/later.json')
const legacy = recording('backstage-api/legacy.json')
const [noToken, wrongToken] = recording('backstage-api/errors.json')
const credential: PlaybackOptions['credential'] = ['authorization', `Bearer ${token}`]

const optionsOf = ({ url }: Pick<Web, 'url'>, more: Record<string, unknown> = {}): BackstageApiOptions =>
  backstageApiSchema.parse({ url, token, page_size: 4, ...more })
const read = async (server: Pick<Web, 'url'>, previous?: BackstageState, more?: Record<string, unknown>): Promise<BackstageReading> =>
  await readBackstageApi(optionsOf(server, more), previous, { backoffMs: 1 })
const refsOf = ({ state }: BackstageReading): string[] => [...state.keys()]
const askedFor = ({ seen }: Web): string[] => seen.map(({ method = '', url = '' }) => `${method} ${url.split('?')[0] ?? ''}`)

async function failure (reading: Promise<unknown>): Promise<FetchError> {
  const error: unknown = await reading.then(() => undefined, (thrown: unknown) => thrown)
  assert.ok(error instanceof FetchError, String(error))
  assert.doesNotMatch(explainError(error) + JSON.stringify(error) + String(error.stack), new RegExp(token))
  return error
}

test('components and APIs are read with the owners, systems and domains that they refer to', async () => {
  const server = await playback({ exchanges: first, credential })
  const reading = await read(server)
  assert.deepEqual(refsOf(reading), [
    'api:default/cart-api', 'api:default/cart-events', 'api:default/returns-api', 'api:logistics/stock-api', 'api:outlet/cart-api',
    'component:default/cart', 'component:default/cart-worker', 'component:default/left-behind', 'component:default/storefront-web',
    'component:default/unowned', 'component:logistics/stock', 'component:outlet/cart', 'domain:default/commerce',
    'group:default/checkout-team', 'group:default/retail', 'group:logistics/warehouse', 'system:default/storefront', 'user:default/jane.doe',
  ])
  assert.equal(reading.changed, true)
  assert.deepEqual(reading.problems, [])
})

test('what was read says who owns which service and which API', async () => {
  const { entities } = await read(await playback({ exchanges: first, credential }))
  const { services, apis, problems } = readBackstage(entities, { source: 'backstage' })
  assert.deepEqual(services.map(({ name, owner, system, domain, lifecycle, contact }) => [name, owner, system, domain, lifecycle, contact].join(' | ')), [
    'Cart | Checkout-Team | storefront | commerce | production | https://chat.example.com/checkout',
    'cart-worker | user:jane.doe |  |  | experimental | jane.doe@example.com',
    'left-behind | Checkout-Team |  |  | production | https://chat.example.com/checkout',
    'storefront-web | Checkout-Team | storefront | commerce | production | https://chat.example.com/checkout',
    'unowned | nobody |  |  | production | ',
    'stock | logistics/warehouse |  |  | deprecated | warehouse@example.com',
    'outlet/cart | logistics/warehouse |  |  | production | warehouse@example.com',
  ])
  assert.deepEqual(apis.map(({ ref, type, providers, definition }) => [ref, type, providers.join(), typeof definition].join(' | ')), [
    'api:default/cart-api | openapi | Cart | string',
    'api:default/cart-events | asyncapi | Cart | undefined',
    'api:default/returns-api | openapi |  | string',
    'api:logistics/stock-api | openapi | stock | string',
    'api:outlet/cart-api | openapi | outlet/cart | string',
  ])
  assert.deepEqual(problems.map(({ code, message }) => `${code} ${message}`), [
    'unknown-reference component:default/cart refers to api:default/not-there, which is not in this catalog.',
  ])
})

test('a catalog in which nothing changed is asked for versions only', async () => {
  const server = await playback({ exchanges: first, credential })
  const { state, digest } = await read(server)
  const before = server.seen.length
  const again = await read(server, state)
  assert.equal(again.changed, false)
  assert.equal(again.digest, digest)
  assert.deepEqual(again.state, state)
  const asked = askedFor(server).slice(before)
  assert.ok(asked.length < before && asked.filter((line) => line.startsWith('GET')).length === 3, asked.join('\n'))
})

test('only what changed is read again: new, altered, orphaned and deleted entities', async () => {
  const { state } = await read(await playback({ exchanges: first, credential }))
  const server = await playback({ exchanges: later, credential })
  const reading = await read(server, state)
  assert.equal(reading.changed, true)
  const differs = refsOf(reading).filter((ref) => reading.state.get(ref)?.version !== state.get(ref)?.version)
  assert.deepEqual(differs, [
    'api:default/returns-api', 'component:default/cart-worker', 'component:default/gift-cards', 'component:default/unowned',
    'group:default/checkout-team', 'system:default/storefront',
  ])
  assert.deepEqual([...state.keys()].filter((ref) => !reading.state.has(ref)), ['component:default/left-behind'])
  const { problems, services } = readBackstage(reading.entities, { source: 'backstage' })
  assert.deepEqual(problems.map(({ code, where }) => `${code} ${where ?? ''}`), [
    'processing-error api:default/returns-api', 'orphaned-entity component:default/unowned', 'unknown-reference component:default/cart',
  ])
  assert.match(problems[0]?.message ?? '', /Placeholder \$text could not read/)
  assert.equal(services.find(({ name }) => name === 'cart-worker')?.lifecycle, 'production')
})

test('a reading is plain data: it can be sent to a worker and come back', async () => {
  const server = await playback({ exchanges: first, credential })
  const state = structuredClone((await read(server)).state)
  assert.equal((await read(server, state)).changed, false)
})

test('failures in the midst of the pages are tried again, after the wait that the server names', async () => {
  const faults: Record<number, [number, Record<string, string>]> = { 2: [503, {}], 3: [429, { 'retry-after': '0' }], 6: [500, {}] }
  const server = await playback({
    exchanges: first,
    credential,
    interfere: (request, response, count) => {
      const [status, headers] = faults[count] ?? []
      if (count === 8) request.socket.destroy()
      else if (status !== undefined) response.writeHead(status, headers).end()
      return status !== undefined || count === 8
    },
  })
  assert.equal((await read(server)).entities.length, 18)
})

test('a server that stays away, or asks for a long wait, ends the reading', async () => {
  const down = await playback({
    exchanges: first,
    interfere: (_, response, count) => count > 2 && response.writeHead(503).end() !== undefined,
  })
  assert.equal((await failure(read(down))).status, 503)
  assert.equal(down.seen.length, 6)
  const busy = await playback({ exchanges: [], interfere: (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end() !== undefined })
  assert.equal((await failure(read(busy))).retryAfterMs, 3_600_000)
  assert.equal(busy.seen.length, 1)
})

test('a missing token, a wrong one and a URL of something else are told apart, and no token is told', async () => {
  const missing = await playback({ exchanges: first, credential, refusal: noToken })
  const error = await failure(read(missing, undefined, { token: undefined }))
  assert.equal(error.status, 401)
  assert.match(error.hint, /token/)
  assert.equal(missing.seen[0]?.headers.authorization, undefined)
  const wrong = await playback({ exchanges: first, credential: ['authorization', 'Bearer another'], refusal: wrongToken })
  assert.equal((await failure(read(wrong))).status, 401)
  assert.match((await failure(read(await web((_, response) => { response.end('<html>') })))).message, /not JSON/)
  for (const answer of ['null', '7', '{}', '{"items":{}}', '[]']) {
    assert.match((await failure(read(await web((_, response) => { response.end(answer) })))).message, /not that of a Backstage catalog/, answer)
  }
  assert.equal((await failure(read(await web((_, response) => { response.writeHead(404).end() })))).status, 404)
})

test('the URL may be that of the backend, of its API or of the catalog, with other headers for a proxy', async () => {
  const server = await playback({ exchanges: first, credential })
  for (const path of ['', '/', '/api', '/api/catalog', '/api/catalog/?x=1']) {
    assert.equal((await read({ url: server.url + path }, undefined, { headers: { 'x-proxy': 'yes' } })).entities.length, 18, path)
  }
  assert.ok(server.seen.every(({ headers }) => headers['x-proxy'] === 'yes'))
})

test('catalogs of before "by-query" are read by list, by pages and by name', async () => {
  const server = await playback({ exchanges: legacy, credential })
  const reading = await read(server, undefined, { page_size: 6 })
  assert.equal(reading.entities.length, 18)
  assert.equal(readBackstage(reading.entities, { source: '' }).services.find(({ name }) => name === 'Cart')?.domain, 'commerce')
  const pages = server.seen.length
  assert.equal((await read(server, reading.state, { page_size: 6 })).changed, false)
  assert.equal(server.seen.length - pages, 2)
  const half = new Map([...reading.state].filter(([ref]) => !/cart$/.test(ref)))
  assert.deepEqual(refsOf(await read(server, half, { page_size: 60 })), refsOf(reading))
  const names = ['default/cart', 'outlet/cart'].map((name) => `GET /api/catalog/entities/by-name/component/${name}`)
  assert.deepEqual(askedFor(server).slice(-2).sort(), names)
})

test('what old pages skip while the catalog changes is asked for by name', async () => {
  const short = legacy.map((exchange) => exchange.path.includes('offset=6&')
    ? { ...exchange, answer: (exchange.answer as unknown[]).slice(0, -1).concat((exchange.answer as unknown[]).slice(0, 1)) }
    : exchange)
  const server = await playback({ exchanges: short, credential })
  assert.equal((await read(server, undefined, { page_size: 6 })).entities.length, 18)
  assert.equal(askedFor(server).filter((line) => line.includes('by-name')).length, 1)
})

test('a catalog that had entities and answers with none is an error, not an empty catalog', async () => {
  const { state } = await read(await playback({ exchanges: first, credential }))
  const empty = await web((_, response) => { response.end('{"items":[],"totalItems":0,"pageInfo":{}}') })
  const error = await failure(read(empty, state))
  assert.match(error.message, /no entities at all, where it had 18/)
  assert.equal(error.retriable, true)
  const fresh = await read(empty)
  assert.deepEqual(fresh.problems.map(({ code }) => code), ['no-entities'])
})

test('the options have a default for everything but the URL, and junk is refused', () => {
  const parsed = backstageApiSchema.parse({ url: 'https://backstage.example.com' })
  assert.deepEqual(parsed, {
    url: 'https://backstage.example.com',
    headers: {},
    filter: ['kind=component', 'kind=api'],
    page_size: 500,
    max_size: 64 * 1024 ** 2,
    timeout: 30_000,
  })
  const url = 'http://x'
  for (const junk of [{}, { url: 'ftp://x' }, { url: 'x' }, { url, filter: [] }, { url, page_size: 0 }, { url, tokn: 'x' }]) {
    assert.equal(backstageApiSchema.safeParse(junk).success, false, JSON.stringify(junk))
  }
})

test('the requests ask for what the API documents', async () => {
  const server = await playback({ exchanges: first, credential })
  await read(server)
  const [query] = server.seen.map(({ url = '' }: IncomingMessage) => new URL(url, server.url).searchParams)
  assert.deepEqual(query?.getAll('filter'), ['kind=component', 'kind=api'])
  assert.equal(query.get('limit'), '4')
  assert.equal(query.get('fields'), 'kind,metadata.namespace,metadata.name,metadata.uid,metadata.etag')
  assert.ok(server.seen.every(({ headers }) => headers.authorization === `Bearer ${token}`))
})
