/** Commands that ask a Kong or a Backstage themselves, with tokens that stand elsewhere. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { livingBackstage } from '../processor/catalog/living-backstage.ts'
import { playback, recording } from '../processor/catalog/playback.ts'
import { web } from '../processor/catalog/web.ts'
import { apiDocument, serveDocuments } from '../processor/document-server.ts'
import { makeFolder } from '../processor/input/fixture.ts'
import { CommandHost } from './run-command.ts'

const host = new CommandHost()
after(() => { host.close() })

test('normalize and explain ask a Kong, with a token from a file', async (t) => {
  const kong = await playback({
    exchanges: recording('kong-admin/without-database.json'),
    interfere: (request, response) => {
      const isRefused = request.headers['kong-admin-token'] !== 'sesame'
      if (isRefused) response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"Invalid RBAC credentials"}')
      return isRefused
    },
  })
  const file = join(makeFolder(t), 'token')
  writeFileSync(file, 'sesame\n')
  const token = ['--kong-token', `\${file:${file}}`]
  const normalized = await host.run(['normalize', '--kong', kong.url, ...token], { stdin: '{"method":"GET","path":"/stock/7"}\n' })
  assert.deepEqual([normalized.code, normalized.stderr], [0, ''])
  assert.match(normalized.stdout, /"outcome":"inferred"/)
  const explained = await host.run(['explain', 'GET', '/stock/7', '--kong', kong.url, ...token])
  assert.match(explained.stdout, /stock/)
  const refused = await host.run(['explain', 'GET', '/stock/7', '--kong', kong.url, '--kong-token', 'wrong-word'])
  assert.deepEqual([refused.code, refused.stdout], [2, ''])
  assert.match(refused.stderr, /^error\[CATALOG_FETCH\] http:\/\/127\.0\.0\.1:\d+\/: the server answered 401: Invalid RBAC credentials\. Give a token/)
  assert.doesNotMatch(refused.stderr, /wrong-word/)
})

test('what is no Kong, and a variable that is not set, are told', async () => {
  const page = await web((_, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>') })
  const other = await host.run(['normalize', '--kong', page.url], { stdin: '' })
  assert.equal(other.code, 2)
  assert.match(other.stderr, /the answer is not JSON.*Check that the URL is that of the API/)
  const unset = await host.run(['normalize', '--kong', page.url, '--kong-token', '${GATELENS_NOT_SET_ANYWHERE}'])
  assert.equal(unset.code, 2)
  assert.match(unset.stderr, /error\[CONFIG_VARIABLE\] --kong-token: .*the environment variable GATELENS_NOT_SET_ANYWHERE is not set/)
})

test('validate takes a Kong and a Backstage by URL, and one that is away is a finding', async () => {
  const kong = await playback({ exchanges: recording('kong-admin/without-database.json') })
  const backstage = await livingBackstage()
  backstage.put('API', 'orders', { type: 'openapi', lifecycle: 'production', owner: 'team', definition: apiDocument('Orders', '/v1/orders') })
  const good = await host.run(['validate', '--kong', kong.url, '--backstage', backstage.url, '--backstage-token', 'secret', '--json', '--severity', 'unreachable-operation=off'])
  assert.match(good.stdout, /catalog with 1 operation/, good.stderr)
  const gone = await host.run(['validate', '--kong', `${kong.url}/nowhere`, '--json'])
  assert.equal(gone.code, 1)
  assert.match(gone.stdout, /the server answered 404/)
})

test('drift and report ask for documents with a token, which goes to one host only', async (t) => {
  const server = await serveDocuments(t, {
    '/a.yaml': (request, response) => {
      const isKnown = request.headers.authorization === 'Bearer sesame'
      response.writeHead(isKnown ? 200 : 403).end(isKnown ? apiDocument('A', '/v1/a') : '')
    },
  })
  const log = 'examples/kong-log/access.ndjson'
  const documents = ['--openapi', `${server.url}/a.yaml`]
  const drifted = await host.run(['drift', log, ...documents, '--openapi-token', 'sesame', '--json'])
  assert.deepEqual([drifted.code, drifted.stderr], [1, ''])
  const refused = await host.run(['report', log, ...documents])
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /the server answered 403/)
  const several = await host.run(['report', log, ...documents, 'https://docs.example.com/b.yaml', '--openapi-token', 'sesame'])
  assert.equal(several.code, 2)
  assert.match(several.stderr, /--openapi-token goes to one host, and --openapi names 2/)
})
