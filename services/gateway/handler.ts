import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { messageOf } from '../runtime/errors.ts'
import type { Logger } from '../runtime/log.ts'
import { runAccess } from './chain.ts'
import type { Chains } from './chain.ts'
import { Exchange, headerValues, setUpstreamHeader } from './exchange.ts'
import type { Arrival } from './exchange.ts'
import { withoutPort } from './headers.ts'
import { escapePath, joinPath, splitTarget } from './path.ts'
import type { Target } from './path.ts'
import type { Answer } from './plugin.ts'
import { proxy } from './proxy.ts'
import type { ProxyParts } from './proxy.ts'
import { dropFromQuery } from './query.ts'
import { messages, respond } from './respond.ts'
import type { RouteMatch, Router } from './router.ts'
import { continueTrace, traceparent } from './trace.ts'

/**
 * What to do about W3C trace context: `start` continues the caller's trace or starts one, `continue` only continues,
 * `off` passes the header on as it came and logs no trace id.
 */
export type Tracing = 'start' | 'continue' | 'off'

export interface HandlerParts {
  router: Router
  chains: Chains
  proxyParts: ProxyParts
  tracing: Tracing
  /** True for peers whose `X-Forwarded-*` and `X-Real-IP` are believed. */
  trusts: (address: string) => boolean
  log: Logger
}

/** Figures since the start. */
export interface Counters {
  requests: number
  active: number
  /** Clients that went away before the response was complete. */
  aborted: number
  /** Connections that sent something other than HTTP. */
  malformed: number
  /** Responses by class: `2xx`, …; `499` is an aborted request without a response. */
  statuses: Record<string, number>
}

export interface GatewayHandler {
  counters: Counters
  handle (request: IncomingMessage, response: ServerResponse): void
  /** True while a response is under way on the connection. */
  busy (socket: object): boolean
  /** From now on connections are closed after the response they carry. `idle` is called after each response. */
  drain (idle: () => void): void
  /** Resolves when no response is under way and all are logged; the connections must be closed before. */
  settle (): Promise<void>
}

/** The way of a request: route, access phase, upstream or answer, and, when the response has ended, the log phase. */
export function createHandler (parts: HandlerParts): GatewayHandler {
  const counters: Counters = { requests: 0, active: 0, aborted: 0, malformed: 0, statuses: {} }
  const active = new Map<ServerResponse, Socket>()
  const written = new WeakMap<Socket, number>()
  let idle: (() => void) | undefined
  let settled: (() => void) | undefined

  const finish = (exchange: Exchange, socket: Socket): void => {
    if (!active.delete(exchange.response)) return
    exchange.stop?.()
    exchange.responseBytes = Math.max(0, socket.bytesWritten - (written.get(socket) ?? 0))
    written.set(socket, socket.bytesWritten)
    count(counters, exchange)
    close(exchange, parts.log)
    if (idle !== undefined) setImmediate(idle)
    if (active.size === 0) settled?.()
  }

  return {
    counters,
    busy: (socket) => [...active.values()].some((item) => item === socket),
    drain: (whenIdle) => {
      idle = whenIdle
      for (const response of active.keys()) if (!response.headersSent) response.shouldKeepAlive = false
    },
    settle: async () => {
      if (active.size > 0) await new Promise<void>((resolve) => { settled = resolve })
    },
    handle: (request, response) => {
      counters.requests++
      counters.active++
      const { socket } = request
      const exchange = new Exchange(request, response, arrivalOf(request, parts.trusts))
      active.set(response, socket)
      if (idle !== undefined) response.shouldKeepAlive = false
      response.once('close', () => finish(exchange, socket))
      // A response that waits behind another on a pipelined connection hears nothing when that breaks; its request does.
      request.once('close', () => { if (request.errored !== null) finish(exchange, socket) })
      try {
        begin(exchange, parts)
      } catch (error) {
        fail(exchange, error, parts.log)
      }
    },
  }
}

const nowhere = { authority: '', uri: '', path: '', query: undefined }

function arrivalOf (request: IncomingMessage, trusts: (address: string) => boolean): Arrival {
  const target = splitTarget(request.url ?? '') ?? nowhere
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
  const trusted = trusts(peer)
  const real = request.headers['x-real-ip']
  const authority = target.authority || (request.headers.host ?? '')
  return {
    target,
    authority,
    host: authority.toLowerCase(),
    port: request.socket.localPort ?? 0,
    peer,
    clientIp: trusted && typeof real === 'string' && /^[0-9a-fA-F.:]{2,45}$/.test(real) ? real : peer,
    trusted,
  }
}

function begin (exchange: Exchange, parts: HandlerParts): void {
  const { request, method, arrival: { target, host } } = exchange
  exchange.hooks = parts.chains.global
  const refusal = refuseHead(request, target, host)
  if (refusal !== undefined) return respond(exchange, { ...refusal, headers: { Connection: 'close' } })
  if (method === 'TRACE' || method === 'CONNECT') return respond(exchange, { status: 405, message: messages[405] })
  const match = parts.router.match({
    method, host, defaultPort: 80, path: exchange.path, header: (name) => request.headersDistinct[name] ?? [],
  })
  if (match === undefined) return respond(exchange, { status: 404, message: messages[404] })
  const redirect = secureOnly(exchange, match)
  if (redirect !== undefined) return respond(exchange, redirect)
  take(exchange, match, parts.tracing)
  const answer = runAccess(exchange, parts.chains.of(match.route))
  if (!(answer instanceof Promise)) return proceed(exchange, answer, parts)
  answer.then((late) => proceed(exchange, late, parts)).catch((error: unknown) => fail(exchange, error, parts.log))
}

