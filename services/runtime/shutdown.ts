import { printable } from './printable.ts'

/** Runs `stop` once at the first SIGINT or SIGTERM; a second signal ends the process at once with 130. */
export function onShutdown (stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let stopping = false
  const handler = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(130)
    stopping = true
    stop(signal).then(() => process.exit(0), (error: unknown) => {
      process.stderr.write(printable(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`))
      process.exit(1)
    })
  }
  process.on('SIGINT', handler)
  process.on('SIGTERM', handler)
}

/** Runs `reload` at every SIGHUP, as services do. */
export function onReload (reload: () => Promise<void>): void {
  process.on('SIGHUP', () => { reload().catch((error: unknown) => { process.stderr.write(printable(`${String(error)}\n`)) }) })
}

/** Resolves after `ms` milliseconds, or at once when the signal aborts; never rejects. */
export async function pause (ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done, { once: true })
  })
}

/** Waits until `promise` has settled, for at most `ms` milliseconds; never rejects, and leaves no timer behind. */
export async function settleWithin (promise: Promise<unknown>, ms: number): Promise<void> {
  const settled = new AbortController()
  await Promise.race([promise.then(() => {}, () => {}), pause(ms, settled.signal)])
  settled.abort()
}
