import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { WorkerOptions } from 'node:worker_threads'

/**
 * Starts a thread from a file of the program: `name` without its ending, beside the module whose `import.meta.url` is `beside`. It runs
 * from the sources as well as built.
 */
export function startWorker (name: string, beside: string, options: WorkerOptions): Worker {
  const extension = extname(new URL(beside).pathname)
  const entry = new URL(`./${name}${extension}`, beside)
  if (extension !== '.ts') return new Worker(entry, options)
  // Run from its sources, the program has a loader on its main thread; a new thread needs one of its own.
  const loaded = `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register(); await import('${entry.href}')`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(loaded)}`), options)
}
