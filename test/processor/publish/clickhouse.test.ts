import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { ClickHouseClient } from '@clickhouse/client'
import { pino } from 'pino'
import type { EnrichedEvent } from '../../../services/processor/event.ts'
import { unpackBatch } from '../../../services/processor/publish/encoded-batch.ts'
import { GatelensError } from '../../../services/runtime/errors.ts'
import { until } from '../../until.ts'
import { makeEvents } from '../event-fixture.ts'
import { makeFolder } from '../input/fixture.ts'
import { prepareTables, refuseRequests, reserveStore, startStoreProcess } from '../store-fixture.ts'
import { borrowStore } from '../shared-store.ts'
import type { RunningStore } from '../store-fixture.ts'
import { makeBatch, makeReject, openSink } from './sink-fixture.ts'
import type { OpenSink } from './sink-fixture.ts'
import { writeBatch } from './whole-batch.ts'

const nowhere = 'http://127.0.0.1:1'

test('a full spool holds the writer up, drops nothing, and lets go when the store is back', async (t) => {
  const folder = makeFolder(t)
  const early = await reserveStore()
  const { sink, values } = await openSink(t, { url: early.url, state: join(folder, 'state'), spoolBytes: 10_000 })
  // What cannot be compressed, so that one batch fits and two do not.
  const large = (): EnrichedEvent[] => makeEvents(15, () => ({ request_id: randomBytes(300).toString('hex') }))
  await writeBatch(sink, makeBatch('a', 0, large()))
  let held = true
  const second = writeBatch(sink, makeBatch('a', 1000, large())).then(() => { held = false })
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(held, true)
  assert.ok((values.get('spool_bytes') ?? 0) <= 10_000)
  const store = await startStoreProcess(t, join(folder, 'store'), early.port)
  await second
  await sink.settled()
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.requests'), [{ rows: 30 }])
})

test('while a spool drains batches are taken, but fewer than leave it', async (t) => {
  let pass = (_inserts: number): void => {}
  const { sink, until, folder, store, open } = await openGatedSink(t, async (url) => {
    const gate = await openGate(t, url);
    ({ pass } = gate)
    return gate.url
  })
  const delivered: number[] = []
  const write = async (number: number): Promise<void> => {
    await writeBatch(sink, makeBatch('a', number * 1000, makeEvents(1)), () => { delivered.push(number) })
  }
  for (let number = 0; number < 6; number++) await write(number)
  open()
  await until('up', (value) => value === 1)
  const next = write(6)
  pass(3)
  await next
  assert.ok(delivered.length >= 2 && delivered.length <= 3, `${delivered.join()} delivered`)
  pass(Infinity)
  let last = 7
  for (; readdirSync(join(folder, 'spool')).length > 0; last++) await write(last)
  assert.ok(last <= 12, `in use until batch ${last}`)
  await sink.settled()
  assert.deepEqual(delivered, Array.from({ length: last }, (_, number) => number))
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.requests'), [{ rows: last }])
})

test('a sink that closes leaves nothing in its spool when the store takes it', async (t) => {
  const { sink, folder, store, open } = await openGatedSink(t)
  const closed = new Promise<void>((resolve, reject) => {
    writeBatch(sink, makeBatch('a', 0, makeEvents(10)), () => { sink.close().then(resolve, reject) }).catch(reject)
  })
  await writeBatch(sink, makeBatch('a', 1000, makeEvents(10)))
  open()
  await closed
  assert.deepEqual(readdirSync(join(folder, 'spool')), [])
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.requests'), [{ rows: 20 }])
})

test('a writer that is held up when the sink closes is told so', async (t) => {
  const { sink, close } = await openSink(t, { url: nowhere, state: makeFolder(t), spoolBytes: 10 })
  await writeBatch(sink, makeBatch('a', 0, makeEvents(1)))
  const held = assert.rejects(writeBatch(sink, makeBatch('a', 1000, makeEvents(1))), { code: 'STORE_UNREACHABLE' })
  await close()
  await held
})

