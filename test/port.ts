import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * A port of 127.0.0.1 where nobody listens, and that the system gives to nobody as long as this process lives: a
 * connection of our own is bound to it. Who asks for it by its number can listen there, end, and listen again (as servers
 * do on Linux, with SO_REUSEADDR). A port that was only free a moment ago may be another's by then.
 */
export async function reservePort (): Promise<number> {
  const keeper = createServer((socket) => { socket.unref() }).unref().listen(0, '127.0.0.1')
  await once(keeper, 'listening')
  const bound = connect({ host: '127.0.0.1', port: (keeper.address() as AddressInfo).port, localAddress: '127.0.0.1' })
  await once(bound, 'connect')
  bound.unref()
  return bound.localPort ?? 0
}
