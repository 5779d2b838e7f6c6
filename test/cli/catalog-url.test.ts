/** Commands that take their catalog over HTTP: once, with what they cannot have told. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { temporaryFolder } from '../folder.ts'
import { apiDocument, serveDocuments } from '../processor/document-server.ts'
import { CommandHost } from './run-command.ts'

const host = new CommandHost()
after(() => { host.close() })

test('explain and report take documents from URLs', async (t) => {
  const { url } = await serveDocuments(t, { '/openapi.yaml': apiDocument('Orders', '/v1/orders/{id}') })
  const explained = await host.run(['explain', 'GET', 'https://api.example.com/v1/orders/7', '--json', '--openapi', `${url}/openapi.yaml`])
  type Explained = { route: string, source: string, service: string, candidates: Array<{ place: string }> }
  const explanation = JSON.parse(explained.stdout) as Explained
  assert.deepEqual([explained.code, explanation.route, explanation.service], [0, '/v1/orders/{id}', 'openapi'])
  assert.equal(explanation.source, `${url}/openapi.yaml`)
  assert.deepEqual(explanation.candidates.map(({ place }) => place), [`${url}/openapi.yaml:4`])
  const reported = await host.run(['report', '--json', '--openapi', `${url}/openapi.yaml`, 'examples/kong-log/access.ndjson'])
  assert.equal((JSON.parse(reported.stdout) as { catalog: { endpoints: number } }).catalog.endpoints, 1, reported.stderr)
})

test('URLs may stand among the documents, and the words of a command behind them', async (t) => {
  const server = await serveDocuments(t, { '/one': apiDocument('One', '/v1/one'), '/two': apiDocument('Two', '/v1/two') })
  const documents = [`${server.url}/one`, `${server.url}/two`, 'examples/openapi/orders.yaml']
  const target = 'https://api.example.com/v1/two'
  for (const words of [
    ['--openapi', ...documents, 'GET', target],
    ['GET', target, '--openapi', ...documents],
    ['GET', '--openapi', ...documents, target],
  ]) {
    const explained = await host.run(['explain', '--json', ...words])
    assert.deepEqual([explained.code, explained.stderr], [0, ''], words.join(' '))
    assert.equal((JSON.parse(explained.stdout) as { route: string }).route, '/v1/two')
  }
  const log = 'examples/kong-log/access.ndjson'
  for (const words of [['--openapi', ...documents, log], [log, '--openapi', ...documents]]) {
    const { stdout, stderr } = await host.run(['report', '--json', ...words])
    assert.ok((JSON.parse(stdout) as { catalog: { endpoints: number } }).catalog.endpoints > 2, stderr)
  }
  const normalized = await host.run(['normalize', '--openapi', ...documents], { stdin: '{"method":"GET","path":"/v1/two"}\n' })
  assert.match(normalized.stdout, /"template":"\/v1\/two"/)
})

test('validate tells a document that cannot be fetched, one that is none, and where references may not lead', async (t) => {
  const elsewhere = await serveDocuments(t, { '/b.yaml': 'get: {}\n' })
  const { url } = await serveDocuments(t, {
    '/page.yaml': '<html></html>',
    '/refers.yaml': `openapi: 3.1.0\ninfo: { title: R, version: '1' }\npaths:\n  /a: { $ref: ./a.yaml }\n  /b: { $ref: '${elsewhere.url.replace('127.0.0.1', 'localhost')}/b.yaml' }\n  /c: { $ref: 'file:///etc/hostname' }\n`,
    '/a.yaml': 'get: { operationId: a, responses: { 200: { description: fine } } }\n',
  })
  const { code, stdout } = await host.run(['validate', '--openapi', `${url}/gone.yaml`, `${url}/page.yaml`, `${url}/refers.yaml`, '--json'])
  const { findings } = JSON.parse(stdout) as { findings: Array<{ message: string }> }
  const messages = findings.map(({ message }) => message).join('\n')
  assert.equal(code, 1)
  assert.match(messages, /the server answered 404/)
  assert.match(messages, /no OpenAPI document/)
  assert.match(messages, /the host localhost:\d+ is not among the allowed ones/)
  assert.match(messages, /only http and https can be fetched/)
  assert.deepEqual(elsewhere.answers, [])
  assert.match(stdout, /catalog with 1 operation/)
})

test('a definition of Backstage that cannot be had is told at the line of its entity, as it is written there', async (t) => {
  const { url } = await serveDocuments(t, { '/team/apis/-/raw/main/page.yaml': '<html></html>' })
  const folder = temporaryFolder()
  const entity = (name: string, text: string): string => [
    'apiVersion: backstage.io/v1alpha1', 'kind: API', `metadata: { name: ${name} }`,
    'spec:', '  type: openapi', '  lifecycle: production', '  owner: team-a', '  definition:', `    $text: ${text}`,
  ].join('\n')
  writeFileSync(join(folder, 'catalog-info.yaml'), [
    entity('gone', `${url}/team/apis/-/blob/main/gone.yaml`), entity('page', `${url}/team/apis/-/blob/main/page.yaml`), entity('plain', `${url}/plain.yaml`),
  ].join('\n---\n'))
  writeFileSync(join(folder, 'access.log'), '')
  writeFileSync(join(folder, 'gatelens.yaml'), JSON.stringify({
    inputs: [{ type: 'file', paths: ['access.log'] }], catalog: { backstage: ['catalog-info.yaml'], fetch: { hosts: ['127.0.0.1'] } },
  }))
  const { code, stdout } = await host.run(['validate', join(folder, 'gatelens.yaml'), '--json'])
  assert.equal(code, 1)
  const { findings } = JSON.parse(stdout) as { findings: Array<{ file: string, line: number, message: string }> }
  const told = findings.filter(({ message }) => message.includes('the definition')).map(({ file, line, message }) => `${file.split('/').at(-1)}:${line} ${message}`)
  assert.match(told[0] ?? '', /^catalog-info\.yaml:8 api:default\/gone: the definition http:\S+\/-\/blob\/main\/gone\.yaml \(asked for as http:\S+\/-\/raw\/main\/gone\.yaml\): the server answered 404/)
  assert.match(told[1] ?? '', /^catalog-info\.yaml:18 api:default\/page: the definition \S+page\.yaml \(asked \S+ \S+ \S+\): .*no OpenAPI document/)
  assert.match(told[2] ?? '', /^catalog-info\.yaml:28 api:default\/plain: the definition http:\S+\/plain\.yaml: the server answered 404/)
  assert.equal(told.length, 3)
})
