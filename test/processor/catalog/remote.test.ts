import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fetchRemote } from '../../../services/processor/catalog/fetching/remote.ts'
import { documentUnit } from '../../../services/processor/catalog/openapi/remote-document.ts'
import { openCache } from '../../../services/processor/catalog/reading/cache.ts'
import { catalogSchema } from '../../../services/processor/catalog/config.ts'
import { catalogSources } from '../../../services/processor/catalog/index.ts'
import { makeFolder } from '../input/fixture.ts'
import { web } from './web.ts'

test('a source that fails keeps its last reading and says since when; one that answers is well again', async (t) => {
  let status = 200
  const server = await web((_, response) => {
    response.writeHead(status).end('openapi: 3.1.0\ninfo: { title: A, version: "1" }\npaths: { /a: { get: { responses: {} } } }\n')
  })
  const unit = documentUnit({ url: `${server.url}/a.yaml`, headers: {} })
  const cache = openCache(makeFolder(t))
  const { fetch: policy } = catalogSchema.parse({})
  const ask = async (): Promise<string> => {
    const options = { cache, policy, sources: catalogSources, limitMs: 60_000, begin: () => {} }
    const { state: { outcome, problem, digest, confirmedAt } } = await fetchRemote(unit, options)
    return `${outcome} ${problem?.code ?? 'well'} ${digest === '' ? 'nothing' : 'something'} ${confirmedAt > 0}`
  }
  status = 500
  assert.equal(await ask(), 'failed fetch nothing false')
  status = 200
  assert.equal(await ask(), 'read well something true')
  status = 401
  assert.equal(await ask(), 'failed fetch something true')
  status = 200
  assert.equal(await ask(), 'read well something true')
})

test('reading a source as a whole has a limit, however many answers it gives in time', async (t) => {
  const server = await web((_, response) => { response.writeHead(200, { 'content-type': 'application/json' }).write('{') })
  const unit = documentUnit({ url: `${server.url}/a.yaml`, headers: {} })
  const { fetch: policy } = catalogSchema.parse({})
  const options = { cache: openCache(makeFolder(t)), policy, sources: catalogSources, limitMs: 50, begin: () => {} }
  const { state } = await fetchRemote(unit, options)
  assert.match(state.problem?.message ?? '', /^reading took longer than 50 ms \(catalog\.compile\.timeout\)/)
})
