import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

test('a match allocates its result and nothing else', () => {
  const flags = ['--expose-gc', '--max-semi-space-size=128', '--import', 'tsx']
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, join(import.meta.dirname, 'allocation.ts')], { encoding: 'utf8' })
  const { bytes } = JSON.parse(stdout || '{}') as { bytes?: number }
  assert.ok(bytes !== undefined, stderr)
  // Eleven fields and a header of three words.
  assert.ok(bytes <= 14 * 8 + 1, `${bytes} bytes a match`)
})
