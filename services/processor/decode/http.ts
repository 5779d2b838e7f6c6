/** Readings of HTTP that all gateways' records share: authority, trace context, rate-limit headers, query values. */
import { scrub } from '../secrets.ts'
import { textOf, wholeWithin } from './field.ts'
import { isHex, isLowerHex } from './hex.ts'
import type { JsonObject } from './field.ts'

const hostText = /^[a-z0-9._:-]{1,255}$/

const known = new Map<string, string>()
const mostKnown = 2048

/**
 * The host of `user@host:port`, lower case, without port, brackets or final dot; '' when it is no host (RFC 3986 section 3.2.2)
 * or has the shape of a secret. Most records have one of a few: those are remembered, within a bound.
 */
export function hostOf (authority: string): string {
  const seen = known.get(authority)
  if (seen !== undefined) return seen
  const host = readHost(authority)
  if (known.size >= mostKnown) known.clear()
  if (authority.length <= 256 && !authority.includes('@')) known.set(authority, host)
  return host
}

function readHost (authority: string): string {
  let host = authority.slice(authority.lastIndexOf('@') + 1)
  if (host.startsWith('[')) host = host.slice(1, Math.max(1, host.indexOf(']')))
  else if (host.indexOf(':') === host.lastIndexOf(':')) host = before(host, ':')
  if (host.endsWith('.')) host = host.slice(0, -1)
  const folded = host.toLowerCase()
  // Scrubbed before it is folded: most shapes of secrets count on case.
  return hostText.test(folded) && scrub(host) === host ? folded : ''
}

/** Scheme, authority and target (path and query) of an absolute URL; '' for what it does not have. */
export function splitUrl (url: string): { scheme: string, authority: string, target: string } {
  const slashes = url.indexOf('://')
  if (slashes === -1) return { scheme: '', authority: '', target: url }
  const start = slashes + 3
  let end = start
  while (end < url.length && url[end] !== '/' && url[end] !== '?' && url[end] !== '#') end++
  return { scheme: url.slice(0, slashes).toLowerCase(), authority: url.slice(start, end), target: url.slice(end) }
}

/** First value of each wanted query parameter of a request target, percent-decoded where that is possible. */
export function queryValues (target: string, wanted: ReadonlySet<string>): Array<[name: string, value: string]> {
  const mark = target.indexOf('?')
  if (mark === -1) return []
  const found = new Map<string, string>()
  for (const pair of before(target.slice(mark + 1), '#').split('&')) {
    const name = percentDecode(before(pair, '='))
    if (wanted.has(name) && !found.has(name)) found.set(name, percentDecode(pair.slice(before(pair, '=').length + 1)))
  }
  return [...found]
}

/** Trace and span of a `traceparent` header (W3C Trace Context §3.2), '' where it is not valid. */
export function readTraceparent (header: string): { trace: string, span: string } {
  if (!isTraceparent(header)) return noContext
  const trace = traceId(lowerHex(header.slice(3, 35)))
  if (trace === '') return noContext
  const span = lowerHex(header.slice(36, 52))
  return { trace, span: isRandomHex(span) ? span : '' }
}

/** Nearly all write digits in lower case, and those need no other text. */
function lowerHex (digits: string): string {
  return isLowerHex(digits) ? digits : digits.toLowerCase()
}

const noContext = { trace: '', span: '' }
const dash = 0x2D

/** Version, trace, parent, flags: later versions may have more behind. */
function isTraceparent (text: string): boolean {
  return text.length >= 55 && text.charCodeAt(2) === dash && text.charCodeAt(35) === dash && text.charCodeAt(52) === dash &&
    isHex(text, 0, 2) && isHex(text, 3, 35) && isHex(text, 36, 52) && isHex(text, 53, 55)
}

/**
 * Ids are random: one of decimal digits alone is a number that a client sent, such as a payment card (one of 1,800 true
 * 64-bit ids is lost with that). Short ones and one digit again and again, as tests have them, tell nothing.
 */
function isRandomHex (digits: string): boolean {
  const { length } = digits
  let start = 0
  while (digits.charCodeAt(start) === zero) start++
  // An account number (IBAN) is two letters and digits; an id of 64 bits has 16 zeros in front, or none.
  if (length === 32 && length - start > 16 && length - start < 28) return false
  for (let at = start + 2; at < length; at++) if (digits.charCodeAt(at) > nine) return true
  return /^(?:0*\d{1,5}|(\d)\1+)$/.test(digits)
}

const zero = 0x30
const nine = 0x39
const noTrace = '0'.repeat(32)

/**
 * A trace id as 32 hex digits: W3C and B3 as they are, 64-bit ids with leading zeros, AWS X-Ray (`1-…-…`) joined, the
 * id in front of a B3-single or Jaeger context; '' for anything else.
 */
