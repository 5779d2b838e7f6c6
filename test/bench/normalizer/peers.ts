/** The routers that the normalizer is measured beside, each told the same templates in its own syntax. */
import FindMyWay from 'find-my-way'
import { match as compilePath } from 'path-to-regexp'
import { addRoute, createRouter, findRoute } from 'rou3'
import { pathOf } from './targets.ts'
import type { Operation, Target } from './targets.ts'

/** A router with everything that it could take. */
export interface Peer {
  name: string
  /** Operations that it refused: some legal templates, and most that share a shape with an earlier one. */
  refused: number
  /** The key of the template found, '' for none. */
  find (target: Target): string
}

type Create = (operations: readonly Operation[]) => Peer

/** find-my-way always builds its parameters; there is no way to ask it not to. */
export const findMyWay: Create = (operations) => {
  const router = FindMyWay({ maxParamLength: 1000 })
  const refused = told(operations, (operation) => {
    let count = 0
    const path = pathOf(operation).replace(/:/g, '::').replace(/\{[^}]*\}(?=([^/]*))/g, (_, rest: string) =>
      rest === '' || rest.startsWith('{') ? `:p${count++}` : `:p${count++}([^/]+?)`)
    router.on(operation.endpoint.method as 'GET', path, () => {}, { template: operation.endpoint.template })
  })
  const find = (target: Target): string =>
    (router.find(target.method as 'GET', target.path)?.store as { template: string } | undefined)?.template ?? ''
  return { name: 'find-my-way', refused, find }
}

/** rou3 is asked without parameters, its quickest way. */
export const rou3: Create = (operations) => {
  const router = createRouter<string>()
  const refused = told(operations, (operation) => {
    let count = 0
    const path = pathOf(operation).replace(/[:*()\\]/g, '\\$&').replace(/\{[^}]*\}/g, () => `:p${count++}`)
    addRoute(router, operation.endpoint.method, path, operation.endpoint.template)
  })
  const withoutParameters = { params: false }
  const find = (target: Target): string => findRoute(router, target.method, target.path, withoutParameters)?.data ?? ''
  return { name: 'rou3', refused, find }
}

/** path-to-regexp knows single templates only: a list in the order of keys, as Express holds one, by method. */
export const pathToRegexp: Create = (operations) => {
  const lists = new Map<string, Array<{ test: (path: string) => unknown, template: string }>>()
  const refused = told(operations, (operation) => {
    let count = 0
    const path = pathOf(operation).replace(/[:*()[\]{}+?!\\](?![^{]*\})/g, '\\$&').replace(/\\?\{[^}]*\}/g, () => `:p${count++}`)
    const test = compilePath(path, { sensitive: true, decode: false })
    const { method, template } = operation.endpoint
    lists.set(method, [...lists.get(method) ?? [], { test, template }])
  })
  const find = ({ method, path }: Target): string => lists.get(method)?.find(({ test }) => test(path) !== false)?.template ?? ''
  return { name: 'path-to-regexp', refused, find }
}

function told (operations: readonly Operation[], tell: (operation: Operation) => void): number {
  let refused = 0
  for (const operation of operations) {
    try {
      tell(operation)
    } catch {
      refused++
    }
  }
  return refused
}
