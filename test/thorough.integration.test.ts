/** The tests of which each run tries a sample, in whole. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { globSync } from 'tinyglobby'
import { packageRoot } from '../services/runtime/package.ts'
import { moduleArguments } from './built.ts'

const files = globSync('test/**/*.test.ts', { cwd: packageRoot, ignore: '**/*.integration.test.ts' }).sort()
  .filter((file) => /\bruns\(|\btestDecoder\(|\/thorough\.ts'/.test(readFileSync(join(packageRoot, file), 'utf8')))

test('tests that are sampled are found', () => { assert.ok(files.length > 10) })

for (const file of files) {
  test(`${file} in whole`, async () => {
    // With the runner's mark it would answer in the runner's own format.
    const { NODE_TEST_CONTEXT: _mark, ...inherited } = process.env
    const env = { ...inherited, GATELENS_THOROUGH: '1' }
    const child = spawn(process.execPath, moduleArguments(file), { cwd: packageRoot, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
    assert.equal(code, 0, output)
  })
}
