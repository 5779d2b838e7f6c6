/** Connections whose senders write records one behind the other and get no answer: TCP, TLS and Unix sockets. */
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { listenError } from '../../runtime/http.ts'
import { cuttingOf } from '../framing.ts'
import type { Cutting } from '../framing.ts'
import { tlsOptions, wrongTls } from './listener-tls.ts'
import type { ListenerTls } from './listener-tls.ts'
import { OctetSplitter } from './octet-counting.ts'
import type { Received } from './received.ts'
import type { ConnectionOptions } from './socket-options.ts'
import { LineSplitter } from './stream-lines.ts'
import type { StreamLines } from './stream-lines.ts'

/** A listener that is open. */
export interface Connections {
  /** Where it listens, with the real port. */
  server: Server
  /** Takes nothing more, and ends all connections; what they have sent whole is kept. */
  close (): void
}

/** An address, or the path of a socket. */
export type Place = { host: string, port: number } | { path: string }

/** How connections are taken, and for which input. */
export interface Listening extends ConnectionOptions { name: string, tls?: ListenerTls | undefined }

/** What becomes of records before they are held, such as a header that is taken off. */
export type Prepare = (lines: StreamLines) => StreamLines

/**
 * Listens, and adds what connections send to `received`; while that is full none is read, so that senders wait. A record that a broken
 * connection leaves unfinished is added as it is. Throws PORT_IN_USE and CONFIG_INVALID.
 */
export async function openConnections (
  where: Place, { tls, ...options }: Listening, received: Received, prepare: Prepare = (lines) => lines
): Promise<Connections> {
  const sockets = new Set<Socket>()
  const take = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    read(socket, options, received, prepare)
  }
  const server = tls === undefined ? createServer(take) : createSecure(options.name, tls, take)
  server.maxConnections = options.max_connections
  // Scanners and broken handshakes are no affair of the other senders.
  server.on('tlsClientError', (_error, socket: Socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      resolve()
    })
  }).catch((error: unknown) => { throw listenError('path' in where ? where.path : `${where.host}:${where.port}`, error) })
  return {
    server,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function createSecure (input: string, tls: ListenerTls, take: (socket: Socket) => void): Server {
  try {
    return createTlsServer(tlsOptions(tls, handshakeMs), take)
  } catch (error) {
    throw wrongTls(input, error)
  }
}

/** Who opens a connection has this long to say who it is, ms. */
const handshakeMs = 10_000

function read (
  socket: Socket, { messages, idle, framing, max_record_bytes: maxBytes }: ConnectionOptions, received: Received, prepare: Prepare
): void {
  const cutting = cuttingOf(framing, maxBytes)
  let splitter = messages === 'auto' ? undefined : splitterOf(messages === 'octet-counted', cutting)
  /** The first bytes, while they do not tell how records follow each other. */
  let head: Buffer = Buffer.alloc(0)
  const add = (lines: StreamLines | undefined): void => {
    if (lines === undefined) return
    const { records, tooLong } = prepare(lines)
    received.add(records, tooLong)
  }
  const take = (piece: Buffer): void => {
    head = head.length === 0 ? piece : Buffer.concat([head, piece])
    if (splitter === undefined && mayBeLength(head)) return
    splitter ??= splitterOf(isOctetCounted(head), cutting)
    add(splitter.push(head))
    head = Buffer.alloc(0)
  }
  socket.setTimeout(idle, () => socket.destroy())
  socket.on('error', () => {})
  socket.on('data', (piece: Buffer) => {
    take(piece)
    if (!received.isFull) return
    socket.pause()
    received.whenDrained(() => socket.resume())
  })
  // Once, whether the sender ended the connection or it broke.
  socket.once('close', () => {
    splitter ??= splitterOf(false, cutting)
    add(splitter.push(head))
    add(splitter.end())
  })
}

function splitterOf (isCounted: boolean, cutting: Cutting): LineSplitter | OctetSplitter {
  return isCounted ? new OctetSplitter(cutting.maxBytes) : new LineSplitter(cutting)
}

/** A length and the priority of a syslog message; no log format has lines that begin so. */
function isOctetCounted (head: Buffer): boolean {
  return /^[1-9]\d{0,9} </.test(head.toString('latin1', 0, 16))
}

/** True while more bytes are needed to tell. */
function mayBeLength (head: Buffer): boolean {
  return /^(?:[1-9]\d{0,9} ?)?$/.test(head.toString('latin1', 0, 16))
}
