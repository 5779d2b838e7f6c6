import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Remotes } from '../../../services/processor/catalog/remote.ts'
import type { RemoteState } from '../../../services/processor/catalog/remote.ts'
import { documentUnit } from '../../../services/processor/catalog/remote-unit.ts'
import { openShelf } from '../../../services/processor/catalog/shelf.ts'
import { catalogSchema } from '../../../services/processor/catalog/sources.ts'
import { makeFolder } from '../input/fixture.ts'
import { web } from './web.ts'

test('what is wrong with a source stays wrong while only others are asked, and is well again when it answers', async (t) => {
  let status = 200
  const server = await web((_, response) => {
    response.writeHead(status).end('openapi: 3.1.0\ninfo: { title: A, version: "1" }\npaths: { /a: { get: { responses: {} } } }\n')
  })
  const unit = documentUnit({ url: `${server.url}/a.yaml`, headers: {} })
  const shelf = openShelf(makeFolder(t))
  let before: ReadonlyMap<string, RemoteState> | undefined
  const { fetch: policy } = catalogSchema.parse({})
  const look = async (isDue: boolean): Promise<string> => {
    const remotes = new Remotes({ shelf, policy, oversized: new Map(), begin: () => undefined, isDue: () => isDue, before })
    await remotes.read(unit)
    before = remotes.states
    const state = remotes.states.get(unit.key)
    return `${state?.outcome ?? ''} ${state?.problem?.code ?? 'well'}`
  }
  assert.equal(await look(true), 'read well')
  assert.equal(await look(false), 'kept well')
  status = 500
  assert.equal(await look(true), 'failed fetch')
  assert.equal(await look(false), 'kept fetch')
  assert.equal(await look(false), 'kept fetch')
  status = 200
  assert.equal(await look(false), 'kept fetch')
  assert.equal(await look(true), 'read well')
  assert.equal(await look(false), 'kept well')
})
