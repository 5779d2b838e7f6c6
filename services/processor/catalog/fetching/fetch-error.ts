import { GatelensError, messageOf, systemCode } from '../../../runtime/errors.ts'

/** What {@link FetchError} is made of. */
export interface FetchFailure {
  url: string | URL
  status?: number
  retriable?: boolean
  retryAfterMs?: number
  tooLarge?: boolean
  hint?: string
}

/** A CATALOG_FETCH failure with what the caller needs to decide when to try again. */
export class FetchError extends GatelensError {
  /** The HTTP status that was answered; 0 when there was no usable answer. */
  readonly status: number
  /** How long the server asked to wait (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** True when the answer went over the size limit: asking for less may succeed. */
  readonly tooLarge: boolean
  readonly #retriable: boolean

  constructor (message: string, options: FetchFailure) {
    super('CATALOG_FETCH', message, { where: shownUrl(options.url), hint: options.hint })
    this.name = 'FetchError'
    this.status = options.status ?? 0
    this.retryAfterMs = options.retryAfterMs
    this.tooLarge = options.tooLarge ?? false
    this.#retriable = options.retriable ?? false
  }

  /** True when the same request may succeed a moment later: no answer, a time limit, 408, 425, 429 and 5xx. */
  override get retriable (): boolean {
    return this.#retriable
  }
}

/** A URL without what may be secret in it: user, password, fragment and the values of the query. */
export function shownUrl (url: string | URL): string {
  if (!URL.canParse(String(url))) return 'the URL'
  const { protocol, host, pathname, search } = new URL(url)
  const query = search.slice(1).split('&').filter((pair) => pair !== '').map((pair) => pair.includes('=') ? `${pair.split('=')[0]}=…` : '…')
  return `${protocol}//${host}${pathname}${query.length === 0 ? '' : `?${query.join('&')}`}`
}

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|TLS_CERT/

/** What a failed exchange means: time limit, cancellation, name, connection, certificate, or a broken answer. */
export function exchangeError (error: unknown, url: URL, limits: { timeoutMs: number, signal?: AbortSignal }): FetchError {
  if (error instanceof FetchError) return error
  if (limits.signal?.aborted === true) return new FetchError('the request was cancelled', { url })
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new FetchError(`no whole answer within ${limits.timeoutMs} ms`, { url, retriable: true, hint: 'Check the server, or raise the time limit.' })
  }
  const code = systemCode(error)
  if (certificateCodes.test(code)) {
    return new FetchError(`the server's certificate is not trusted: ${code}`, { url, hint: 'Add the issuer with NODE_EXTRA_CA_CERTS=/path/to/ca.pem, or mend the certificate.' })
  }
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR')) {
    return new FetchError(`the answer cannot be decompressed: ${code}`, { url, retriable: true, hint: 'Check the server and what stands between.' })
  }
  return new FetchError(`no answer: ${messageOf(error) || code || 'the connection failed'}`, { url, retriable: true, hint: hintOf(code) })
}

function hintOf (code: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The host name is not known; check its spelling and the DNS of this machine.'
  if (code === 'ECONNREFUSED') return 'Nothing listens there; check host, port, and that the server runs.'
  return 'Check the URL, the server and the network between; it is tried again.'
}

/** What an answer other than success means, and what to do about it. */
export function statusError (status: number, url: URL, options: { said: string, retryAfter?: string, withheld: boolean }): FetchError {
  const retriable = status >= 500 || [408, 425, 429].includes(status)
  const hint = options.withheld && (status === 401 || status === 403)
    ? 'A redirect led to another host, and credentials are never sent along; configure the URL of that host itself.'
    : statusHints[status] ?? (retriable ? 'The server has trouble; it is tried again.' : 'Check the URL.')
  const message = `the server answered ${status}${options.said === '' ? '' : `: ${options.said}`}`
  return new FetchError(message, { url, status, retriable, hint, retryAfterMs: waitOf(options.retryAfter) })
}

const statusHints: Record<number, string> = {
  401: 'Give a token or credentials that the server accepts.',
  403: 'The credentials are known but not allowed to read this; grant them the right.',
  404: 'Check the path of the URL.',
  407: 'A proxy in between asks for credentials; connect without it.',
  429: 'The server asks for fewer requests; it is tried again after the time that it names.',
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function waitOf (retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined
  const ms = /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
