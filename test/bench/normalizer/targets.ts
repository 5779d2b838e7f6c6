/** Requests made from declared operations, with identifiers of many shapes. */
import type { ApiDocument, Endpoint } from '../../../normalizer/index.ts'
import { randomNumbers } from './generate.ts'

/** One operation at its first base path. */
export interface Operation { endpoint: Endpoint, base: string, host: string }

/** One request, and the key of the template that it was made from. */
export interface Target { method: string, path: string, template: string }

/** All operations of the documents. */
export function operationsOf (apis: readonly ApiDocument[]): Operation[] {
  return apis.flatMap((api) => api.paths.flatMap((path) => path.operations.map(({ endpoint, servers }) =>
    ({ endpoint, base: servers[0]?.basePath ?? '', host: servers[0]?.host ?? '' }))))
}

/** The path that a router is told, without what follows `#` or `?` in a key. */
export function pathOf ({ endpoint, base }: Operation): string {
  return base + endpoint.template.replace(/[#?].*$/, '')
}

/** That many requests, the same for the same operations. */
export function sampleTargets (operations: readonly Operation[], count: number): Target[] {
  const random = randomNumbers(42)
  return Array.from({ length: count }, () => {
    const operation = operations[Math.floor(random() * operations.length)]!
    const path = pathOf(operation).replace(/\{[^}]*\}/g, () => identifier(random))
    return { method: operation.endpoint.method, path, template: operation.endpoint.template }
  })
}

/** Numbers, UUIDs, prefixed ids, slugs and e-mail addresses. */
function identifier (random: () => number): string {
  const hex = (length: number): string => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
  const kind = Math.floor(random() * 5)
  if (kind === 0) return String(Math.floor(random() * 1e9))
  if (kind === 1) return `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`
  if (kind === 2) return `P${hex(10).toUpperCase()}`
  return kind === 3 ? `some-slug-${hex(4)}` : `user${hex(3)}@example.com`
}