test('what waits on disk holds published fields only, under names without content', async (t) => {
  const folder = makeFolder(t)
  const { sink, close } = await openSink(t, { url: nowhere, state: folder })
  const secret = 'S3cret-value-that-must-not-leave'
  const raw = { target: `/v1?key=${secret}`, upstream_target: secret, credential_id: secret, client_ip: secret, consumer_id: secret }
  const more = { user_agent_original: secret, path_params: { id: secret }, gateway_service: secret, consumer_custom_id: secret }
  await writeBatch(sink, makeBatch('a', 0, makeEvents(3, () => ({ ...raw, ...more })), [makeReject(1)]))
  await close()
  const names = readdirSync(join(folder, 'spool'))
  assert.equal(names.length, 1)
  const file = readFileSync(join(folder, 'spool', names[0] ?? ''))
  const { parts } = await unpackBatch(file, 'spool')
  const content = Buffer.concat([file, ...parts.map(({ bytes }) => bytes)]).toString()
  assert.ok(content.includes('/v1/orders/{id}'))
  assert.ok(!content.includes(secret) && !names.join().includes(secret))
})

test('an insert that something else than ClickHouse says yes to is not delivered', async (t) => {
  const folder = makeFolder(t)
  const early = await reserveStore()
  let answers = 0
  const impostor = createServer((request, response) => request.resume().on('end', () => { response.end('<html>welcome</html>', () => { answers++ }) }))
  await once(impostor.listen(early.port, '127.0.0.1'), 'listening')
  const { sink, values } = await openSink(t, { url: early.url, state: join(folder, 'state'), prepare: async () => {} })
  await writeBatch(sink, makeBatch('a', 0, makeEvents(5)))
  await until(() => answers > 0 && values.get('up') === 0)
  impostor.closeAllConnections()
  await new Promise((resolve) => impostor.close(resolve))
  const store = await startStoreProcess(t, join(folder, 'store'), early.port)
  await prepareTables(store.client)
  await sink.settled()
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.requests'), [{ rows: 5 }])
})

test('a block is sent compressed when that is asked for', async (t) => {
  const folder = makeFolder(t)
  const store = await borrowStore()
  const seen: Array<string | undefined> = []
  const front = await openGate(t, store.url, ({ headers }) => { seen.push(headers['content-encoding']) })
  front.pass(Infinity)
  for (const compression of [true, false]) {
    const { sink, close } = await openSink(t, { url: front.url, state: join(folder, 'state'), compression })
    await writeBatch(sink, makeBatch(String(compression), 0, makeEvents(50)))
    await sink.settled()
    await close()
  }
  assert.deepEqual(seen, ['gzip', undefined])
  assert.deepEqual(await store.query('SELECT count() AS rows, uniqExact(source) AS sources FROM gatelens.requests'), [{ rows: 100, sources: 2 }])
})

test('tables that were dropped are made again', async (t) => {
  const folder = makeFolder(t)
  const store = await startStoreProcess(t, join(folder, 'store'))
  const { sink } = await openSink(t, { url: store.url, state: join(folder, 'state') })
  await writeBatch(sink, makeBatch('a', 0, makeEvents(1)))
  await sink.settled()
  await store.client.command({ query: 'DROP DATABASE gatelens' })
  await writeBatch(sink, makeBatch('a', 1000, makeEvents(2)))
  await sink.settled()
  assert.deepEqual(await store.query('SELECT count() AS rows FROM gatelens.requests'), [{ rows: 2 }])
})

test('a refused row keeps its place and gives the reason without its values', async (t) => {
  const folder = makeFolder(t)
  const store = await borrowStore()
  const secret = 'not-a-value-to-tell-anybody-about-7261'
  const prepare = async (client: ClickHouseClient): Promise<void> => {
    await prepareTables(client)
    await refuseRequests(client, secret)
    t.after(async () => { await store.client.command({ query: 'ALTER TABLE gatelens.requests DROP CONSTRAINT not_this' }) })
  }
  const { sink } = await openSink(t, { url: store.url, state: join(folder, 'state'), prepare })
  await writeBatch(sink, makeBatch('a', 0, makeEvents(1, () => ({ request_id: secret, source: 'file:a\tb', source_offset: 4711 }))))
  await sink.settled()
  const [row] = await store.query('SELECT reason, detail, source, source_offset FROM gatelens.rejected')
  assert.deepEqual({ ...row, detail: '' }, { reason: 'refused_by_store', detail: '', source: 'file:a\tb', source_offset: 4711 })
  assert.match(String(row?.detail), /^VIOLATED_CONSTRAINT \(469\), column request_id: /)
  assert.doesNotMatch(String(row?.detail), /7261|anybody/)
})

