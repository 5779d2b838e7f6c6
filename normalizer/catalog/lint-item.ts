/** Fields of a path item that no version of OpenAPI knows: an operation that is written there is lost. */
import { isObject } from './references.ts'
import type { Json } from './references.ts'

/** What is wrong with one field; `isLost` tells that it seems to hold an operation. */
export interface OddField { name: string, isLost: boolean, message: string }

/** Methods that have a field of their own: https://spec.openapis.org/oas/latest.html#path-item-object */
export const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const

const holders = ['$ref', ...methods, 'additionalOperations']
const known = new Set([...holders, 'summary', 'description', 'servers', 'parameters'])

/** The fields of a path item that are neither known nor extensions, in their order. */
export function oddFields (item: Json, path: string): OddField[] {
  return Object.keys(item).filter((name) => !known.has(name) && !/^x-/i.test(name)).map((name) => {
    const near = nearestKey(name, [...known])
    const isNearHolder = near !== undefined && holders.includes(near)
    if (isNearHolder) return { name, isLost: true, message: `"${name}" of ${path} is no field of a path item, so that what it declares is lost. Write "${near}".` }
    if (looksLikeOperation(item[name])) {
      return { name, isLost: true, message: `"${name}" of ${path} is no method that OpenAPI knows, so that the operation is lost. Write it below "additionalOperations" (OpenAPI 3.2).` }
    }
    return { name, isLost: false, message: `"${name}" of ${path} is no field of a path item. ${near === undefined ? 'Delete it, or begin it with "x-".' : `Write "${near}".`}` }
  })
}

function looksLikeOperation (value: unknown): boolean {
  return isObject(value) && ['responses', 'operationId', 'requestBody'].some((key) => value[key] !== undefined)
}

/** The known key that a mistyped one is meant for: the same but for case, or one or two letters away; undefined for none. */
export function nearestKey (name: string, keys: readonly string[]): string | undefined {
  const plain = name.trim().toLowerCase()
  const same = keys.find((key) => key.toLowerCase() === plain)
  if (same !== undefined || plain.length > longestKey) return same
  const [nearest] = keys.map((key) => ({ key, far: distance(plain, key.toLowerCase()) }))
    .filter(({ key, far }) => far <= (key.length < 4 ? 1 : 2)).sort((a, b) => a.far - b.far)
  return nearest?.key
}

const longestKey = 40

/** Edit distance (Levenshtein): letters to add, drop or change. */
function distance (left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (const [index, letter] of Array.from(left).entries()) {
    const next = [index + 1]
    for (let at = 0; at < right.length; at++) {
      next.push(Math.min(next[at]! + 1, row[at + 1]! + 1, row[at]! + (letter === right[at] ? 0 : 1)))
    }
    row = next
  }
  return row[right.length]!
}
