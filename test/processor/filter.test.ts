import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { createFilter, filterSchema } from '../../services/processor/filter/filter.ts'
import type { NormalizedEvent } from '../../services/processor/event.ts'
import { expectCase, readCases } from '../case.ts'
import { normalizedEvent } from './event.ts'

for (const item of readCases('filter')) {
  test(item.name, () => {
    const filter = createFilter(filterSchema.parse(parse(item.config)))
    const lines = item.input.split('\n')
    expectCase(item, lines.map((line) => filter(normalizedEvent(JSON.parse(line) as Partial<NormalizedEvent>)) ? 'dropped' : 'kept').join('\n'))
  })
}

test('an empty rule, which would drop everything, and unknown keys are refused', () => {
  assert.equal(filterSchema.safeParse([{}]).success, false)
  assert.equal(filterSchema.safeParse([{ pth: '/x' }]).success, false)
})

test('a pattern of many stars does not keep the filter', () => {
  const filter = createFilter([{ path: `/${'a*'.repeat(500)}b` }])
  assert.equal(filter(normalizedEvent({ target: `/${'a'.repeat(20_000)}` })), false)
})