/** Most headers of a request; the bound on their bytes comes first for all but the shortest. */
const mostHeaders = 1000

/**
 * Heads that are not passed on. The parser also takes versions that were never (0.9 with headers) or not in this form (2.0).
 * RFC 9112 §6.1: a body can only be passed on when `chunked` is all that was done to it, and not by a client of HTTP/1.0.
 */
function refuseHead (request: IncomingMessage, target: Target, host: string): Answer | undefined {
  const { headers, httpVersion, rawHeaders } = request
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return { status: 505, message: messages[505] }
  if (target.path === '' || !hostIsValid(request, host)) return { status: 400, message: messages[400] }
  if (rawHeaders.length > mostHeaders * 2) return { status: 431, message: messages[494] }
  const coding = headers['transfer-encoding']
  if (coding === undefined || (httpVersion === '1.1' && /^chunked$/i.test(coding))) return undefined
  return httpVersion === '1.1' ? { status: 501, message: 'Transfer coding is not supported' } : { status: 400, message: messages[400] }
}

/** RFC 9112 §3.2: exactly one Host, and a valid one. */
function hostIsValid (request: IncomingMessage, host: string): boolean {
  const given = request.headersDistinct.host?.length ?? 0
  if (given > 1 || (given === 0 && request.httpVersion === '1.1')) return false
  return /^[^\s/\\?#@,<>"^`{|}]*$/.test(host)
}

function secureOnly (exchange: Exchange, { route }: RouteMatch): Answer | undefined {
  const { protocols, https_redirect_status_code: status } = route.entry
  const forwarded = exchange.arrival.trusted ? exchange.request.headers['x-forwarded-proto'] : undefined
  if (protocols.includes('http') || forwarded === 'https') return undefined
  if (status === 426) return { status, message: 'Please use HTTPS protocol', headers: { Connection: 'Upgrade, close', Upgrade: 'TLS/1.2, HTTP/1.1' } }
  return { status, message: 'Please use HTTPS protocol', headers: { Location: `https://${withoutPort(exchange.arrival.host)}${exchange.arrival.target.uri}` } }
}

function take (exchange: Exchange, { route, matched }: RouteMatch, tracing: Tracing): void {
  exchange.hooks = []
  exchange.route = route
  exchange.service = route.service
  exchange.matched = matched
  exchange.upstreamUri = upstreamUri(exchange)
  const [given] = headerValues(exchange, 'traceparent')
  if (tracing === 'off' || (tracing === 'continue' && given === undefined)) return
  exchange.trace = continueTrace(given)
  setUpstreamHeader(exchange, 'traceparent', traceparent(exchange.trace))
}

function upstreamUri (exchange: Exchange): string {
  const { route, service, matched, path, arrival: { target }, hiddenQuery } = exchange
  const joined = escapePath(joinPath({
    base: service?.path ?? '/', path, matched, strip: route?.entry.strip_path === true, handling: route?.entry.path_handling ?? 'v0',
  }))
  if (target.query === undefined) return joined
  const query = hiddenQuery.length === 0 ? target.query : dropFromQuery(target.query, new Set(hiddenQuery))
  return query === '' && hiddenQuery.length > 0 ? joined : `${joined}?${query}`
}

function proceed (exchange: Exchange, answer: Answer | undefined, { proxyParts }: HandlerParts): void {
  if (exchange.response.destroyed) return
  if (exchange.hiddenQuery.length > 0) exchange.upstreamUri = upstreamUri(exchange)
  if (answer !== undefined) return respond(exchange, answer)
  if (exchange.service === undefined) return respond(exchange, { status: 503, message: 'no Service found with those values' })
  if (/^websocket$/i.test(exchange.request.headers.upgrade ?? '')) return respond(exchange, { status: 501, message: messages[501] })
  proxy(exchange, exchange.service, proxyParts)
}

function fail (exchange: Exchange, error: unknown, log: Logger): void {
  log.error({ reason: messageOf(error), route: exchange.route?.name }, 'a request could not be handled')
  if (exchange.response.headersSent) exchange.response.destroy()
  else respond(exchange, { status: 500, message: messages[500] })
}

function count (counters: Counters, exchange: Exchange): void {
  counters.active--
  if (!exchange.response.writableFinished) counters.aborted++
  const label = exchange.status === 0 ? '499' : `${Math.floor(exchange.status / 100)}xx`
  counters.statuses[label] = (counters.statuses[label] ?? 0) + 1
}

/** The response has ended, one way or the other: the log phase. */
function close (exchange: Exchange, log: Logger): void {
  exchange.endedAt = performance.now()
  if (exchange.status === 0) {
    exchange.status = 499
    exchange.source = exchange.proxied ? 'upstream' : 'kong'
  }
  for (const hooks of exchange.hooks) {
    try {
      hooks.log?.(exchange)
    } catch (error) {
      log.error({ reason: messageOf(error) }, 'a log plugin failed')
    }
  }
}
