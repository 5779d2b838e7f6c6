import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInference } from '../../normalizer/index.ts'
import { fc, runs } from '../property.ts'

const segment = fc.oneof(
  fc.constantFrom('users', 'orders', 'v1', '1.0', '2010-04-01', 'export', 'a', 'b', 'c', 'd', 'api', 'file.json', 'x:cancel', 'Call(1)'),
  fc.nat().map(String), fc.uuid(), fc.string({ maxLength: 12 }), fc.emailAddress()
)
const step = fc.record({
  service: fc.constantFrom('s', 't', '', '__proto__'),
  path: fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
  route: fc.constantFrom('', '/users/{id}', '/users/*', '/{a}/{b+}', 'GET /v1/{x}.json'),
})
const limits = { perLevel: 3, perService: 12, total: 30 }
type Step = { service: string, path: string, route: string }

function labelOf (inference: ReturnType<typeof createInference>, { service, path, route }: Step): string {
  return inference.adopt(service, route, { method: 'GET', path }) ?? inference.infer(service, path)
}

test('a restart at any moment changes no label, neither those given nor those to come', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, moment) => {
    const whole = createInference(limits)
    let parted = createInference(limits)
    steps.forEach((item, index) => {
      if (index === moment) {
        const state: unknown = JSON.parse(JSON.stringify(parted.save()))
        parted = createInference(limits)
        parted.load(state)
      }
      assert.equal(labelOf(parted, item), labelOf(whole, item))
    })
    assert.deepEqual(parted.save(), whole.save())
  }), runs(400))
})

test('a label that was given never changes, and there are never more than the limits allow', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const inference = createInference(limits)
    const given = new Map<string, string>()
    const labels = new Map<string, Set<string>>()
    for (const item of steps) {
      const label = labelOf(inference, item)
      const key = JSON.stringify(item)
      const before = given.get(key) ?? label
      assert.ok(before === label, `${key}: ${before}, then ${label}`)
      if (label !== '__other__') given.set(key, label)
      labels.set(item.service, (labels.get(item.service) ?? new Set()).add(label))
    }
    for (const own of labels.values()) assert.ok(own.size <= limits.perService + 1)
    assert.ok(inference.size <= limits.total)
  }), runs(400))
})
