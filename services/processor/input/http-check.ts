/** What of a request can be judged by its head: who sends it, and what it says of its body. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isCoding, codings } from './http-inflate.ts'
import type { Coding } from './http-inflate.ts'
import type { Refusal } from './http-refusal.ts'

/** What a request is judged by. */
export interface HeadLimits { token?: string | undefined, maxBytes: number }

/** A refusal, or how the body is compressed. */
export type HeadVerdict = { refusal: Refusal } | { coding: Coding }

/** Judges the head of a request, before any of its body is read. */
export function checkHead (request: IncomingMessage, { token, maxBytes }: HeadLimits): HeadVerdict {
  const refusal = refuseSender(request, token) ?? refuseMethod(request) ?? refuseLength(request, maxBytes) ?? refuseType(request)
  if (refusal !== undefined) return { refusal }
  const named = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (isCoding(named)) return { coding: named }
  return {
    refusal: {
      status: 415,
      code: 'REQUEST_INVALID',
      what: `the body is compressed as "${named.slice(0, 100)}", which is not understood here`,
      where: 'header Content-Encoding',
      hint: `Send it without compression, or with one of ${codings.join(', ')}.`,
      headers: { 'accept-encoding': codings.join(', ') },
    },
  }
}

function refuseSender ({ headers }: IncomingMessage, token: string | undefined): Refusal | undefined {
  if (token === undefined) return headers.origin === undefined && headers['sec-fetch-site'] === undefined ? undefined : fromPage
  const given = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  if (given !== undefined && timingSafeEqual(digestOf(given), digestOf(token))) return undefined
  const isMissing = headers.authorization === undefined
  return {
    status: 401,
    code: 'REQUEST_UNAUTHORIZED',
    what: isMissing ? 'the request has no bearer token' : 'the request does not have the right bearer token',
    where: 'header Authorization',
    headers: { 'www-authenticate': `Bearer realm="gatelens"${isMissing ? '' : ', error="invalid_token"'}` },
  }
}

/** Any page that somebody looks at on this machine could send something here. */
const fromPage: Refusal = {
  status: 403,
  code: 'REQUEST_UNAUTHORIZED',
  what: 'a web page may not send records to an input without a token',
  where: 'header Origin',
  hint: 'Give the input a token, and send it as "Authorization: Bearer …".',
}

function digestOf (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function refuseMethod ({ method }: IncomingMessage): Refusal | undefined {
  if (method === 'POST') return undefined
  return {
    status: 405, code: 'REQUEST_INVALID', what: `${method ?? 'this method'} is not understood here`, where: 'request line', hint: 'POST records.', headers: { allow: 'POST' },
  }
}

function refuseLength ({ headers }: IncomingMessage, maxBytes: number): Refusal | undefined {
  const length = headers['content-length']
  if (length === undefined && headers['transfer-encoding'] === undefined) {
    return { status: 411, code: 'REQUEST_INVALID', what: 'the request does not say how long its body is', where: 'header Content-Length', hint: 'Send Content-Length, or a chunked body.' }
  }
  return Number(length ?? 0) > maxBytes ? tooLong(`the body has ${Number(length)} bytes, and ${maxBytes} are allowed`) : undefined
}

/** The refusal of a body that is too long, before or after it was inflated. */
export function tooLong (what: string): Refusal {
  return { status: 413, code: 'REQUEST_TOO_LARGE', what, where: 'body' }
}

const jsonType = /^(?:application|text)\/(?:[\w.-]+\+)?json$/

/** Types that records come as. Those who name none, or one for any bytes, are believed. */
const types = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines', 'application/json-seq', 'application/octet-stream', 'application/stream+json'])

function refuseType ({ headers }: IncomingMessage): Refusal | undefined {
  const type = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  if (type === '' || type.startsWith('text/') || jsonType.test(type) || types.has(type)) return undefined
  return {
    status: 415,
    code: 'REQUEST_INVALID',
    what: `a body of the type "${type.slice(0, 100)}" holds no records`,
    where: 'header Content-Type',
    hint: 'Send application/json, application/x-ndjson or text/plain. With curl: -H "Content-Type: application/x-ndjson" --data-binary @FILE.',
    headers: { accept: 'application/json, application/x-ndjson, text/plain' },
  }
}
