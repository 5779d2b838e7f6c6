import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKong } from '../../../normalizer/index.ts'
import type { KongCatalog } from '../../../normalizer/index.ts'
import { FetchError } from '../../../services/processor/catalog/fetching/fetch-error.ts'
import { kongAdminSchema, readKongAdmin } from '../../../services/processor/catalog/kong/admin.ts'
import type { KongReading } from '../../../services/processor/catalog/kong/admin.ts'
import { explainError } from '../../../services/runtime/errors.ts'
import { playback, recording } from './playback.ts'
import type { PlaybackOptions } from './playback.ts'
import { web } from './web.ts'
import type { Web } from './web.ts'

const token = 'a-token-that-nobody-may-see'
const database = recording('kong-admin/database.json')
const [refusal] = recording('kong-admin/errors.json')
const credential: PlaybackOptions['credential'] = ['kong-admin-token', token]

const read = async ({ url }: Pick<Web, 'url'>, previous = '', more: Record<string, unknown> = {}): Promise<KongReading> =>
  await readKongAdmin(kongAdminSchema.parse({ admin_url: url, token, page_size: 2, ...more }), previous, { backoffMs: 1 })
const catalogOf = ({ document }: KongReading): KongCatalog => readKong(document, { source: 'kong' })

async function failure (reading: Promise<unknown>): Promise<FetchError> {
  const error: unknown = await reading.then(() => undefined, (thrown: unknown) => thrown)
  assert.ok(error instanceof FetchError, String(error))
  assert.doesNotMatch(explainError(error) + JSON.stringify(error) + String(error.stack), new RegExp(token))
  return error
}

/** What both kinds of nodes must give. */
function assertShop (reading: KongReading): void {
  const { routes, services, consumers, problems } = catalogOf(reading)
  assert.deepEqual(services.map(({ name, url }) => `${name} ${url}`).sort(), [
    'orders http://orders.internal:8080/base', 'retired http://retired.internal:8080', 'stock https://stock.internal:443',
  ])
  assert.deepEqual(routes.map(({ name, service, paths, strip_path }) => `${name} ${service} ${paths?.join() ?? ''} ${strip_path}`), [
    'orders-v1 orders ~/v1/orders/(?<id>\\d+)$ false',
    'stock stock /stock true',
    'echo  /echo true',
    'orders-v2 orders /v2/orders true',
  ])
  assert.deepEqual(consumers.map(({ username, custom_id, credentials }) => `${username} ${custom_id} ${credentials.length}`).sort(), [' P-3 0', 'acme P-1 3', 'globex  3'])
  assert.deepEqual(problems, [])
  assert.doesNotMatch(JSON.stringify(reading), /secret-|-secret|password|acme-issuer|client_id|key-of|5ba9c2d3/)
}

test('a node with a database is read list by list and page by page, without secrets', async () => {
  const server = await playback({ exchanges: database, credential, refusal })
  const reading = await read(server)
  assertShop(reading)
  assert.equal(reading.changed, true)
  assert.deepEqual(reading.problems, [])
  assert.equal(server.seen.filter(({ url = '' }) => url.startsWith('/routes')).length, 3)
})

test('a node without a database is read at once, and says the same', async () => {
  const server = await playback({ exchanges: recording('kong-admin/without-database.json'), credential })
  const reading = await read(server)
  assertShop(reading)
  assert.equal(server.seen.length, 1)
})

test('Kong has no validators: the digest tells whether anything changed', async () => {
  const server = await playback({ exchanges: database, credential })
  const { digest } = await read(server)
  const again = await read(server, digest)
  assert.deepEqual([again.changed, again.digest], [false, digest])
  assert.equal((await read(server, 'another')).changed, true)
  const altered = JSON.parse(JSON.stringify(database).replaceAll('/v2/orders', '/v3/orders')) as typeof database
  assert.equal((await read(await playback({ exchanges: altered }), digest)).changed, true)
})

test('credentials are not asked for when they are not wanted', async () => {
  const server = await playback({ exchanges: database, credential })
  const reading = await read(server, '', { credentials: false })
  assert.deepEqual(catalogOf(reading).consumers.map(({ credentials }) => credentials.length), [0, 0, 0])
  assert.ok(server.seen.every(({ url = '' }) => /^\/(?:config|services|routes|consumers)\b/.test(url)))
  const single = await playback({ exchanges: recording('kong-admin/without-database.json'), credential })
  assert.deepEqual(catalogOf(await read(single, '', { credentials: false })).consumers.map(({ credentials }) => credentials.length), [0, 0, 0])
})

test('tags choose routes and consumers, and the services of these routes', async () => {
  const { routes, services, consumers } = catalogOf(await read(await playback({ exchanges: database, credential }), '', { tags: ['shop'] }))
  assert.deepEqual(routes.map(({ name }) => name), ['orders-v1', 'orders-v2'])
  assert.deepEqual(services.map(({ name }) => name).sort(), ['orders', 'stock'])
  assert.deepEqual(consumers, [])
})

