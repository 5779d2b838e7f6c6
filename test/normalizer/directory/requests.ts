/** Requests made from declared operations, as clients and gateways would write them. */
import type { Declared, Json } from './documents.ts'
import type { Random } from './random.ts'
import { awkward, valueFor } from './values.ts'

/** A request and the template that it was made from. */
export interface Made { method: string, path: string, host: string, key: string, kind: string }

/** Words that stand somewhere in a document, by depth: parameters may hold what is a word elsewhere. */
export type Words = ReadonlyArray<readonly string[]>

/** The path of a key: without a suffix, without query expressions, with its leading slash. */
export function pathOf (key: string): string {
  const path = /^(?:\{[^{}?&#][^{}]*\}|[^{}?#])*/.exec(key)![0]
  return path.startsWith('/') ? path : `/${path}`
}

const spanningExtensions = ['x-greedy', 'x-multi-segment', 'x-reservedExpansion']

/** Names of the parameters that an operation declares to span segments. */
export function spanning ({ parameters }: Declared): Set<string> {
  const spans = [...parameters].filter(([, schema]) => spanningExtensions.some((name) => schema[name] === true))
  return new Set(spans.map(([name]) => name))
}

/** Words by depth of all keys. */
export function wordsOf (declared: readonly Declared[]): Words {
  const words: Array<Set<string>> = []
  for (const { key } of declared) {
    for (const [depth, part] of pathOf(key).split('/').entries()) {
      if (part !== '' && !part.includes('{')) (words[depth] ??= new Set()).add(literal(part))
    }
  }
  return Array.from(words, (set) => [...set ?? []])
}

/** Requests that the operation's own template should answer, unless the rules prefer another. */
export function requestsFor (operation: Declared, words: Words, random: Random): Made[] {
  const { host, base } = random.pick(operation.servers)
  const bySchema = (): string => fill(operation, (schema) => valueFor(schema, random))
  const byAwkward = (): string => fill(operation, (schema, spans) =>
    random.next() < 0.3 ? valueFor(schema, random) : oddValue(random, spans))
  const byWord = (): string => fill(operation, (schema, _, depth) =>
    words[depth] !== undefined && words[depth].length > 0 ? random.pick(words[depth]) : valueFor(schema, random))
  const front = fillText(base, () => 'sample')
  const made = (kind: string, path: string, at = host, method = operation.method === '*' ? 'PATCH' : operation.method): Made => ({ method, path: path || '/', host: at, key: operation.key, kind })
  return [
    made('schema', front + bySchema()),
    made('stripped', bySchema(), random.pick(['', host])),
    made('awkward', front + byAwkward()),
    made('awkward stripped', byAwkward(), ''),
    made('words', front + byWord()),
    made('slash', toggleSlash(front + bySchema())),
    made('escaped', escapeSome(front + bySchema(), random) + random.pick(['?a=b/c?d', '#top', '?x=/%zz#y', ''])),
    made('absolute', `https://${host === '' ? 'any.example.com' : host}${front}${byAwkward()}?q=1`, 'other.example.com'),
    made('other method', front + bySchema(), host, operation.method === 'GET' ? 'HEAD' : 'OPTIONS'),
  ]
}

/** Requests that fit nothing, unless the document declares another template for them. */
export function strangersFor (operation: Declared, random: Random): Made[] {
  const { host, base } = random.pick(operation.servers)
  const front = fillText(base, () => 'sample')
  const path = fill(operation, (schema) => valueFor(schema, random)).replace(/\/$/, '')
  const made = (kind: string, whole: string): Made => ({ method: operation.method === '*' ? 'PURGE' : operation.method, path: whole || '/', host, key: operation.key, kind })
  const wrong = pathOf(operation.key).replace(/(?<=\/)[^/{}]+(?=\/|$)/, 'zz-no-such-word')
  return [
    made('extra segment', `${front}${path}/zz-no-such-word/zz-nor-this`),
    made('missing segment', front + path.slice(0, Math.max(1, path.lastIndexOf('/')))),
    made('wrong word', front + fillText(wrong, () => '5')),
    made('base boundary', front === '' ? '/zz-no-such-word' : `${front}x${path}`),
    made('other case', front + fillText(swapCase(pathOf(operation.key)), () => '5')),
    made('empty parameter', front + fillText(pathOf(operation.key), () => '')),
    made('no escape for a slash', front + path.replace(/(?<!^)\//, '%2F')),
  ]
}

type Value = (schema: Json, spans: boolean, depth: number) => string

function fill (operation: Declared, value: Value): string {
  const path = pathOf(operation.key)
  const spans = spanning(operation)
  return fillText(path, (expression, offset) => {
    const name = expression.replace(/^[./;+*]+|[+*]+$|:.*$/g, '')
    const schema = operation.parameters.get(expression) ?? operation.parameters.get(name) ?? {}
    return value(schema, spans.has(name), path.slice(0, offset).split('/').length - 1)
  })
}

function fillText (text: string, value: (expression: string, offset: number) => string): string {
  return text.replace(/\{([^{}]*)\}|[^{}]+/g, (whole: string, expression: string | undefined, offset: number) =>
    expression === undefined ? literal(whole) : value(expression, offset))
}

/** A literal of a key, as a client escapes it (WHATWG URL, path percent-encode set); escapes in it stay. */
function literal (text: string): string {
  return text.replace(/[^!$&-;=@A-Z_a-z~[\]|^%]+/g, (others) => encodeURIComponent(others))
}

function oddValue (random: Random, spans: boolean): string {
  return spans && random.next() < 0.5 ? `${random.pick(awkward)}/${random.pick(awkward)}` : random.pick(awkward)
}

function toggleSlash (path: string): string {
  if (path === '/') return path
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`
}

/** Unreserved characters may be escaped, in either case of the digits. */
function escapeSome (path: string, random: Random): string {
  return path.replace(/%[0-9A-Fa-f]{2}|[A-Za-z0-9._~-]/g, (found) => {
    if (found.length > 1) return random.next() < 0.5 ? found.toLowerCase() : found
    if (random.next() > 0.2) return found
    const digits = found.charCodeAt(0).toString(16)
    return `%${random.next() < 0.5 ? digits : digits.toUpperCase()}`
  })
}

function swapCase (path: string): string {
  return path.replace(/\{[^{}]*\}|[^{}]+/g, (part) => part.startsWith('{') ? part : swapLetters(part))
}

function swapLetters (text: string): string {
  return text.replace(/[A-Za-z]/g, (letter) => letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())
}
