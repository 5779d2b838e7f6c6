/** Fetches catalog documents over HTTP: bounded in size, time and redirects, and silent about credentials. */
import type { Dispatcher } from 'undici'
import { version } from '../../../runtime/package.ts'
import { exchangeError, FetchError, statusError } from './fetch-error.ts'
import { readText } from './response-body.ts'
import { serverMessage } from './server-message.ts'

/** What a server gave to ask "has it changed?" with (RFC 9110 §8.8); '' where it gave none. */
export interface Validators { etag: string, lastModified: string }

/** A new text, or the word that what the validators stand for is still current. */
export type Fetched =
  | { status: 'fresh', url: string, text: string, validators: Validators, headers: ReadonlyMap<string, string> }
  | { status: 'unchanged' }

/** How to ask, and how much to take. */
export interface FetchOptions {
  /** Of the last fresh answer: a server that has nothing newer answers `unchanged`. */
  validators?: Validators
  /** Sent to the origin of the URL only; a redirect to another origin goes without them. */
  headers?: Record<string, string>
  /** Sent as JSON with POST instead of GET. */
  json?: unknown
  /** Limit on the decompressed body. */
  maxBytes: number
  /** For everything together: redirects, connecting, headers and body. */
  timeoutMs: number
  /** How many redirects are followed. */
  redirects: number
  signal?: AbortSignal
  /** Hosts (`example.com`, `*.example.com`) that the URL and its redirects may lead to; everywhere when left out. */
  allowHosts?: readonly string[]
  /** An origin (scheme, host and port) that they may lead to as well. */
  allowOrigin?: string
}

/**
 * Fetches a text over http or https. Redirects never lead from https to http and never carry credentials to another
 * origin. Throws {@link FetchError} (CATALOG_FETCH) with status, URL without secrets, what to do, and whether to retry.
 */
export async function fetchText (url: string, options: FetchOptions): Promise<Fetched> {
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal])
  const { target, headers } = start(url, options)
  let at: Step = { url: target, headers, withheld: false }
  for (let left = options.redirects; ; left--) {
    const response = await send(at, options, signal)
    if (!redirects.has(response.statusCode)) return await finish(response, at, options, signal)
    await discard(response)
    if (left <= 0) throw new FetchError(`more than ${options.redirects} redirects`, { url: at.url, status: response.statusCode, hint: 'Configure the URL that the redirects lead to.' })
    at = follow(at, response, options)
  }
}

interface Step { url: URL, headers: Record<string, string>, withheld: boolean }

const redirects = new Set([301, 302, 303, 307, 308])