test('workspaces are read one by one', async () => {
  const server = await playback({ exchanges: recording('kong-admin/workspaces.json'), credential })
  const { routes } = catalogOf(await read(server, '', { workspaces: ['default', 'partners'], page_size: 1000 }))
  assert.equal(routes.length, 4)
  assert.ok(server.seen.every(({ url = '' }) => /^\/(?:default|partners)\//.test(url)))
})

test('a refused token, a page for people and JSON of something else are told apart', async () => {
  const refused = await failure(read(await playback({ exchanges: database, credential: ['kong-admin-token', 'another'], refusal })))
  assert.equal(refused.status, 401)
  assert.match((await failure(read(await web((_, response) => { response.end('<html>') })))).message, /not JSON/)
  for (const answer of ['null', '[]', '{}', '{"config":7}', '{"config":"a: [b"}', '{"data":7}']) {
    assert.match((await failure(read(await web((_, response) => { response.end(answer) })))).message, /not that of a Kong Admin API/, answer)
  }
  assert.equal((await failure(read(await web((_, response) => { response.writeHead(404).end() })))).status, 404)
})

test('a token that may read routes only gives routes, and it is told what is missing', async () => {
  const deny = (pattern: RegExp): PlaybackOptions['interfere'] =>
    ({ url = '' }, response) => pattern.test(url) && response.writeHead(403).end() !== undefined
  const reading = await read(await playback({ exchanges: database, credential, interfere: deny(/^\/(?:config|consumers|key-auths)/) }))
  assert.equal(catalogOf(reading).routes.length, 4)
  assert.deepEqual(reading.problems.map(({ code, message }) => `${code} ${message}`), [
    'not-allowed The token may not read consumers, key-auths; callers may stay unknown.',
  ])
  assert.equal((await failure(read(await playback({ exchanges: database, credential, interfere: deny(/^\/(?:config|routes)/) })))).status, 403)
})

test('a Kong without routes is told', async () => {
  const { problems } = await read(await web((_, response) => { response.end('{"data":[],"next":null,"config":"_format_version: \\"3.0\\""}') }))
  assert.deepEqual(problems.map(({ code }) => code), ['no-routes'])
})

test('failures in the midst of the pages are tried again, and end the reading when they stay', async () => {
  const failing = (isDown: (count: number) => boolean): PlaybackOptions['interfere'] =>
    (_, response, count) => isDown(count) && response.writeHead(502).end() !== undefined
  const flaky = await playback({ exchanges: database, credential, interfere: failing((count) => [2, 5, 9].includes(count)) })
  assertShop(await read(flaky))
  const down = await playback({ exchanges: database, credential, interfere: failing((count) => count > 4) })
  assert.equal((await failure(read(down))).status, 502)
})

test('lists are read again while a route names a service that is not there yet', async () => {
  let services = 0
  const server = await playback({
    exchanges: database,
    credential,
    interfere: (request, response) => {
      if (request.url?.startsWith('/services') !== true || services++ > 0) return false
      return response.end('{"data":{},"next":null}') !== undefined
    },
  })
  assertShop(await read(server))
})

test('10,000 routes and 20,000 consumers with a key each are read in pages of 1000', async () => {
  const id = (kind: string, index: number): string => `${kind}-${String(index).padStart(6, '0')}`
  const make: Record<string, [number, (index: number) => Record<string, unknown>]> = {
    '/services': [2000, (index) => ({ id: id('s', index), name: `service-${index}`, host: `service-${index}.internal`, port: 80, protocol: 'http' })],
    '/routes': [10_000, (index) => ({ id: id('r', index), created_at: 10_000 - index, name: `route-${index}`, paths: [`/route-${index}`], service: { id: id('s', index % 2000) } })],
    '/consumers': [20_000, (index) => ({ id: id('c', index), username: `consumer-${index}` })],
    '/key-auths': [20_000, (index) => ({ id: id('k', index), consumer: { id: id('c', index) }, key: `secret-${index}` })],
  }
  const server = await web((request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    const [total, entity] = make[url.pathname] ?? [0, () => ({})]
    const from = Number(url.searchParams.get('offset') ?? 0)
    const data = Array.from({ length: Math.min(1000, total - from) }, (_, index) => entity(from + index))
    const offset = from + 1000 < total ? { offset: String(from + 1000) } : {}
    response.writeHead(url.pathname === '/config' ? 400 : 200).end(JSON.stringify({ data, next: null, ...offset }))
  })
  const reading = await read(server, '', { page_size: 1000 })
  const { routes, consumers } = catalogOf(reading)
  assert.deepEqual([routes.length, routes[0]?.name, routes[0]?.service], [10_000, 'route-9999', 'service-1999'])
  assert.deepEqual([consumers.length, consumers[7]?.credentials], [20_000, ['k-000007']])
  assert.doesNotMatch(JSON.stringify(reading.document), /secret-\d/)
})

test('the options have a default for everything but the URL, and junk is refused', () => {
  assert.deepEqual(kongAdminSchema.parse({ admin_url: 'http://127.0.0.1:8001' }), {
    admin_url: 'http://127.0.0.1:8001', headers: {}, workspaces: [], tags: [], credentials: true, page_size: 1000, max_size: 64 * 1024 ** 2, timeout: 30_000,
  })
  const admin_url = 'http://x'
  for (const junk of [{}, { admin_url: 'x' }, { admin_url, page_size: 1001 }, { admin_url, workspaces: ['a/b'] }, { admin_url, tags: ['a,b'] }, { admin_url, tokn: '' }]) {
    assert.equal(kongAdminSchema.safeParse(junk).success, false, JSON.stringify(junk))
  }
})
