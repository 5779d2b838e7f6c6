/**
 * Template keys: RFC 6570 level 1 as OpenAPI uses it, and the forms that gateways and frameworks add to say that a
 * parameter spans segments: `{proxy+}`, `{path*}`, `{+path}`, `{*path}`, `{path...}`, `{name=projects/*}`, `{p:.*}`.
 */
import type { Segment } from './endpoint.ts'
import { normalizeText } from './path.ts'

/** A template key without what is not path: its suffix, its query expressions, and with its leading slash. */
export interface FoldedKey {
  path: string
  /** The key held a `#…` or `?…` suffix or a query expression such as `{?page}`. */
  suffixed: boolean
  /** The key did not begin with `/`. */
  slashAdded: boolean
}

/** A template in segments, and whether it ends in `/` (`/` itself does). */
export interface ParsedTemplate {
  segments: Segment[]
  slash: boolean
}

/** Cuts everything from the first `#`, `?` or query expression outside of braces, and adds a missing leading slash. */
export function foldKey (key: string): FoldedKey {
  let end = 0
  let open = true
  while (end < key.length && key[end] !== '#' && key[end] !== '?') {
    const close: number = open && key[end] === '{' ? closingBrace(key, end) : -1
    // One brace that nothing closes means that none closes further on.
    if (key[end] === '{') open = close > 0
    if (close > 0 && '?&#'.includes(key.charAt(end + 1))) break
    end = close > 0 ? close + 1 : end + 1
  }
  const path = key.slice(0, end)
  const slashAdded = !path.startsWith('/') && !path.startsWith('{/')
  return { path: slashAdded ? `/${path}` : path, suffixed: end < key.length, slashAdded }
}

/**
 * Parses an absolute template. Names in `greedy` span segments wherever they fill one alone. Literals come out in the
 * normal form of paths; unbalanced braces are literals; dot segments are resolved. Never throws.
 */
export function parseTemplate (path: string, greedy: ReadonlySet<string> = none): ParsedTemplate {
  const segments: Segment[] = []
  for (const pieces of splitSegments(tokenize(path, greedy))) {
    const segment = toSegment(pieces)
    if (segment.kind === 'static' && segment.text === '..') segments.pop()
    if (segment.kind !== 'static' || (segment.text !== '.' && segment.text !== '..')) segments.push(segment)
  }
  const last = segments[segments.length - 1]
  const slash = last === undefined || (last.kind === 'static' && last.text === '')
  if (slash) segments.pop()
  return { segments, slash }
}

/** All parameter names of a template in the order of their places, duplicates included. */
export function parameterNames (segments: readonly Segment[]): string[] {
  return segments.flatMap((segment) =>
    segment.kind === 'static' ? [] : segment.kind === 'mixed' ? segment.names.flat() : [...segment.names])
}

/** Equal for templates that accept the same paths. */
export function shapeOf (segments: readonly Segment[], slash: boolean): string {
  const parts = segments.map((segment) => segment.kind === 'static'
    ? `/${segment.text}`
    : segment.kind === 'mixed' ? `/${segment.literals.join('{}')}` : segment.kind === 'greedy' ? '/{+}' : '/{}')
  return parts.join('') + (slash ? '/' : '')
}

/** A segment as a template writes it. */
export function writeSegment (segment: Segment): string {
  if (segment.kind === 'static') return segment.text
  if (segment.kind !== 'mixed') return `{${segment.names.join('}{')}${segment.kind === 'greedy' ? '+' : ''}}`
  return segment.literals.map((literal, index) => literal + (segment.names[index] ?? []).map((name) => `{${name}}`).join('')).join('')
}

const none: ReadonlySet<string> = new Set()

type Token = { literal: string } | { name: string, greedy: boolean }

function tokenize (path: string, greedy: ReadonlySet<string>): Token[] {
  const tokens: Token[] = []
  let from = 0
  for (let index = 0; index < path.length; index++) {
    if (path[index] !== '{') continue
    const close = closingBrace(path, index)
    if (close < 0) break
    if (index > from) tokens.push({ literal: path.slice(from, index) })
    tokens.push(...parseExpression(path.slice(index + 1, close), greedy))
    index = close
    from = close + 1
  }
  if (from < path.length) tokens.push({ literal: path.slice(from) })
  return tokens
}

/** Position of the brace that closes the one at `open`, nesting counted; -1 when there is none. */
function closingBrace (text: string, open: number): number {
  let depth = 0
  for (let index = open; index < text.length; index++) {
    if (text[index] === '{') depth++
    if (text[index] === '}' && --depth === 0) return index
  }
  return text.indexOf('}', open)
}

function parseExpression (expression: string, greedy: ReadonlySet<string>): Token[] {
  const operator = /^[/;.+]/.exec(expression)?.[0] ?? ''
  const body = expression.slice(operator.length)
  const equals = body.indexOf('=')
  if (equals > 0) return expandPattern(body.slice(0, equals), body.slice(equals + 1))
  const colon = body.indexOf(':')
  const declared = colon > 0 ? body.slice(0, colon) : body
  const spans = operator === '+' || (colon > 0 && /^(?:path|\.[*+].*|\*\*?)$/.test(body.slice(colon + 1))) ||
    /^\*|[*+]$|\.\.\.$/.test(declared)
  const name = declared.replace(/^\*{1,2}/, '').replace(/(?:\.\.\.|[*+])$/, '')
  const token = { name, greedy: spans || greedy.has(name) || greedy.has(body) }
  return operator === '/' ? [{ literal: '/' }, token] : [token]
}

/** `{name=shelves/*}` as gRPC transcoding writes it (google.api.http): `*` is one segment, `**` any number. */
function expandPattern (name: string, pattern: string): Token[] {
  return pattern.split(/(\*\*?)/).filter((part) => part !== '').map((part) =>
    part.startsWith('*') ? { name, greedy: part === '**' } : { literal: part })
}

function splitSegments (tokens: Token[]): Token[][] {
  const segments: Token[][] = [[]]
  for (const token of tokens) {
    if (!('literal' in token)) {
      segments[segments.length - 1]!.push(token)
      continue
    }
    const [first = '', ...rest] = token.literal.split('/')
    if (first !== '') segments[segments.length - 1]!.push({ literal: first })
    for (const part of rest) segments.push(part === '' ? [] : [{ literal: part }])
  }
  return segments[0]?.length === 0 ? segments.slice(1) : segments
}

/** Holes that touch become one: nothing tells where the first ends. */
function toSegment (tokens: Token[]): Segment {
  const literals = ['']
  const names: string[][] = []
  let greedy = false
  for (const token of tokens) {
    const touching = literals[literals.length - 1] === ''
    if ('literal' in token) {
      literals[literals.length - 1] += normalizeLiteral(token.literal)
    } else if (touching && names.length > 0) {
      names[names.length - 1]!.push(token.name)
    } else {
      names.push([token.name])
      literals.push('')
    }
    if ('name' in token && token.greedy) greedy = true
  }
  const whole = names[0]
  if (whole === undefined) return { kind: 'static', text: literals[0]! }
  if (literals.join('') !== '') return greedy ? { kind: 'mixed', literals, names, spans: true } : { kind: 'mixed', literals, names }
  return { kind: greedy ? 'greedy' : 'param', names: whole }
}

function normalizeLiteral (text: string): string {
  // Control characters would make the whole text malformed; in a template they are merely unusual.
  return normalizeText(text.replace(/\p{Cc}/gu, (character) => encodeURIComponent(character)))
}
