import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Repeats } from '../../services/cli/report/repeats.ts'

test('ids that count up, in whichever digits, are told apart, and each is known when it comes again', () => {
  for (const digit of [4, 12, 20, 28]) {
    const repeats = new Repeats()
    const ids = Array.from({ length: 20_000 }, (_, number) => `${'0'.repeat(digit - 4)}${number.toString(16).padStart(8, '0')}${'a'.repeat(28 - digit)}`)
    assert.equal(ids.filter((id) => repeats.add(id)).length, 0)
    assert.equal(ids.filter((id) => repeats.add(id)).length, 20_000)
  }
})
