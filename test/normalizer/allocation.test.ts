import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { moduleArguments } from '../built.ts'

// Eleven fields and a header of three words.
const most = 14 * 8 + 1

test('a match allocates its result and nothing else', () => {
  const flags = ['--expose-gc', '--max-semi-space-size=128', ...moduleArguments('test/normalizer/allocation.ts')]
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, String(most)], { encoding: 'utf8' })
  const { bytes } = JSON.parse(stdout || '{}') as { bytes?: number }
  assert.ok(bytes !== undefined, stderr)
  assert.ok(bytes <= most, `${bytes} bytes a match`)
})
