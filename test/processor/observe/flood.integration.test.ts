import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { moduleArguments } from '../../built.ts'

test('a million random label values leave the memory flat and the totals exact', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', ...moduleArguments('test/processor/observe/flood.ts')], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const { counted, overflow, early, late } = JSON.parse(stdout) as Record<string, number>
  assert.equal(counted, 1_000_000)
  assert.ok((overflow ?? 0) > 990_000, `${overflow} overflows`)
  assert.ok((late ?? 0) - (early ?? 0) < 8e6, `heap grew by ${(late ?? 0) - (early ?? 0)} bytes between 200,000 and 1,000,000 values`)
})
