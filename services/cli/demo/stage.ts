import { fileURLToPath } from 'node:url'
import { GatelensError } from '../../runtime/errors.ts'
import { startChild } from './child.ts'
import type { Child } from './child.ts'
import type { DemoFolder } from './folder.ts'
import { anyAddress, freeAddress } from './ports.ts'
import type { Places } from './screen.ts'
import { startUpstreams } from './upstreams.ts'
import { upstreamNames, writeKong, writeProcessorConfig } from './world.ts'

/** Everything that runs for the demo besides the traffic. */
export interface Stage {
  places: Places
  /** Ends the gateway; all that it answered is in its log then. */
  stopGateway (): Promise<void>
  /** Rejects when a role ends that should not; never resolves. */
  broken: Promise<never>
  /** Ends the roles in the order of the flow, so that what is on its way still lands. */
  close (): Promise<void>
}

/** This program: the roles are started from it. */
const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url))

/** Starts four upstreams, the store, the gateway and the processor, the usual ports first. What started is ended on failure. */
export async function startStage (folder: DemoFolder): Promise<Stage> {
  const upstreams = await startUpstreams(upstreamNames())
  const children: Child[] = []
  const close = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.stop()
    await Promise.all([...upstreams.values()].map((listener) => listener.close(0)))
  }
  const start = async (name: string, address: string, argsAt: (address: string) => string[]): Promise<Child> => {
    const attempt = (at: string): Promise<Child> => startChild(name, main, [name, ...argsAt(at)], folder.logOf(name))
    // Someone may take the port between our look and the start.
    const child = await attempt(address).catch((error: unknown) => address === anyAddress ? Promise.reject(error) : attempt(anyAddress))
    children.push(child)
    return child
  }
  try {
    const store = await start('store', await freeAddress(8123), (address) => ['--data', folder.storeData, '--listen', address])
    writeKong(folder, new Map([...upstreams].map(([name, listener]) => [name, listener.url])))
    const gateway = await start('gateway', await freeAddress(8000), (address) => ['--config', folder.kong, '--listen', address])
    const processor = await start('processor', await freeAddress(9464), (address) => {
      writeProcessorConfig(folder, { store: store.url, metrics: address })
      return ['--config', folder.config]
    })
    const broken = Promise.race(children.map(async (child) => await endsEarly(child, folder)))
    broken.catch(() => {})
    return { places: { gateway: gateway.url, metrics: processor.url, store: store.url }, stopGateway: gateway.stop, broken, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function endsEarly (child: Child, folder: DemoFolder): Promise<never> {
  const code = await child.ended
  if (child.stopping()) return await new Promise<never>(() => {})
  throw new GatelensError('INTERNAL', `the ${child.name} ended with ${code} in the middle of the demo`, { where: folder.logOf(child.name), hint: 'Its log says why.' })
}
