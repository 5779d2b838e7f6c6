import { STATUS_CODES } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'
import { downstreamHeaders, product } from './headers.ts'
import type { Answer } from './plugin.ts'

/** What Kong says for a status of its own (kong/error_handlers.lua). */
export const messages = {
  400: 'Bad request',
  404: 'no Route matched with those values',
  405: 'Method not allowed',
  408: 'Request timeout',
  494: 'Request header or cookie too large',
  499: 'Client closed request',
  500: 'An unexpected error occurred',
  501: 'Protocol upgrades are not supported',
  502: 'An invalid response was received from the upstream server',
  503: 'The upstream server is currently unavailable',
  504: 'The upstream server is timing out',
  505: 'HTTP version not supported',
} as const

/** Answers in the gateway's own name, in the form that the client accepts, after the plugins' header phase. */
export function respond (exchange: Exchange, answer: Answer): void {
  if (exchange.response.headersSent || exchange.response.destroyed) return
  exchange.source = 'kong'
  const { type, body } = errorBody(exchange.request.headers.accept, answer.message, exchange.id)
  const own = Object.entries(answer.headers ?? {}).flat()
  const content = bodiless.has(answer.status) ? [] : ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(body))]
  send(exchange, answer.status, STATUS_CODES[answer.status] ?? 'Unknown', [
    'Date', new Date(exchange.startedAt).toUTCString(), ...content, ...own, 'Server', product,
  ])
  exchange.response.end(content.length === 0 ? undefined : body)
}

/** Statuses whose responses have no body (RFC 9110 §6.4.1). */
const bodiless = new Set([204, 304])

/** Sends the head of an upstream's response; the body follows. Throws when the upstream's headers cannot be sent. */
export function relayHead (exchange: Exchange, status: number, reason: string, raw: ReadonlyArray<Buffer | string>): void {
  exchange.source = 'upstream'
  runHeaderPhase(exchange)
  write(exchange, status, reason, downstreamHeaders(raw, status, exchange.extraHeaders))
}

function send (exchange: Exchange, status: number, reason: string, headers: string[]): void {
  runHeaderPhase(exchange)
  write(exchange, status, reason, headers)
}

function runHeaderPhase (exchange: Exchange): void {
  exchange.headersAt = performance.now()
  for (const hooks of exchange.hooks) hooks.header?.(exchange)
}

function write (exchange: Exchange, status: number, reason: string, headers: string[]): void {
  for (const { name, value } of exchange.extraHeaders.values()) headers.push(name, value)
  const own = Math.max(0, Math.round((exchange.balanced || exchange.headersAt) - exchange.start))
  if (exchange.proxied) {
    headers.push('X-Kong-Upstream-Latency', String(Math.max(0, Math.round(exchange.headersAt - exchange.balanced))), 'X-Kong-Proxy-Latency', String(own))
  } else {
    headers.push('X-Kong-Response-Latency', String(own))
  }
  headers.push('X-Kong-Request-Id', exchange.id)
  exchange.response.writeHead(status, reason, headers)
  exchange.status = status
  exchange.sent = headers
}

/** A complete response for bytes that never became a request; the connection is closed after it. */
export function rawResponse (status: number, message: string, requestId: string): string {
  const { type, body } = errorBody(undefined, message, requestId)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Bad Request'}\r\nDate: ${new Date().toUTCString()}\r\nContent-Type: ${type}\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nServer: ${product}\r\nConnection: close\r\n\r\n${body}`
}

/** An error body as JSON, HTML, XML or plain text: the first best that `accept` names, JSON if it names none of these. */
export function errorBody (accept: string | undefined, message: string, requestId: string): { type: string, body: string } {
  switch (kindOf(accept)) {
    case 'html': return {
      type: 'text/html; charset=utf-8',
      body: '<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n  <body>\n    <h1>Error</h1>\n' +
        `    <p>${escapeMarkup(message)}.</p>\n    <p>request_id: ${requestId}</p>\n  </body>\n</html>\n`,
    }
    case 'xml': return {
      type: 'application/xml; charset=utf-8',
      body: '<?xml version="1.0" encoding="UTF-8"?>\n<error>\n' +
        `  <message>${escapeMarkup(message)}</message>\n  <requestid>${requestId}</requestid>\n</error>\n`,
    }
    case 'plain': return { type: 'text/plain; charset=utf-8', body: `${message}\nrequest_id: ${requestId}\n` }
    default: return {
      type: 'application/json; charset=utf-8',
      body: `{\n  "message":${JSON.stringify(message)},\n  "request_id":"${requestId}"\n}`,
    }
  }
}

const kinds = new Map<string, 'html' | 'xml' | 'plain' | 'json'>(Object.entries({
  'text/html': 'html',
  'application/xml': 'xml',
  'text/plain': 'plain',
  'text/*': 'plain',
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
} as const))

function kindOf (accept: string | undefined): 'html' | 'xml' | 'plain' | 'json' {
  if (accept === undefined) return 'json'
  let best = 0
  let kind: 'html' | 'xml' | 'plain' | 'json' = 'json'
  for (const part of accept.slice(0, 1000).split(',')) {
    const [type = '', ...parameters] = part.toLowerCase().split(';').map((text) => text.trim())
    const quality = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1)
    const found = kinds.get(type)
    if (found === undefined || !(quality > best)) continue
    best = quality
    kind = found
  }
  return kind
}

function escapeMarkup (text: string): string {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? character)
}

/** Ends a response that has begun and cannot be completed: the client must see that it is cut. */
export function cut (response: ServerResponse): void {
  response.destroy()
}
