import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { catalogue } from '../../runtime/errors.ts'
import type { ErrorCode } from '../../runtime/errors.ts'

/** Why a request is refused: the status, and a code of the error catalogue with what is wrong, where, and what to do. */
export interface Refusal { status: number, code: ErrorCode, what: string, where: string, hint?: string, headers?: OutgoingHttpHeaders }

/** Thrown by what reads a request. */
export class RefusedError extends Error {
  readonly refusal: Refusal

  constructor (refusal: Refusal) {
    super(refusal.what)
    this.refusal = refusal
  }
}

/** How much of a body that nobody wants is still read, so that its sender gets to read the answer; bytes, and ms. */
const lingering = { bytes: 4 * 1024 ** 2, ms: 2000 }

/** Answers with a refusal. A sender that has not sent its whole body yet loses the connection, once it had the time to read why. */
export function sendRefusal (request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { status, headers = {} } = refusal
  const text = bodyOf(refusal)
  const isWhole = request.complete
  // Who asks before it sends a body sends none now.
  const isSending = !isWhole && request.headers.expect === undefined
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text), ...headers, ...isWhole ? {} : { connection: 'close' },
  })
  if (!isSending) {
    response.end(text)
    return
  }
  response.write(text)
  drain(request, () => response.end())
}

/** The refusal as the whole text of an answer, for connections on which no request could be read. */
export function rawRefusal (refusal: Refusal, phrase: string): string {
  const text = bodyOf(refusal)
  return `HTTP/1.1 ${refusal.status} ${phrase}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
}

function bodyOf ({ code, what, where, hint = catalogue[code].hint }: Refusal): string {
  return `${JSON.stringify({ error: code, what, where, what_to_do: hint })}\n`
}

function drain (request: IncomingMessage, done: () => void): void {
  let left = lingering.bytes
  const end = (): void => {
    clearTimeout(timer)
    request.off('data', count)
    done()
  }
  const count = (chunk: Buffer): void => {
    left -= chunk.length
    if (left < 0) end()
  }
  const timer = setTimeout(end, lingering.ms)
  request.on('data', count)
  request.once('close', end)
  request.once('end', end)
  request.resume()
}