export function traceId (text: string): string {
  if (text.length === 32 && isLowerHex(text)) return text !== noTrace && isRandomHex(text) ? text : ''
  const lower = text.toLowerCase()
  const aws = /^(?:root=)?1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(lower)
  if (aws !== null) return isRandomHex(`${aws[1]}${aws[2]}`) ? `${aws[1]}${aws[2]}` : ''
  const digits = /^([0-9a-f]{16,32})(?:[-:]|$)/.exec(lower)?.[1]
  return digits === undefined || /^0*$/.test(digits) || !isRandomHex(digits) ? '' : digits.padStart(32, '0')
}

/** A 64-bit decimal id (Datadog) as 32 hex digits, '' when it is none. */
export function decimalTraceId (text: string): string {
  return /^\d{1,20}$/.test(text) ? traceId(BigInt(text).toString(16).padStart(32, '0')) : ''
}

/** The id of a span, 16 hex digits in lower case; '' for anything else. */
export function spanId (text: string): string {
  const lower = text.toLowerCase()
  return /^[0-9a-f]{16}$/.test(lower) && !/^0*$/.test(lower) && isRandomHex(lower) ? lower : ''
}

/** A limit as response headers tell it; `name` is '' where they give none. */
export interface RateLimit { name: string, limit: number | null, remaining: number | null }

const periods = ['second', 'minute', 'hour', 'day', 'month', 'year']
/** Nobody allows a trillion requests; card numbers are longer. */
const most = 1e12

/**
 * The limit that was tripped or is nearest: of all `x-ratelimit-limit-<name>` headers the one with the smallest share
 * left (the shorter period when equal), else `ratelimit-limit` or `x-ratelimit-limit`. Undefined without such headers.
 */
export function nearestLimit (headers: JsonObject): RateLimit | undefined {
  let nearest: RateLimit | undefined
  for (const key in headers) {
    const named = limitNames.get(key) ?? nameLimit(key)
    if (named.name === '') continue
    const limit = limitOf(named.name, headers[key], headers[named.remaining])
    if (limit !== undefined && (nearest === undefined || nearer(limit, nearest))) nearest = limit
  }
  return nearest ?? limitOf('', headers['ratelimit-limit'] ?? headers['x-ratelimit-limit'],
    headers['ratelimit-remaining'] ?? headers['x-ratelimit-remaining'])
}

/** What headers say of limits: the name of the limit that they are of, '' for another header. */
const limitNames = new Map<string, { name: string, remaining: string }>()
const mostNames = 1024
const limitPrefix = 'x-ratelimit-limit-'

function nameLimit (key: string): { name: string, remaining: string } {
  const name = key.startsWith(limitPrefix) ? key.slice(limitPrefix.length) : ''
  const named = { name, remaining: `x-ratelimit-remaining-${name}` }
  if (limitNames.size >= mostNames) limitNames.clear()
  limitNames.set(key, named)
  return named
}

/** Structured forms (`100, 100;w=60`) begin with the figure too. */
function limitOf (name: string, limit: unknown, remaining: unknown): RateLimit | undefined {
  const allowed = wholeWithin(before(before(textOf(limit), ','), ';'), most)
  if (allowed === null) return undefined
  return { name: name.slice(0, 64), limit: allowed, remaining: wholeWithin(before(before(textOf(remaining), ','), ';'), most) }
}

function nearer (a: RateLimit, b: RateLimit): boolean {
  const [left, right] = [share(a), share(b)]
  return left === right ? length(a) < length(b) : left < right
}

function share ({ limit, remaining }: RateLimit): number {
  return remaining === null || limit === null ? Infinity : limit === 0 ? 0 : remaining / limit
}

/** Names such as `sms-minute` end with their period. */
function length ({ name }: RateLimit): number {
  const at = periods.indexOf(name.slice(name.lastIndexOf('-') + 1))
  return at === -1 ? periods.length : at
}

const cacheStates = new Set(['hit', 'miss', 'bypass', 'refresh', 'expired', 'stale', 'updating', 'revalidated'])

/** The outcome of a cache in lower case, of those that gateways have; '' for any other text. */
export function cacheStatus (text: string): string {
  const state = text.toLowerCase()
  return cacheStates.has(state) ? state : ''
}

/** The version of TLS as OpenSSL names it (`TLSv1.3`); '' for any other text. */
export function tlsVersion (text: string): string {
  return /^(?:TLS|SSL)v\d(?:\.\d)?$/.test(text) ? text : ''
}

function before (text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at === -1 ? text : text.slice(0, at)
}

function percentDecode (text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
