import { setTimeout as after } from 'node:timers/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listen } from '../../runtime/http.ts'
import type { Listener } from '../../runtime/http.ts'

/** Headers by which the traffic tells an upstream how to answer. */
export const script = { status: 'x-demo-status', delay: 'x-demo-delay' } as const

/** Starts one small backend a name on free loopback ports; each answers as the request's `x-demo-…` headers ask. */
export async function startUpstreams (names: string[]): Promise<Map<string, Listener>> {
  const listeners = await Promise.all(names.map(async (name) => listen({ host: '127.0.0.1', port: 0 }, (request, response) => {
    answer(name, request, response).catch(() => response.destroy())
  })))
  return new Map(names.map((name, index) => [name, listeners[index] as Listener]))
}

async function answer (name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume()
  const delay = Math.min(Number(request.headers[script.delay] ?? 20), 5000)
  const status = Number(request.headers[script.status] ?? 200)
  await after(Number.isFinite(delay) ? delay : 0)
  const body = `${JSON.stringify({ service: name, status, items: 'x'.repeat(200) })}\n`
  response.writeHead(Number.isInteger(status) && status >= 200 && status < 600 ? status : 200, { 'content-type': 'application/json' })
  response.end(status === 204 ? undefined : body)
}
