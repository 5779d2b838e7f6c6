/** The demo from the outside: everything that was sent is counted everywhere, and nothing is left running. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import type { ReportShape } from '../../services/cli/report/shape.ts'
import { moduleArguments } from '../built.ts'
import { temporaryFolder } from '../folder.ts'
import { gone } from './gone.ts'
import { runCommand } from './run-command.ts'

const folder = temporaryFolder()

test('the demo proves that every request is in ClickHouse once, and shows its breaches', async () => {
  const data = join(folder, 'run')
  // About 700 requests break every rule, also over the turn of a minute; a busy machine sends far fewer than it should.
  const { code, stdout, stderr } = await runCommand(['demo', '--for', '10s', '--rate', '300', '--data', data])
  assert.deepEqual([code, stderr], [0, ''], stdout)
  const proofs = [...stdout.matchAll(/^ {2}([✓✗]) (.*?) {2,}(.*)$/gm)]
  assert.deepEqual(proofs.map(([, mark]) => mark), ['✓', '✓', '✓', '✓', '✓'], stdout)
  const [sent, logged] = figuresOf(proofs[0]?.[3])
  assert.ok((sent ?? 0) > 0 && sent === logged, stdout)
  assert.deepEqual([...figuresOf(proofs[1]?.[3]), ...figuresOf(proofs[2]?.[3])], Array(6).fill(sent), stdout)
  // The tables shorten what does not fit, and on a busy machine there is more in them.
  const reported = await runCommand(['report', '--json', '--config', join(data, 'gatelens.yaml'), join(data, 'access.ndjson')])
  const { breaches, undocumented } = JSON.parse(reported.stdout) as ReportShape
  const rules = new Set(breaches.map(({ rule }) => rule))
  assert.deepEqual(['partner-minute-quota', 'error-ratio', 'slow-route', 'undocumented-use'].filter((rule) => !rules.has(rule)), [], stdout)
  const misused = undocumented.find(({ route }) => route === '/fhir/r4/internal/export/{uuid}')
  assert.deepEqual(misused?.partners.map(({ partner }) => partner), ['umbrella-health'])
  assert.deepEqual(readdirSync(folder), ['run'])
  assert.doesNotMatch(readFileSync(join(data, 'logs/processor.log'), 'utf8'), /"level":(50|60)/)
})

test('when the process that started a role is killed, the role ends by itself', async () => {
  const parent = spawn(process.execPath, [...moduleArguments('test/cli/role-parent.ts'), temporaryFolder()], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = await once(createInterface(parent.stdout), 'line') as [string]
  assert.equal((await fetch(url)).status, 404)
  parent.kill('SIGKILL')
  await gone(url)
})

function figuresOf (text = ''): number[] {
  return text.replaceAll(',', '').split(' = ').map(Number)
}
