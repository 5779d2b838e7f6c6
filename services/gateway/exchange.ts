import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Consumer, Credential, Route, Service } from './entity.ts'
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

export interface Arrival {
  target: Target
  /** The requested host as the client wrote it: of an absolute-form target, else the Host header (RFC 9112 §3.2.2). */
  authority: string
  /** The same in lower case, with port if the client sent one; '' when there is none. */
  host: string
  /** Port of the gateway that took the request. */
  port: number
  /** The peer of the connection. */
  peer: string
  /** The client: the peer, or what a trusted peer says. */
  clientIp: string
  trusted: boolean
}

/** One request and what became of it, from its first byte to its log record. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly arrival: Arrival
  /** 32 hex digits. */
  readonly id = randomHex(16)
  /** Epoch ms. */
  readonly startedAt: number
  /** Monotonic clock at the start, ms. */
  readonly start = performance.now()
  readonly method: string
  /** Normalised path. */
  readonly path: string
  route: Route | undefined = undefined
  service: Service | undefined = undefined
  /** The part of the path that the route matched. */
  matched = ''
  consumer: Consumer | undefined = undefined
  /** Undefined for callers without one, and so for the anonymous consumer. */
  credential: Credential | undefined = undefined
  trace: Trace | undefined = undefined
  /** By lower-case name: what differs from the client's headers on the way up. */
  readonly upstreamHeaders = new Map<string, HeaderChange>()
  /** By lower-case name: what plugins add on the way down. */
  readonly extraHeaders = new Map<string, { name: string, value: string }>()
  /** Query parameters that do not go upstream. */
  hiddenQuery: string[] = []
  /** Credential values that must not be logged. */
  secrets: string[] = []
  /** Top-level fields that plugins add to the log record. */
  readonly fields: Record<string, unknown> = {}
  hooks: Hooks[] = []
  /** Called once when the response has ended, complete or not: whoever still works for it can stop. */
  stop: (() => void) | undefined = undefined
  /** Path and query as sent upstream, '' without a route. */
  upstreamUri = ''
  readonly tries: Try[] = []
  readonly upstreamStatuses: number[] = []
  /** True once the request was meant for an upstream, even if none could be reached. */
  proxied = false
  /** Who made the response. */
  source: 'upstream' | 'kong' = 'kong'
  /** 0 until a response has begun. */
  status = 0
  /** Response headers as sent, name and value in turn. */
  sent: string[] = []
  requestBodyBytes = 0
  responseBytes = 0
  /** When the last target was chosen, when the response began and when it ended; monotonic, ms; 0 before. */
  balanced = 0
  headersAt = 0
  endedAt = 0
  #query: Query | undefined = undefined

  constructor (request: IncomingMessage, response: ServerResponse, arrival: Arrival, now = Date.now()) {
    this.request = request
    this.response = response
    this.arrival = arrival
    this.startedAt = now
    this.method = request.method ?? 'GET'
    this.path = normalizePath(arrival.target.path)
    if (arrival.target.authority !== '') this.upstreamHeaders.set('host', { name: 'Host', value: arrival.authority })
  }

  /** The decoded query, parsed when somebody asks for it. */
  get query (): Query {
    return (this.#query ??= parseQuery(this.arrival.target.query))
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
