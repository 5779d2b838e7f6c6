/** The thread that asks sources over HTTP and reads their answers; it ends when nothing is to be asked. */
import { parentPort, workerData } from 'node:worker_threads'
import { Lanes } from './lanes.ts'
import { askRemote } from './remote.ts'
import type { RemoteState } from './remote.ts'
import type { RemoteUnit } from './remote-unit.ts'
import { openShelf } from './shelf.ts'
import type { Kept } from './shelf.ts'
import type { FetchPolicy } from './sources.ts'

/** What the thread is told at its start; it is sent the units to ask. */
export interface AskWork { shelf: string, policy: FetchPolicy, limitMs: number, beatMs: number }

/** What it says: that it lives, that it parses the answer of a source, how a source stands. */
export type AskMessage =
  | { kind: 'alive' }
  | { kind: 'begin', key: string }
  | { kind: 'asked', key: string, state: RemoteState, loose: Kept<unknown> | undefined }

const port = parentPort
if (port !== null) {
  const { shelf: folder, policy, limitMs, beatMs } = workerData as AskWork
  const say = (message: AskMessage): void => { port.postMessage(message) }
  const shelf = openShelf(folder)
  const lanes = new Lanes(16, 1000)
  const ask = async (unit: RemoteUnit): Promise<void> => {
    const { key } = unit
    const { state, loose } = await askRemote(unit, { shelf, policy, limitMs, begin: () => say({ kind: 'begin', key }) })
    say({ kind: 'asked', key, state, loose })
  }
  setInterval(say, beatMs, { kind: 'alive' } satisfies AskMessage)
  port.on('message', (unit: RemoteUnit) => { lanes.run(async () => { await ask(unit) }).catch((error: unknown) => { throw error }) })
}
