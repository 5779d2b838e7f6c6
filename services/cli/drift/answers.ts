/** Which operation answers a request, told by what is listed. The views of the store go the same way. */
import type { DeclaredOperation } from './declared-operation.ts'
import { groupBy } from './group.ts'
import type { Seen } from './seen.ts'

type Asked = Pick<Seen, 'service' | 'api' | 'route' | 'method' | 'operation_id'>
type Lookup = (asked: Asked) => DeclaredOperation | undefined
type PathLookup = (asked: Pick<Asked, 'service' | 'route'>) => DeclaredOperation | undefined

/** Finds operations by route. One answers its own method, a GET also HEAD, one for any method all; what is more its own goes first. */
export function answersByRoute (operations: readonly DeclaredOperation[]): Lookup {
  const found = new Map<string, { rank: number, operation: DeclaredOperation }>()
  const names = namesOf(operations)
  for (const operation of operations.toSorted(byTemplate)) {
    for (const [method, rank] of methodsOf(operation, names)) {
      const key = keyOf(operation.service, operation.route, method)
      if (rank < (found.get(key)?.rank ?? Infinity)) found.set(key, { rank, operation })
    }
  }
  return ({ service, route, method }) => found.get(keyOf(service, route, method))?.operation
}

/** Finds operations by the operationId that the requests were resolved to. */
export function answersById (operations: readonly DeclaredOperation[]): Lookup {
  const found = new Map<string, DeclaredOperation>()
  for (const operation of operations.toSorted(byTemplate)) {
    const key = keyOf(operation.service, operation.api, operation.operationId)
    if (operation.operationId !== '' && !found.has(key)) found.set(key, operation)
  }
  return ({ service, api, operation_id: id }) => found.get(keyOf(service, api, id))
}

/**
 * Finds operations below other base paths of their document than the one that they are listed with: what is before the end of
 * the route is a base path then, so it has no parameter and is not below the first. The longest template that fits is taken.
 */
export function answersByEnd (operations: readonly DeclaredOperation[]): Lookup {
  const names = namesOf(operations)
  const places = operations.map(placeOf).filter(({ end }) => end !== '')
  const answers = places.flatMap((place) => methodsOf(place.operation, names).map(([method, rank]) => ({ ...place, method, rank })))
  const groups = groupBy(answers, ({ operation: { service, api }, method }) => keyOf(service, api, method))
  for (const group of groups.values()) group.sort((a, b) => b.end.length - a.end.length || a.rank - b.rank)
  return ({ service, api, route, method }) => groups.get(keyOf(service, api, method))?.find((place) => isServedAt(place, route))?.operation
}

/** Finds an operation of a path that is declared, whatever its method, below any base path. */
export function answersByPath (operations: readonly DeclaredOperation[]): PathLookup {
  const listed = new Map(operations.toReversed().map((operation) => [keyOf(operation.service, operation.route), operation]))
  const groups = groupBy(operations.map(placeOf).filter(({ end }) => end !== ''), ({ operation: { service } }) => service)
  for (const group of groups.values()) group.sort((a, b) => b.end.length - a.end.length)
  return ({ service, route }) => listed.get(keyOf(service, route)) ??
    groups.get(service)?.find((place) => isServedAt(place, route))?.operation
}

interface Place { operation: DeclaredOperation, base: string, end: string }

/** The base path that an operation is listed with, and what follows it; '' for a key that holds more than a path. */
function placeOf (operation: DeclaredOperation): Place {
  const { route, template } = operation
  return route.endsWith(template) ? { operation, base: route.slice(0, route.length - template.length), end: template } : { operation, base: '', end: '' }
}

function isServedAt ({ base, end }: Place, route: string): boolean {
  return route.endsWith(end) && !route.slice(0, route.length - end.length).includes('{') && (base === '' || !route.startsWith(`${base}/`))
}

const usual = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', '_OTHER', '*']

/** All methods that requests can have: what no document declares is `_OTHER`, unless HTTP knows it. */
function namesOf (operations: readonly DeclaredOperation[]): ReadonlySet<string> {
  return new Set([...usual, ...operations.map(({ method }) => method)])
}

function methodsOf ({ method }: DeclaredOperation, names: ReadonlySet<string>): Array<[method: string, rank: number]> {
  if (method === '*') return [...names].map((name) => [name, 2])
  return method === 'GET' ? [['GET', 0], ['HEAD', 1]] : [[method, 0]]
}

function byTemplate (a: DeclaredOperation, b: DeclaredOperation): number {
  return compareText(a.api, b.api) || compareText(a.template, b.template) || compareText(a.route, b.route)
}

function compareText (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function keyOf (...names: string[]): string {
  return names.join('\n')
}
