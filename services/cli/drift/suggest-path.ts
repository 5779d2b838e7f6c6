import { redacted } from '../../processor/secrets.ts'
import type { DeclaredOperation } from './declared-operation.ts'
import { groupBy } from './group.ts'

/** A path parameter of OpenAPI. */
export interface Parameter { name: string, in: 'path', required: true, schema: Schema, 'x-greedy'?: true }
interface Schema { type: 'string' | 'integer' | 'number', format?: string }

/** Segments, and letters before one, that inference tells apart; the `{*}` behind them stands for all that follows. */
const mostSegments = 12
const mostLetters = 150

const schemas: Record<string, Schema> = {
  int: { type: 'integer' },
  number: { type: 'number' },
  uuid: { type: 'string', format: 'uuid' },
  email: { type: 'string', format: 'email' },
}

/** Types of values that name a thing: their parameters are called after it. Others are called by their type. */
const ids = new Set(['int', 'uuid', 'id', 'hex', 'objectid', 'ulid', 'ksuid', 'nanoid', 'base64', 'slug', '*', 'text'])

/** An inferred route as an OpenAPI path: `/orders/{uuid}/lines/{int}` becomes `/orders/{orderId}/lines/{lineId}`. */
export function readRoute (route: string): { path: string, parameters: Parameter[] } {
  const parameters: Parameter[] = []
  const segments = hideSecrets(route).split('/')
  const path = segments.map((segment, index) => segment.replace(/\{([^{}]*)\}/g, (_, type: string) => {
    const name = uniqueName(nameOf(type, segments.slice(0, index)), new Set(parameters.map((parameter) => parameter.name)))
    const rest = type === '*' ? isRest(segments, index) : type.endsWith('+')
    parameters.push({ name, in: 'path', required: true, schema: schemas[type] ?? { type: 'string' }, ...rest ? { 'x-greedy': true } : {} })
    return `{${name}}`
  })).join('/')
  return { path, parameters }
}

/** Routes in groups of those that accept the same paths: they differ in nothing but the types of their values. */
export function groupByShape (routes: Iterable<string>): string[][] {
  return [...groupBy([...routes], (route) => {
    const { path, parameters } = readRoute(route)
    let at = 0
    return path.replace(/\{[^{}]*\}/g, () => parameters[at++]?.['x-greedy'] === true ? '{+}' : '{}')
  }).values()]
}

/** Routes of one shape as one path; a value of several types is called after the thing, and its schema takes them all. */
export function mergeRoutes (routes: readonly string[]): ReturnType<typeof readRoute> {
  const read = routes.map(readRoute)
  const types = routes.map((route) => Array.from(hideSecrets(route).matchAll(/\{[^{}]*\}/g), String))
  let at = 0
  const isOne = (index: number): boolean => types.every((own) => own[index] === types[0]?.[index])
  const { path, parameters } = readRoute(hideSecrets(routes[0]!).replace(/\{[^{}]*\}/g, (type) => isOne(at++) ? type : '{text}'))
  const schemaAt = (index: number): Schema => read.map((item) => item.parameters[index]!.schema).reduce(widerSchema)
  const first = read[0]!.parameters
  return { path, parameters: parameters.map(({ name }, index) => ({ ...first[index]!, name, schema: schemaAt(index) })) }
}

function hideSecrets (route: string): string {
  return route.split('/').map((segment) => segment.includes(redacted) ? '{text}' : segment).join('/')
}

/** True for a `{*}` that stands for all that follows; any other is one of too many words of its place. */
function isRest (segments: readonly string[], index: number): boolean {
  if (index < segments.length - 1) return false
  return index >= mostSegments || segments.slice(0, index).join('/').length > mostLetters
}

/** A schema that takes what both take. */
function widerSchema (a: Schema, b: Schema): Schema {
  if (a.type === b.type && a.format === b.format) return a
  return a.type !== 'string' && b.type !== 'string' ? { type: 'number' } : { type: 'string' }
}

/** The base path that most of the declared operations have, '' where they have none. */
export function chooseBase (operations: readonly DeclaredOperation[]): string {
  const counts = new Map<string, number>()
  for (const { route, template } of operations) {
    const base = route.endsWith(template) ? route.slice(0, route.length - template.length) : ''
    counts.set(base, (counts.get(base) ?? 0) + 1)
  }
  return [...counts].reduce((best, entry) => entry[1] > best[1] ? entry : best, ['', 0] as [string, number])[0]
}

/** Every path by what it is below the base path; what is not below it stays whole, and so does what would clash with such a path. */
export function placeUnder (base: string, paths: readonly string[]): Map<string, string> {
  const isUnder = (path: string): boolean => base !== '' && path.startsWith(`${base}/`)
  const outside = new Set(paths.filter((path) => !isUnder(path)))
  return new Map(paths.map((path) => [path, isUnder(path) && !outside.has(path.slice(base.length)) ? path.slice(base.length) : path]))
}

/** `getOrderInvoice`, unlike all that are taken: the method, and the words of the path. */
export function operationName (method: string, path: string, taken: ReadonlySet<string>): string {
  const parts = path.split('/').filter((segment) => segment !== '')
  const words = parts.map((segment, index) => segment.startsWith('{')
    ? index === parts.length - 1 ? `By-${segment}` : ''
    : segment)
  const name = camel([method.toLowerCase(), ...words].join('-'))
  return uniqueName(name, taken)
}

function nameOf (type: string, before: readonly string[]): string {
  if (!ids.has(type)) return camel(type) || 'value'
  const word = before.findLast((segment) => /^[A-Za-z][A-Za-z0-9_-]*$/.test(segment))
  return word === undefined ? 'id' : `${singular(camel(word))}Id`
}

function singular (word: string): string {
  if (/ies$/i.test(word)) return word.replace(/ies$/i, 'y')
  if (/(?:ss|x|ch|sh)es$/i.test(word)) return word.slice(0, -2)
  return /[^su]s$/i.test(word) ? word.slice(0, -1) : word
}

/** Words of any form as one name: `GET /line-items` gives `getLineItems`. */
function camel (text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return words.map((word, index) => (index === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1)).join('')
}

function uniqueName (name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name}${count}`
    if (!taken.has(candidate)) return candidate
  }
}
