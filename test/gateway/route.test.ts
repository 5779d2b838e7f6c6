import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDeclarative } from '../../services/gateway/entities.ts'
import { escapePath, joinPath, normalizePath, splitTarget } from '../../services/gateway/path.ts'
import { createRouter } from '../../services/gateway/router.ts'
import { expectCase, readCases } from '../case.ts'

/** A line of input is `METHOD host target [name=value …]`; the answer names the route and the path sent upstream. */
function decide (config: string, line: string): string {
  const entities = readDeclarative({ path: 'kong.yml', text: config }, 0)
  const [method = '', host = '', target = '', ...headers] = line.split(' ')
  const split = splitTarget(target)
  if (split === undefined) return `${line} → malformed`
  const path = normalizePath(split.path)
  const match = createRouter(entities.routes).match({
    method,
    host: host === '-' ? '' : host.toLowerCase(),
    defaultPort: 80,
    path,
    header: (name) => headers.filter((header) => header.startsWith(`${name}=`)).map((header) => header.slice(name.length + 1)),
  })
  if (match === undefined) return `${line} → no route`
  const { entry, service } = match.route
  const uri = escapePath(joinPath({
    base: service?.path ?? '/', path, matched: match.matched, strip: entry.strip_path, handling: entry.path_handling,
  }))
  return `${line} → ${match.route.name} ${uri}`
}

const cases = readCases('gateway/route')

test('there are cases of routing', () => assert.ok(cases.length >= 8))

for (const item of cases) {
  test(item.name, () => {
    expectCase(item, item.input.trim().split('\n').map((line) => decide(item.config, line)).join('\n'))
  })
}

test('a thousand routes with one prefix each are told apart', () => {
  const routes = Array.from({ length: 1000 }, (_, index) => `      - { name: r${index}, paths: [/service-${index}/] }`).join('\n')
  const config = `_format_version: "3.0"\nservices:\n  - name: s\n    url: http://127.0.0.1\n    routes:\n${routes}\n`
  assert.equal(decide(config, 'GET - /service-999/x'), 'GET - /service-999/x → r999 /x')
  assert.equal(decide(config, 'GET - /service-99/x'), 'GET - /service-99/x → r99 /x')
  assert.equal(decide(config, 'GET - /service-1000/x'), 'GET - /service-1000/x → no route')
})

test('each of many hosts finds its own route, plain or with a wildcard, whatever else it may mean', () => {
  const hosts = (index: number): string => [`plain-${index}.test`, `"*.wild-${index}.test:80"`, `first-${index}.*`].join(', ')
  const routes = Array.from({ length: 100 }, (_, index) => `      - { name: r${index}, hosts: [${hosts(index)}], paths: [/, /deep] }`).join('\n')
  const others = '      - { name: any, paths: [/deep/er] }\n      - { name: odd, hosts: ["*plain-7.test"], paths: [/deep/e] }'
  const config = `_format_version: "3.0"\nservices:\n  - name: s\n    url: http://127.0.0.1\n    routes:\n${routes}\n${others}\n`
  const lines = ['GET plain-98.test /x', 'GET plain-0.test:1 /x', 'GET a.b.wild-99.test /deep/x', 'GET a.wild-99.test:81 /deep/x', 'GET first-9.example.org:1 /x',
    'GET first-9 /x', 'GET plain-100.test /deep/er', 'GET plain-100.test /x', 'GET my-plain-7.test /deep/er', '- - /x']
  assert.deepEqual(lines.map((line) => decide(config, line).replace(`${line} → `, '')),
    ['r98 /x', 'r0 /x', 'r99 /x', 'no route', 'r9 /x', 'no route', 'any /', 'no route', 'odd /r', 'no route'])
})
