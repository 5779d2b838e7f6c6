/** Inferred routes as paths of OpenAPI: what their parameters are called, and which of them span segments. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { groupByShape, mergeRoutes, readRoute } from '../../../services/cli/drift/suggest-path.ts'
import { writeSuggestions } from '../../../services/cli/drift/suggest-files.ts'
import { temporaryFolder } from '../../folder.ts'

const folder = temporaryFolder()

function greedyOf (route: string): string[] {
  return readRoute(route).parameters.filter((parameter) => parameter['x-greedy'] === true).map(({ name }) => name)
}

test('a parameter that spans segments in the route of the gateway does so in the document', () => {
  assert.equal(readRoute('/gw/{proxy+}').path, '/gw/{proxy}')
  assert.deepEqual(greedyOf('/gw/{proxy+}'), ['proxy'])
  assert.deepEqual(greedyOf('/users/{user-id}'), [])
})

test('a {*} that stands for all that follows spans segments, one of too many words does not', () => {
  assert.deepEqual(greedyOf('/a/b/c/d/e/f/g/h/i/j/k/{*}'), ['kId'])
  assert.deepEqual(greedyOf('/a/b/c/d/e/f/g/h/i/j/{*}'), [])
  const long = 'averylongwordofsomekind'
  assert.deepEqual(greedyOf(`/${Array.from({ length: 7 }, () => long).join('/')}/{*}`), [`${long}Id`])
  assert.deepEqual(greedyOf(`/${Array.from({ length: 6 }, () => long).join('/')}/{*}`), [])
  assert.deepEqual(greedyOf('/shop/{*}/tail'), [])
})

test('routes that accept the same paths are one path, whose values are called after the thing', () => {
  const routes = ['/same/{date}', '/other/{date}', '/same/{email}', '/same/{proxy+}', '/same/{int}']
  const groups = groupByShape(routes)
  assert.deepEqual(groups, [['/same/{date}', '/same/{email}', '/same/{int}'], ['/other/{date}'], ['/same/{proxy+}']])
  const merged = mergeRoutes(groups[0]!)
  assert.deepEqual(merged, { path: '/same/{sameId}', parameters: [{ name: 'sameId', in: 'path', required: true, schema: { type: 'string' } }] })
  assert.deepEqual(mergeRoutes(groups[0]!.toReversed()), merged)
  assert.equal(mergeRoutes(groups[1]!).path, '/other/{date}')
})

test('services whose names are alike as files get a file each', () => {
  const services = ['', '../../etc', 'A-B', 'a b', 'a/b', 'ünï cödé']
  const files = writeSuggestions(services.map((service) => ({ service, document: { service } })), folder)
  assert.deepEqual(files.map((file) => file.slice(folder.length + 1)), [
    'no-service.undocumented.yaml', 'etc.undocumented.yaml', 'A-B.undocumented.yaml', 'a-b-2.undocumented.yaml', 'a-b-3.undocumented.yaml',
    'ünï-cödé.undocumented.yaml',
  ])
})

test('where one file stands in the way, none is written', () => {
  const services = ['first', 'A-B']
  assert.throws(() => writeSuggestions(services.map((service) => ({ service, document: {} })), folder), { code: 'FOLDER_UNUSABLE', message: /exists/ })
  assert.ok(!readdirSync(folder).includes('first.undocumented.yaml'))
})
