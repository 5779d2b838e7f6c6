import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** What the server does with a path: a text with its ETag, or whatever a function does. */
export type Page = string | ((request: IncomingMessage, response: ServerResponse) => void)

/** A server of documents on loopback, for one test. */
export interface DocumentServer {
  url: string
  pages: Map<string, Page>
  /** `200 /a.yaml`, one an answer, in their order. */
  answers: string[]
}

/** Starts a server that answers 304 to a matching If-None-Match, as a file server does; it ends with the test. */
export async function serveDocuments (t: TestContext, pages: Record<string, Page>): Promise<DocumentServer> {
  const known = new Map(Object.entries(pages))
  const answers: string[] = []
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const path = request.url ?? '/'
    response.on('finish', () => { answers.push(`${response.statusCode} ${path}`) })
    const page = known.get(path)
    if (typeof page === 'function') return page(request, response)
    if (page === undefined) return response.writeHead(404).end()
    const etag = `"${createHash('sha1').update(page).digest('hex')}"`
    if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end()
    response.writeHead(200, { etag, 'content-type': 'application/yaml' }).end(page)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pages: known, answers }
}

/** A small API document in which each path has a GET. */
export function apiDocument (title: string, ...paths: string[]): string {
  return `openapi: 3.1.0\ninfo: { title: ${title}, version: '1' }\npaths:\n${paths.map((path) =>
    `  ${path}: { get: { operationId: 'get${path.replace(/\W/g, '')}', responses: { '200': { description: fine } } } }\n`).join('')}`
}