function start (text: string, options: FetchOptions): { target: URL, headers: Record<string, string> } {
  const target = parseUrl(text, undefined, options)
  const headers = Object.fromEntries(Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  const { authorization } = passwordIn(target)
  if (authorization !== undefined) headers.authorization ??= authorization
  target.username = target.password = ''
  return { target, headers }
}

/** The header that says the user and password of a URL (RFC 7617); none for a URL without. */
export function passwordIn ({ username, password }: URL): { authorization?: string } {
  if (username === '' && password === '') return {}
  return { authorization: `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}` }
}

function decoded (part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function parseUrl (text: string, base: URL | undefined, { allowHosts, allowOrigin }: FetchOptions): URL {
  if (!URL.canParse(text, base?.href)) throw new FetchError('not a URL', { url: base ?? text, hint: 'Write it in full, such as https://example.com/openapi.yaml.' })
  const url = new URL(text, base)
  if (!/^https?:$/.test(url.protocol)) throw new FetchError('only http and https can be fetched', { url, hint: 'Give an http or https URL, or the path of a file.' })
  if (allowHosts !== undefined && url.origin !== allowOrigin && !isAmong(url.hostname, allowHosts)) {
    throw new FetchError(`the host ${url.host} is not among the allowed ones`, { url, hint: 'Allow the host with catalog.fetch.hosts, or use another URL.' })
  }
  return url
}

/** True for a host name that one of the patterns (`example.com`, `*.example.com`) names, in any case. */
export function isAmong (host: string, patterns: readonly string[]): boolean {
  return patterns.map((pattern) => pattern.toLowerCase())
    .some((pattern) => pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern)
}

async function send ({ url, headers }: Step, options: FetchOptions, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  const { etag = '', lastModified = '' } = options.validators ?? {}
  // Not at the top: threads that compile a catalog and most commands fetch nothing, and it is a third of their start.
  const { request } = await import('undici')
  try {
    return await request(url, {
      method: options.json === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json, application/yaml;q=0.9, text/yaml;q=0.9, */*;q=0.5',
        'accept-encoding': 'gzip, br',
        'user-agent': `gatelens/${version}`,
        ...(etag === '' ? {} : { 'if-none-match': etag }),
        ...(lastModified === '' ? {} : { 'if-modified-since': lastModified }),
        ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: options.json === undefined ? undefined : JSON.stringify(options.json),
      signal,
      // One limit counts, that of the signal.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  } catch (error) {
    throw exchangeError(error, url, options)
  }
}

/** A redirected POST is only repeated where the status says so (RFC 9110 §15.4). */
function follow ({ url, headers, withheld }: Step, response: Dispatcher.ResponseData, options: FetchOptions): Step {
  const location = headerOf(response, 'location')
  if (location === '') throw new FetchError(`the server answered ${response.statusCode} without a location`, { url, status: response.statusCode })
  if (options.json !== undefined && response.statusCode < 307) {
    throw new FetchError(`the server redirects (${response.statusCode}) what was sent to it`, { url, status: response.statusCode, hint: 'Configure the URL that it redirects to.' })
  }
  const next = parseUrl(location, url, options)
  next.username = next.password = ''
  if (url.protocol === 'https:' && next.protocol === 'http:') {
    throw new FetchError('a redirect leads from https to http, which is not followed', { url, status: response.statusCode, hint: 'Mend the redirect, or configure another URL.' })
  }
  const same = next.origin === url.origin
  return { url: next, headers: same ? headers : {}, withheld: withheld || (!same && Object.keys(headers).length > 0) }
}

async function finish (response: Dispatcher.ResponseData, at: Step, options: FetchOptions, signal: AbortSignal): Promise<Fetched> {
  const { statusCode: status } = response
  const { url, withheld } = at
  if (status === 304 && options.validators !== undefined) {
    await discard(response)
    return { status: 'unchanged' }
  }
  if (status !== 200 && status !== 203) {
    const said = await serverMessage(response, url, at.headers)
    await discard(response)
    throw statusError(status, url, { said, retryAfter: headerOf(response, 'retry-after') || undefined, withheld })
  }
  const headers = headersOf(response)
  const header = (name: string): string => headers.get(name) ?? ''
  const coding = { contentEncoding: header('content-encoding'), contentType: header('content-type') }
  try {
    const text = await readText(response.body, { url, ...coding, maxBytes: options.maxBytes, signal })
    const validators = { etag: header('etag'), lastModified: header('last-modified') }
    return { status: 'fresh', url: url.href, text, validators, headers }
  } catch (error) {
    response.body.on('error', () => undefined).destroy()
    throw exchangeError(timeoutOf(error, signal), url, options)
  }
}

/** A stream that a signal ends says AbortError; the signal knows why. */
function timeoutOf (error: unknown, signal: AbortSignal): unknown {
  return signal.aborted && !(error instanceof FetchError) ? signal.reason : error
}

/** Reads away a small rest so that the connection can be used again, and cuts one that is large or late. */
async function discard (response: Dispatcher.ResponseData): Promise<void> {
  await response.body.dump({ limit: 65536, signal: AbortSignal.timeout(1000) }).catch(() => undefined)
}

function headersOf (response: Dispatcher.ResponseData): Map<string, string> {
  return new Map(Object.keys(response.headers).map((name) => [name, headerOf(response, name)]))
}

function headerOf (response: Dispatcher.ResponseData, name: string): string {
  return [response.headers[name] ?? []].flat().join(', ')
}
