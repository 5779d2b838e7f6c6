import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { compile, createInference, readKong, readOpenApi } from '../../normalizer/index.ts'
import { gatewayAliases } from '../../services/processor/catalog/alias.ts'
import type { AccessEvent } from '../../services/processor/event.ts'
import { createNormalize, inferWith } from '../../services/processor/normalize/normalize.ts'
import type { Declared } from '../../services/processor/normalize/normalize.ts'
import { expectCase, readCases } from '../case.ts'
import { anyText, fc, runs } from '../property.ts'
import { normalizedEvent } from './event.ts'

interface Config { documents?: Record<string, object>, kong?: object, inference?: { perLevel?: number, total?: number } }

for (const item of readCases('normalize-events')) {
  test(item.name, () => {
    const config = (parse(item.config) ?? {}) as Config
    const declared = declare(config)
    const normalize = createNormalize(() => declared, inferWith(createInference(config.inference)))
    expectCase(item, item.input.split('\n').map((line) => normalizeLine(line, normalize)).join('\n'))
  })
}

function declare ({ documents = {}, kong }: Config): Declared {
  const apis = Object.entries(documents).map(([service, document]) => readOpenApi(document, { service, source: `${service}.yaml` }))
  const gateway = kong === undefined ? undefined : readKong(kong, { source: 'kong.yml' }).gateway
  const normalizer = compile(apis, { gateway })
  return { normalizer, aliases: gatewayAliases([], gateway?.rules ?? [], normalizer) }
}

function normalizeLine (line: string, normalize: ReturnType<typeof createNormalize>): string {
  const [event] = normalize([normalizedEvent(JSON.parse(line) as Partial<AccessEvent>)])
  const { outcome, route, service = '', operation_id: operation = '', path_params: params = {}, deprecated } = event ?? {}
  return JSON.stringify({ outcome, route, service, operation, params, ...(deprecated === true ? { deprecated } : {}) })
}

test('whatever the target, the route is bounded and never malformed text', () => {
  const normalize = createNormalize(() => declare({}), inferWith(createInference({ perLevel: 5, total: 20 })))
  const routes = new Set<string>()
  fc.assert(fc.property(fc.oneof(fc.webPath(), anyText(), fc.string()), fc.constantFrom('a', ''), (target, service) => {
    const [event] = normalize([normalizedEvent({ target, gateway_service: service, gateway_route: service })])
    routes.add(event?.route ?? '?')
    assert.ok(event !== undefined && (event.outcome === 'malformed') === (event.route === ''), target)
  }), runs(1000))
  assert.ok(routes.size <= 22, `${routes.size} routes`)
})

test('the catalog is read anew for each batch', () => {
  let declared = declare({})
  const normalize = createNormalize(() => declared, inferWith(createInference()))
  const outcome = (): string | undefined => normalize([normalizedEvent({ target: '/a' })])[0]?.outcome
  assert.equal(outcome(), 'inferred')
  declared = declare({ documents: { a: { openapi: '3.1.0', paths: { '/a': { get: {} } } } } })
  assert.equal(outcome(), 'matched')
})

test('what is declared later wins, and the inferred label comes back with the older catalog', () => {
  const older = declare({})
  let declared = older
  const inference = createInference({ total: 1 })
  const normalize = createNormalize(() => declared, inferWith(inference))
  const route = (target: string): string | undefined => normalize([normalizedEvent({ target, upstream_target: '' })])[0]?.route
  assert.equal(route('/users/7'), '/users/{int}')
  declared = declare({ documents: { users: { openapi: '3.1.0', paths: { '/users/{id}': { get: {} } } } } })
  assert.equal(route('/users/7'), '/users/{id}')
  assert.deepEqual([inference.size, route('/orders/7')], [1, '__other__'], 'the budget is not given back')
  declared = older
  assert.equal(route('/users/7'), '/users/{int}')
})
