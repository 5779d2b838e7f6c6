/** Real servers for the gateway's tests: upstreams of several tempers, and the gateway itself on a configuration text. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { connect, createServer as createSocketServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { pino } from 'pino'
import { startGateway } from '../../services/gateway/gateway.ts'
import type { Gateway, GatewayOptions } from '../../services/gateway/gateway.ts'
import { temporaryFolder } from '../folder.ts'

type Headers = Record<string, string | string[]>

export type LogRecord = Record<string, unknown> & {
  request: { id: string, uri: string, url: string, method: string, size: number, headers: Headers, querystring: object }
  response: { status: number, size: number, headers: Headers }
  latencies: { kong: number, proxy: number, request: number, receive: number }
  tries?: Array<{ ip: string, port: number, state?: string, code?: number }>
  upstream_status: string
  upstream_uri: string
  source: string
}

export interface Running {
  gateway: Gateway
  /** Its own folder: configuration and access log. */
  folder: string
  /** Closes the gateway and gives back what it logged. */
  stop (): Promise<LogRecord[]>
}

/** How long the gateway may be silent, and running requests may take to end: only a test that fails anyway waits for it. */
const graceMs = 120_000

/** Starts the gateway on a configuration; `access.log` beside it is the log that the configurations of tests name. */
export async function run (config: string, options: Partial<GatewayOptions> = {}): Promise<Running> {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'kong.yml'), config)
  const gateway = await startGateway({ config: join(folder, 'kong.yml'), host: '127.0.0.1', port: 0, log: pino({ level: 'silent' }), ...options })
  return {
    gateway,
    folder,
    stop: async () => {
      await gateway.close(graceMs)
      return readRecords(join(folder, 'access.log'))
    },
  }
}

/** The records of an access log; every line must be whole. */
export function readRecords (path: string): LogRecord[] {
  const text = readFileSync(path, 'utf8')
  if (text !== '' && !text.endsWith('\n')) throw new Error('the access log ends in the middle of a line')
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as LogRecord)
}

export interface Upstream {
  port: number
  url: string
  close (): Promise<void>
}

/** An HTTP server on a free port. */
export async function serve (handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Upstream> {
  const server = createServer({ keepAliveTimeout: 60_000 }, handler)
  // All of them: newer versions of Node refuse what is over the limit, older ones cut it off.
  server.maxHeadersCount = 0
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}`, close: async () => { server.closeAllConnections(); await new Promise((resolve) => { server.close(resolve) }) } }
}

/** A bare TCP server on a free port, for upstreams that break the rules. */
export async function serveSocket (handler: (socket: Socket) => void): Promise<Upstream> {
  const sockets = new Set<Socket>()
  const server = createSocketServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    handler(socket)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => { server.close(resolve) })
  }
  return { port, url: `http://127.0.0.1:${port}`, close }
}

const deaf = `
const { parentPort } = require('node:worker_threads')
const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`

/** A port where somebody listens who accepts nobody: two wait already, and whoever comes now is not even let wait. */
export async function serveDeaf (): Promise<Upstream> {
  const worker = new Worker(deaf, { eval: true })
  const [port] = await once(worker, 'message') as [number]
  const waiting = [1, 2].map(() => connect(port, '127.0.0.1'))
  await Promise.all(waiting.map(async (socket) => await once(socket, 'connect')))
  const close = async (): Promise<void> => {
    for (const socket of waiting) socket.destroy()
    await worker.terminate()
  }
  return { port, url: `http://127.0.0.1:${port}`, close }
}

/**
 * Sends bytes and gives back everything that comes until the connection ends. With `quietMs` the client hangs up when
 * the gateway has been silent for so long, as it may be after half a request.
 */
export async function exchangeBytes (port: number, bytes: string | Buffer, quietMs?: number): Promise<string> {
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect({ host: '127.0.0.1', port }, () => { socket.write(bytes) })
    socket.setTimeout(quietMs ?? graceMs, () => { socket.destroy(quietMs === undefined ? new Error('the gateway fell silent') : undefined) })
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error) })
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
  })
}

/** A gateway with one service at `url`, one route `/r` and an access log. */
export const configFor = (url: string, settings = ''): string => `
_format_version: "3.0"
services:
  - { name: s, url: "${url}"${settings} , routes: [{ name: r, paths: [/r] }] }
plugins: [{ name: file-log, config: { path: access.log } }]
`

/** The one record that there must be. */
export const only = (records: LogRecord[]): LogRecord => {
  assert.equal(records.length, 1)
  const [record] = records
  assert.ok(record)
  return record
}
