/** The thread beside the traffic: one look at all sources, then it ends and its memory is gone. */
import { parentPort, workerData } from 'node:worker_threads'
import { GatelensError } from '../../runtime/errors.ts'
import { handOver } from './hand-over.ts'
import { refreshCatalog } from './refresh.ts'
import type { RefreshRequest, RefreshResult } from './refresh.ts'
import type { ErrorCode } from '../../runtime/errors.ts'

/** What the worker says: what it is about to do, then how it ended. */
export type WorkerMessage =
  | { kind: 'begin', name: string }
  | { kind: 'result', result: RefreshResult }
  | { kind: 'error', code: ErrorCode, message: string, where: string, hint: string }

const port = parentPort
if (port !== null) {
  const say = (message: WorkerMessage, transfer: ArrayBuffer[] = []): void => { port.postMessage(message, transfer) }
  await refreshCatalog(workerData as RefreshRequest, (name) => say({ kind: 'begin', name })).then(
    (result) => {
      const { handed, transfer } = handOver(result)
      say({ kind: 'result', result: handed }, transfer)
    },
    (error: unknown) => {
      if (!(error instanceof GatelensError)) throw error
      say({ kind: 'error', code: error.code, message: error.message, where: error.where, hint: error.hint })
    })
}
