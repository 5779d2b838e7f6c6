/** The thread that asks sources over HTTP and reads their answers; it ends when nothing is to be asked. */
import { parentPort, workerData } from 'node:worker_threads'
import { Slots } from '../fetching/slots.ts'
import { fetchRemote } from '../fetching/remote.ts'
import type { RemoteState } from '../fetching/remote.ts'
import type { RemoteUnit } from '../fetching/remote-unit.ts'
import { openCache } from '../reading/cache.ts'
import type { Cached } from '../reading/cache.ts'
import type { FetchPolicy } from '../config.ts'

/** What the thread is told at its start; it is sent the units to ask. */
export interface AskWork { cache: string, policy: FetchPolicy, limitMs: number, beatMs: number }

/** What it says: that it lives, that it parses the answer of a source, how a source stands. */
export type AskMessage =
  | { kind: 'alive' }
  | { kind: 'begin', key: string }
  | { kind: 'asked', key: string, state: RemoteState, unsaved: Cached<unknown> | undefined }

const port = parentPort
if (port !== null) {
  const { cache: folder, policy, limitMs, beatMs } = workerData as AskWork
  const say = (message: AskMessage): void => { port.postMessage(message) }
  const cache = openCache(folder)
  const slots = new Slots(16, 1000)
  const ask = async (unit: RemoteUnit): Promise<void> => {
    const { key } = unit
    const { state, unsaved } = await fetchRemote(unit, { cache, policy, limitMs, begin: () => say({ kind: 'begin', key }) })
    say({ kind: 'asked', key, state, unsaved })
  }
  setInterval(say, beatMs, { kind: 'alive' } satisfies AskMessage)
  port.on('message', (unit: RemoteUnit) => { slots.run(async () => { await ask(unit) }).catch((error: unknown) => { throw error }) })
}
