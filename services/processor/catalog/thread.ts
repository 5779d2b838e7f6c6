/** Starts threads beside the traffic. */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** A quarter of what the engine takes: a catalog compiles as fast with it, at a tenth less memory. */
const maxYoungGenerationSizeMb = 12

/** Starts the thread that the file `name` in this folder describes, with a limit on its memory (bytes). */
export function startThread (name: string, workerData: unknown, memory: number): Worker {
  const options = { workerData, resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memory / 1024 ** 2), maxYoungGenerationSizeMb } }
  const extension = extname(import.meta.filename)
  const entry = new URL(`./${name}${extension}`, import.meta.url)
  if (extension !== '.ts') return new Worker(entry, options)
  // Run from its sources, the program has a loader on its main thread; a new thread needs one of its own.
  const loaded = `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register(); await import('${entry.href}')`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(loaded)}`), options)
}
