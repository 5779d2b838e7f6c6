/** Runs refreshes on a thread of their own, within limits of memory and time. */
import { GatelensError, messageOf, systemCode } from '../../runtime/errors.ts'
import type { RefreshRequest, RefreshResult } from './refresh.ts'
import { startThread } from './thread.ts'
import type { WorkerMessage } from './worker.ts'

/**
 * Looks at the sources on another thread. A document that takes more memory or time than there is is left out, with a
 * problem that says so, and the rest is tried again. Throws as refreshing does, and CATALOG_COMPILE when it is not one
 * document that is too much, but all of them together.
 */
export async function runRefresh (request: RefreshRequest, signal: AbortSignal): Promise<RefreshResult> {
  const oversized = new Map(request.oversized)
  for (;;) {
    if (signal.aborted) throw new GatelensError('CATALOG_COMPILE', 'the processor ends')
    const outcome = await runOnce({ ...request, oversized }, signal)
    if (!('exceeded' in outcome)) return outcome
    const { document, exceeded } = outcome
    if (document === '' || oversized.has(document)) throw new GatelensError('CATALOG_COMPILE', exceeded)
    oversized.set(document, `the document was left out: ${exceeded}`)
  }
}

/** The document that was being read, '' when all were compiled together, and the limit that it exceeded. */
interface Exceeded { document: string, exceeded: string }

async function runOnce (request: RefreshRequest, signal: AbortSignal): Promise<RefreshResult | Exceeded> {
  const { memory, timeout } = request.config.compile
  const worker = startThread('worker', request, memory)
  let document = ''
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => { worker.terminate().catch(() => {}) }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise<RefreshResult | Exceeded>((resolve, reject) => {
      const watch = (): void => {
        clearTimeout(timer)
        timer = setTimeout(() => { resolve({ document, exceeded: `reading took longer than ${timeout} ms (catalog.compile.timeout)` }) }, timeout)
      }
      watch()
      worker.on('message', (message: WorkerMessage) => {
        watch()
        if (message.kind === 'begin') document = message.name
        else if (message.kind === 'result') resolve(message.result)
        else reject(new GatelensError(message.code, message.message, message))
      })
      worker.on('error', (error) => {
        const isOutOfMemory = systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY'
        if (isOutOfMemory) resolve({ document, exceeded: `reading took more than ${Math.round(memory / 1e6)} MB (catalog.compile.memory)` })
        else if (document !== '') resolve({ document, exceeded: `reading failed: ${messageOf(error)}` })
        else reject(error)
      })
      worker.on('exit', () => { reject(new GatelensError('CATALOG_COMPILE', 'the worker ended before its work')) })
    })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    await worker.terminate().catch((error: unknown) => messageOf(error))
  }
}
