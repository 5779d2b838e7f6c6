import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Consumer, Credential, Route, Service } from './entities.ts'
import { randomHex } from './ids.ts'
import { normalizePath } from './path.ts'
import type { Target } from './path.ts'
import type { Hooks } from './plugin.ts'
import { parseQuery } from './query.ts'
import type { Query } from './query.ts'
import type { Trace } from './trace.ts'

/** One attempt to reach an upstream. */
export interface Try {
  ip: string
  port: number
  /** Epoch ms. */
  balancer_start: number
  /** Time to choose the target, ms. */
  balancer_latency: number
  state?: 'failed'
  code?: number
}

/** A header as it goes over the wire, or undefined for one that is taken away. */
export type HeaderChange = { name: string, value: string } | undefined

/** One request and what became of it, from its first byte to its log record. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** 32 hex digits. */
  readonly id: string
  /** Epoch ms. */
  readonly startedAt: number
  /** Monotonic clock at the start, ms. */
  readonly start: number
  readonly method: string
  readonly target: Target
  /** Normalised path. */
  readonly path: string
  /** Lower case, with port if the client sent one; '' when there is none. */
  readonly host: string
  /** Port of the gateway that took the request. */
  readonly port: number
  /** The peer of the connection. */
  readonly peer: string
  /** The client: the peer, or what a trusted peer says. */
  readonly clientIp: string
  readonly trusted: boolean
  readonly query: Query
  route: Route | undefined
  service: Service | undefined
  /** The part of the path that the route matched. */
  matched: string
  consumer: Consumer | undefined
  /** Undefined for callers without one, and so for the anonymous consumer. */
  credential: Credential | undefined
  trace: Trace | undefined
  /** By lower-case name: what differs from the client's headers on the way up. */
  readonly upstreamHeaders: Map<string, HeaderChange>
  /** By lower-case name: what plugins add on the way down. */
  readonly extraHeaders: Map<string, { name: string, value: string }>
  /** Query parameters that do not go upstream. */
  readonly hiddenQuery: Set<string>
  /** Credential values that must not be logged. */
  readonly secrets: string[]
  /** Top-level fields that plugins add to the log record. */
  readonly fields: Record<string, unknown>
  hooks: Hooks[]
  /** Called once when the response has ended, complete or not: whoever still works for it can stop. */
  stop: (() => void) | undefined
  /** Path and query as sent upstream, '' without a route. */
  upstreamUri: string
  readonly tries: Try[]
  readonly upstreamStatuses: number[]
  /** True once the request was meant for an upstream, even if none could be reached. */
  proxied: boolean
  /** Who made the response. */
  source: 'upstream' | 'kong'
  status: number
  /** Response headers as sent, name and value in turn. */
  sent: string[]
  requestBodyBytes: number
  responseBytes: number
  /** Monotonic, ms; 0 until it has happened. */
  balanced: number
  headersAt: number
  endedAt: number
}

export interface Arrival {
  target: Target
  host: string
  port: number
  peer: string
  clientIp: string
  trusted: boolean
}

/** Starts the account of a request. The query is parsed when somebody asks for it. */
export function createExchange (request: IncomingMessage, response: ServerResponse, arrival: Arrival): Exchange {
  let query: Query | undefined
  return {
    request,
    response,
    id: randomHex(16),
    startedAt: Date.now(),
    start: performance.now(),
    method: request.method ?? 'GET',
    ...arrival,
    path: normalizePath(arrival.target.path),
    get query () { return (query ??= parseQuery(arrival.target.query)) },
    route: undefined,
    service: undefined,
    matched: '',
    consumer: undefined,
    credential: undefined,
    trace: undefined,
    upstreamHeaders: new Map(),
    extraHeaders: new Map(),
    hiddenQuery: new Set(),
    secrets: [],
    fields: {},
    hooks: [],
    stop: undefined,
    upstreamUri: '',
    tries: [],
    upstreamStatuses: [],
    proxied: false,
    source: 'kong',
    status: 0,
    sent: [],
    requestBodyBytes: 0,
    responseBytes: 0,
    balanced: 0,
    headersAt: 0,
    endedAt: 0,
  }
}

/** All values of a request header, by its lower-case name, with the changes that plugins made. */
export function headerValues (exchange: Exchange, name: string): string[] {
  if (exchange.upstreamHeaders.has(name)) {
    const change = exchange.upstreamHeaders.get(name)
    return change === undefined ? [] : [change.value]
  }
  const joined = exchange.request.headers[name]
  if (joined === undefined) return []
  // Node joins repeated headers with a comma, or keeps the first; only then are the originals worth a look.
  return exchange.request.headersDistinct[name] ?? []
}

/** Sets a header of the upstream request; undefined takes it away. */
export function setUpstreamHeader (exchange: Exchange, name: string, value: string | undefined): void {
  exchange.upstreamHeaders.set(name.toLowerCase(), value === undefined ? undefined : { name, value })
}

/** Adds a header to the response, in place of one of the upstream's. */
export function setResponseHeader (exchange: Exchange, name: string, value: string): void {
  exchange.extraHeaders.set(name.toLowerCase(), { name, value })
}