test('a schema that is newer stops the sink for good', async (t) => {
  const prepare = async (): Promise<void> => { throw new GatelensError('SCHEMA_NEWER', 'the schema is version 9, this program knows 5') }
  const { sink } = await openSink(t, { url: nowhere, state: makeFolder(t), prepare })
  await assert.rejects(sink.done, { code: 'SCHEMA_NEWER' })
  await assert.rejects(writeBatch(sink, makeBatch('a', 0, makeEvents(1))), { code: 'SCHEMA_NEWER' })
})

test('a store that is away is told once, and once when it is back', async (t) => {
  const lines: string[] = []
  const log = pino({ base: null, timestamp: false }, { write: (line) => { lines.push(line) } })
  let tries = 0
  const prepare = async (): Promise<void> => {
    tries++
    if (tries < 4) throw new Error(tries < 3 ? 'nobody listens' : 'it is starting')
  }
  const { until } = await openSink(t, { url: nowhere, state: makeFolder(t), prepare, log })
  await until('up', (value) => value === 1)
  assert.deepEqual(lines.map((line) => (JSON.parse(line) as { reason?: string, msg: string }).reason ?? line), [
    'nobody listens', 'it is starting', '{"level":30,"sink":"store","msg":"the sink takes batches again"}\n',
  ])
})

test('a spooled batch that is broken is named, and one that was only begun is forgotten', async (t) => {
  const folder = makeFolder(t)
  const store = await borrowStore()
  mkdirSync(join(folder, 'spool'))
  writeFileSync(join(folder, 'spool', '000000000001-abcdef.batch.tmp'), 'half')
  const first = await openSink(t, { url: store.url, state: folder })
  await first.sink.settled()
  await first.close()
  assert.deepEqual(readdirSync(join(folder, 'spool')), [])
  writeFileSync(join(folder, 'spool', '000000000001-abcdef.batch'), '{"version":1,"token":"abcdef","parts":[{"table":"requests","rows":1,"bytes":10}]}\nhalf')
  const second = await openSink(t, { url: store.url, state: folder, prepare: prepareTables })
  await assert.rejects(second.sink.done, (error: GatelensError) => error.code === 'STATE_INVALID' && error.where.endsWith('-abcdef.batch'))
})

interface Gate { url: string, pass: (inserts: number) => void }

/** What stands before a store, looks at each insert, and holds it up until it may pass. */
async function openGate (t: TestContext, store: string, look = (_insert: IncomingMessage): void => {}): Promise<Gate> {
  const held: Array<() => void> = []
  let free = 0
  const pass = (inserts: number): void => {
    free += inserts
    for (; free > 0 && held.length > 0; free--) held.shift()!()
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const forward = async (): Promise<void> => {
      if (request.url!.includes('insert_deduplication_token')) {
        look(request)
        await new Promise<void>((resolve) => {
          held.push(resolve)
          pass(0)
        })
      }
      const { host, connection, ...headers } = request.headers
      const answer = httpRequest(`${store}${request.url!}`, { method: request.method, headers })
      request.pipe(answer)
      const [incoming] = await once(answer, 'response') as [IncomingMessage]
      response.writeHead(incoming.statusCode!, incoming.headers)
      incoming.pipe(response)
    }
    forward().catch(() => { response.destroy() })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { server.closeAllConnections(); server.close() })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pass }
}

interface GatedSink extends Pick<OpenSink, 'sink' | 'until'> { folder: string, store: RunningStore, open: () => void }

/** A sink whose store is there, but takes nothing before `open` is called. */
async function openGatedSink (t: TestContext, front = async (url: string): Promise<string> => url): Promise<GatedSink> {
  const folder = makeFolder(t)
  const store = await borrowStore()
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => { open = resolve })
  const prepare = async (client: ClickHouseClient): Promise<void> => {
    await opened
    await prepareTables(client)
  }
  const { sink, until } = await openSink(t, { url: await front(store.url), state: folder, prepare })
  return { sink, until, folder, store, open }
}
