import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { GatelensError, messageOf, systemCode } from './errors.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface Listener {
  /** The address in use; the port is the real one when 0 was asked for. */
  host: string
  port: number
  url: string
  server: Server
  /** Stops accepting, lets running requests end for at most `graceMs`, then cuts the rest. */
  close (graceMs?: number): Promise<void>
}

/** Longer than clients and proxies keep a connection: whoever closes first must not be the one who is being asked. */
const keepAliveTimeout = 65_000

/** How to listen: settings of the server, and with `tls` for HTTPS. */
export interface ListenOptions extends ServerOptions { tls?: TlsOptions | undefined }

/** Listens on `host:port`; port 0 picks a free one. Throws PORT_IN_USE with the address and what to do. */
export async function listen (
  address: { host: string, port: number }, handler: Handler, { tls, ...options }: ListenOptions = {}
): Promise<Listener> {
  const settings = { keepAliveTimeout, ...options }
  const server = tls === undefined ? createServer(settings, handler) : createTlsServer({ ...settings, ...tls }, handler)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.port, address.host, () => { server.off('error', reject); resolve() })
  }).catch((error: unknown) => { throw listenError(`${address.host}:${address.port}`, error) })
  const { port } = server.address() as AddressInfo
  const shown = address.host.includes(':') ? `[${address.host}]` : address.host
  return { host: address.host, port, url: `${tls === undefined ? 'http' : 'https'}://${shown}:${port}`, server, close: (graceMs = 5000) => close(server, graceMs) }
}

/** Answers with a small JSON document. */
export function sendJson (response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }).end(text)
}

/** What keeps us from listening at an address, `host:port` or the path of a socket. */
export function listenError (address: string, error: unknown): GatelensError {
  const code = systemCode(error)
  if (code === 'EADDRINUSE') return new GatelensError('PORT_IN_USE', `${describeAddress(address)} is in use`, { where: address, cause: error })
  return new GatelensError('PORT_IN_USE', `cannot listen: ${messageOf(error)}`, {
    where: address,
    cause: error,
    hint: code === 'EACCES' ? 'Ports below 1024 need extra rights; choose a higher one.' : 'Check that the address belongs to this machine.',
  })
}

function describeAddress (address: string): string {
  const at = address.lastIndexOf(':')
  return at === -1 || address.startsWith('/') ? 'the socket' : `port ${address.slice(at + 1)} on ${address.slice(0, at)}`
}

async function close (server: Server, graceMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  // Those that still carry an answer become idle later.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(timer)
  clearInterval(sweep)
}
