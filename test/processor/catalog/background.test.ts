/** Threads beside the traffic: one serves fetches and compiles one after the other, and ends when no more work comes. */
import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { openCatalog } from '../../../services/processor/catalog/catalog.ts'
import { catalogSchema, configuredUnits } from '../../../services/processor/catalog/config.ts'
import { Background } from '../../../services/processor/catalog/worker/background.ts'
import type { RefreshRequest } from '../../../services/processor/catalog/worker/refresh.ts'
import { apiDocument, serveDocuments } from '../document-server.ts'
import { makeFolder } from '../input/fixture.ts'

interface Setup { threads: Worker[], fetch: () => Promise<string>, compile: () => Promise<string[]> }

/** `threads` gets every thread that starts from now on. */
async function setUp (t: TestContext, restMs: number): Promise<Setup> {
  const base = makeFolder(t)
  const server = await serveDocuments(t, { '/a.yaml': apiDocument('A', '/a') })
  writeFileSync(join(base, 'b.yaml'), apiDocument('B', '/b'))
  const config = catalogSchema.parse({ openapi: ['b.yaml', `${server.url}/a.yaml`] })
  const cache = join(base, 'cache')
  const background = new Background({ cache, policy: config.fetch, limits: config.compile, intervalMs: 1000, restMs })
  const threads: Worker[] = []
  const note = (message: unknown): void => { threads.push((message as { worker: Worker }).worker) }
  subscribe('worker_threads', note)
  t.after(() => {
    unsubscribe('worker_threads', note)
    background.close()
  })
  const nothing = { unsaved: new Map(), asked: new Map(), oversized: new Map(), inputs: undefined }
  const request: RefreshRequest = { config, base, cwd: base, cache, ...nothing }
  const [unit] = configuredUnits(config)
  return {
    threads,
    fetch: async () => (await background.fetch(unit!)).state.outcome,
    compile: async () => openCatalog((await background.compile(request)).catalog!).endpoints.map(({ route }) => route),
  }
}

test('a fetch, a compile and another fetch, one after the other, share a thread', async (t) => {
  const { threads, fetch, compile } = await setUp(t, 3_600_000)
  assert.equal(await fetch(), 'read')
  assert.deepEqual(await compile(), ['/b', '/a'])
  assert.equal(await fetch(), 'read')
  assert.equal(threads.length, 1)
})

test('a compile during a fetch has a thread of its own, and one of them is kept', async (t) => {
  const { threads, fetch, compile } = await setUp(t, 3_600_000)
  await Promise.all([fetch(), compile()])
  assert.equal(threads.length, 2)
  await Promise.race(threads.map(async (thread) => { await once(thread, 'exit') }))
  assert.equal(await fetch(), 'read')
  assert.equal(threads.length, 2)
})

test('a thread without work ends, and the next work starts another', async (t) => {
  const { threads, fetch } = await setUp(t, 0)
  assert.equal(await fetch(), 'read')
  await once(threads[0]!, 'exit')
  assert.equal(await fetch(), 'read')
  assert.equal(threads.length, 2)
})
