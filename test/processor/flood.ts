/** Runs bounds-flood.ts and holds what it prints to the bounds that it was configured with. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { setPriority } from 'node:os'
import { promisify } from 'node:util'
import { moduleArguments } from '../built.ts'
import { endWithUs } from '../integration/launch.ts'

const MiB = 2 ** 20

/** Sends that many requests with random paths through a processor's stages; the heap may grow by `growth` MiB in the last four fifths. */
export async function flood (requests: number, growth: number): Promise<void> {
  const running = promisify(execFile)(process.execPath, ['--expose-gc', '--max-semi-space-size=32', ...moduleArguments('test/processor/bounds-flood.ts'), String(requests)])
  endWithUs(running.child)
  if (running.child.pid !== undefined) setPriority(running.child.pid, 10)
  const found = JSON.parse((await running).stdout) as Record<string, number> & { outcomes: Record<string, number> }
  const text = JSON.stringify(found)
  assert.deepEqual([found.durations, found.matches, found.partners], [requests, requests, requests], `every request is counted: ${text}`)
  for (const outcome of ['matched', 'inferred', 'unmatched', 'malformed']) assert.ok((found.outcomes[outcome] ?? 0) > 0, text)
  assert.equal(found.inferred, 2000, 'the budget of inferred routes is used up, and no more')
  assert.ok((found.undeclared ?? Infinity) <= 2002 && (found.longest ?? Infinity) <= 256, text)
  assert.ok(found.routes === 801 && (found.services ?? Infinity) <= 26, text)
  assert.ok((found.series ?? Infinity) <= 60_000, text)
  assert.ok((found.late ?? Infinity) - (found.early ?? 0) < growth * MiB, `the heap stays flat: ${text}`)
  assert.ok((found.rss ?? Infinity) < 500 * MiB, text)
}
