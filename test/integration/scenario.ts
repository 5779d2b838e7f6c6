import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { pause } from '../../services/runtime/shutdown.ts'
import { deserter, forgetWitnesses, lastWords } from './launch.ts'

/** How long a scenario may take. It is there to end what hangs, so it is far more than a busy machine needs. */
const limit = 600_000

/** What is being waited for. */
const awaited = new Set<string>()

/**
 * A test with processes of its own. When it fails, or hangs, it prints what was being waited for and the last lines of
 * all that was launched, so that the output alone tells why. `servers` are the names of those that outlive a test.
 */
export function scenario (name: string, body: (t: TestContext) => Promise<void>, servers: readonly string[] = ['broker']): void {
  test(name, { timeout: limit + 60_000 }, async (t) => {
    forgetWitnesses(servers)
    awaited.clear()
    const done = new AbortController()
    try {
      await Promise.race([body(t), hang(done.signal)])
    } catch (error) {
      process.stderr.write(`${[`failed: ${name}`, ...[...awaited].map((what) => `--- waiting for ${what}`), lastWords()].join('\n')}\n`)
      throw error
    } finally {
      done.abort()
    }
  })
}

/** Waits until something has come to pass. Throws when the test is over, or when a process has ended by itself. */
export async function until (t: TestContext, what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  awaited.add(what)
  while (!await condition()) {
    if (deserter() !== '') throw new Error(deserter())
    if (t.signal.aborted) throw new Error(`the test is over; it waited for ${what}`)
    await pause(100, t.signal)
  }
  awaited.delete(what)
}

async function hang (done: AbortSignal): Promise<void> {
  await pause(limit, done)
  if (!done.aborted) throw new Error(`not done after ${limit / 1000} s`)
  await new Promise(() => {})
}
