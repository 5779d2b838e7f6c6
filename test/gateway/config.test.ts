import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainError } from '../../services/runtime/errors.ts'
import { readDeclarative } from '../../services/gateway/entities.ts'
import type { Entities } from '../../services/gateway/entities.ts'
import { expectCase, readCases } from '../case.ts'

const cases = readCases('gateway/config')

test('there are good and bad configurations', () => {
  assert.ok(cases.some((item) => item.name.endsWith('.good')) && cases.some((item) => item.name.endsWith('.bad')))
})

for (const item of cases) {
  test(item.name, () => {
    const read = (): Entities => readDeclarative({ path: 'kong.yml', text: item.config }, 1_700_000_000)
    if (item.name.endsWith('.good')) return expectCase(item, describe(read()))
    assert.throws(read, (error) => {
      expectCase(item, explainError(error))
      return true
    })
  })
}

function describe (entities: Entities): string {
  const scope = (item: Entities['plugins'][number]): string => [item.scope.route?.name ?? item.scope.route?.id, item.scope.service?.name,
    item.scope.consumer?.username].filter((name) => name !== undefined).join(' + ') || 'global'
  return [
    ...entities.services.map((service) => `service ${service.json}`),
    ...entities.routes.map((route) => `route ${route.json}`),
    ...entities.consumers.map((consumer) => `consumer ${consumer.json}`),
    ...[...entities.credentials.values()].map(({ id, key, consumer }) => `credential ${id} of ${consumer.username || consumer.customId}: ${key}`),
    ...[...entities.upstreams.values()].map((upstream) => `upstream ${upstream.name}: ${upstream.targets.map((target) =>
      `${target.host} ${target.port} × ${target.weight}`).join(', ')}`),
    ...entities.plugins.map((item) => `plugin ${item.plugin.name}: ${scope(item)}`),
    `secret names: ${[...entities.secretNames].join(', ')}`,
  ].join('\n')
}
