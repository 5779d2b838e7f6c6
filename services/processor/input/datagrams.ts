/** Datagrams: each is one record or some lines. What comes while nobody can take it is lost, and counted. */
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { listenError } from '../../runtime/http.ts'
import type { Cutting } from '../framing.ts'
import { cutAll } from './cut-records.ts'
import type { Lines } from './lines.ts'
import type { Received } from './received.ts'

/** A socket that is bound. */
export interface Datagrams {
  address: AddressInfo
  close (): void
}

/**
 * Where; how much the kernel may hold for us, bytes (0 = its default); how records are cut; and who is told of datagrams that were
 * lost.
 */
export interface DatagramOptions { host: string, port: number, buffer: number, cutting: Cutting, lose: (datagrams: number) => void }

/** How often the kernel is asked how many it threw away, ms. */
const lookMs = 1000

/** Binds a socket, and adds what comes to `received`. Throws PORT_IN_USE. */
export async function openDatagrams (
  { host, port, buffer, cutting, lose }: DatagramOptions, received: Received, prepare: (lines: Lines) => Lines = (lines) => lines
): Promise<Datagrams> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', ...buffer > 0 ? { recvBufferSize: buffer } : {} })
  socket.on('message', (content) => {
    if (received.isFull) return lose(1)
    const lines = cutAll(content, cutting, 0)
    received.add(prepare(lines).records, lines.tooLong)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, host, () => {
      socket.off('error', reject)
      resolve()
    })
  }).catch((error: unknown) => { throw listenError(`${host}:${port}`, error) })
  socket.on('error', () => {})
  const address = socket.address()
  const stop = watchDrops(address, lose)
  return {
    address,
    close: () => {
      stop()
      socket.removeAllListeners('message')
      try { socket.close() } catch { /* It is closed already. */ }
    },
  }
}

/** Tells what the kernel threw away because its buffer for the socket was full. Linux alone says so. */
function watchDrops (address: AddressInfo, lose: (datagrams: number) => void): () => void {
  let told = dropsOf(address) ?? 0
  const look = (): void => {
    const drops = dropsOf(address)
    if (drops === undefined || drops <= told) return
    lose(drops - told)
    told = drops
  }
  const timer = setInterval(look, lookMs).unref()
  return () => {
    look()
    clearInterval(timer)
  }
}

/** The last column of the line of a socket in /proc/net/udp: https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt */
function dropsOf ({ port, family }: AddressInfo): number | undefined {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  try {
    const lines = readFileSync(family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp', 'latin1').split('\n')
    const own = lines.map((line) => line.trim().split(/\s+/)).find(([, local = '']) => local.endsWith(ending))
    return own === undefined ? undefined : Number(own.at(-1))
  } catch {
    return undefined
  }
}
