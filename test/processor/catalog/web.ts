import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after } from 'node:test'
import { sourceFolder } from '../../built.ts'

/** A server on loopback with the requests that it saw; it is closed when the test file ends. */
export interface Web { url: string, port: number, seen: IncomingMessage[] }

/** A self-signed certificate for 127.0.0.1 and localhost, and its key. */
export const certificate = {
  key: readFileSync(join(sourceFolder(import.meta.dirname), 'tls/key.pem')),
  cert: readFileSync(join(sourceFolder(import.meta.dirname), 'tls/cert.pem')),
}

/** Starts a server that hands each request to `answer`. */
export async function web (answer: (request: IncomingMessage, response: ServerResponse) => void, secure = false): Promise<Web> {
  const seen: IncomingMessage[] = []
  const listener: RequestListener = (request, response) => {
    seen.push(request)
    answer(request, response)
  }
  const kept = { keepAliveTimeout: 60_000 }
  const server = secure ? createSecureServer({ ...certificate, ...kept }, listener) : createServer(kept, listener)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`, port, seen }
}
