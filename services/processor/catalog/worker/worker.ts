/** The thread beside the traffic: fetches sources, several at a time, and compiles catalogs. It runs until it is ended. */
import { parentPort, workerData } from 'node:worker_threads'
import { GatelensError } from '../../../runtime/errors.ts'
import { fetchRemote } from '../fetching/remote.ts'
import { Slots } from '../fetching/slots.ts'
import { catalogSources } from '../index.ts'
import { openCache } from '../reading/cache.ts'
import type { NumberedJob, ThreadMessage, ThreadSetup } from './job.ts'
import { refreshCatalog } from './refresh.ts'
import { prepareTransfer } from './transfer.ts'

const port = parentPort
if (port !== null) {
  const { cache: folder, policy, limitMs, beatMs } = workerData as ThreadSetup
  const say = (message: ThreadMessage, transfer: ArrayBuffer[] = []): void => { port.postMessage(message, transfer) }
  const fetching = { cache: openCache(folder), policy, sources: catalogSources, limitMs }
  const slots = new Slots(16, 1000)

  const work = async ({ id, job }: NumberedJob): Promise<void> => {
    const begin = (document: string): void => say({ kind: 'reading', id, document })
    if (job.kind === 'fetch') {
      const { unit } = job
      const { state, unsaved } = await fetchRemote(unit, { ...fetching, begin: () => begin(unit.label) })
      say({ kind: 'done', id, result: { state, unsaved } })
    } else {
      const { result, transfer } = prepareTransfer(await refreshCatalog(job.request, begin))
      say({ kind: 'done', id, result }, transfer)
    }
  }
  const fail = (id: number, error: unknown): void => {
    if (!(error instanceof GatelensError)) throw error
    say({ kind: 'failed', id, code: error.code, message: error.message, where: error.where, hint: error.hint })
  }

  setInterval(say, beatMs, { kind: 'alive' } satisfies ThreadMessage)
  port.on('message', (numbered: NumberedJob) => {
    slots.run(async () => { await work(numbered) }).catch((error: unknown) => { fail(numbered.id, error) })
  })
}
